"""What may be sent about a proposal."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, RootModel

from app.calls.form import MOST_ROWS
from app.core.schema import Data, Euro, Id, Line, LongText, Paragraph
from app.proposals.models import UNDER_EVALUATION, ProposalState

Acronym = Annotated[Line, Field(max_length=40)]
Abstract = Annotated[LongText, Field(max_length=4_000)]
Words = Annotated[Paragraph, Field(min_length=10)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")]
RejectionReason = Literal[
    "INADMISSIBLE", "INELIGIBLE", "OUT_OF_SCOPE", "BELOW_CRITERION_THRESHOLD", "BELOW_OVERALL_THRESHOLD",
    "INSUFFICIENT_BUDGET", "NOT_FIRST_RANKED", "FINANCIAL_CAPACITY", "OPERATIONAL_CAPACITY", "EXCLUDED",
    "ETHICS", "SECURITY", "WITHDRAWN", "GA_PREPARATION_FAILED", "DUPLICATE",
]  # fmt: skip
"""Why a proposal is not funded (K-10)."""

Shown = StrEnum("Shown", {code: code for code in (*ProposalState, UNDER_EVALUATION)})  # type: ignore[misc]
"""Every state that somebody may read."""


class Start(Data):
    acronym: Acronym


class EditProposal(Data):
    """Any of the fields; `requested` in euro."""

    acronym: Acronym = ""
    title: Line = ""
    abstract: Abstract = ""
    requested: Euro = Decimal(0)


Cell = bool | int | LongText | None
Answer = Cell | Annotated[list[dict[Key, Cell]], Field(max_length=MOST_ROWS)]


class Write(RootModel[Annotated[dict[Key, Answer], Field(min_length=1)]]):
    """The answers that change, by field: null takes one back, what is not sent stays.

    A plain section has the one field `text`. A whole number is a number, one with decimals a string.
    """

    model_config = ConfigDict(strict=True, frozen=True, json_schema_extra={"examples": [{"text": "Text."}]})


class Restore(Data):
    """The number of the version whose answers are taken again."""

    version: Annotated[int, Field(ge=1, le=1_000_000)]


class CopyFrom(Data):
    """A former proposal that the same person coordinates."""

    proposal_id: Id


class Attach(Data):
    """What is known of a file that has been taken in; `fault` says what of it cannot be read (M-04)."""

    key: Key
    digest: str
    size: int
    pages: int
    fault: str | None = None


class FindInadmissible(Data):
    """The rule of admissibility that is not met, and in which way, for the letter."""

    rule: Literal["M-03", "M-04", "M-05"]
    text: Words


class FindIneligible(Data):
    """The rule of eligibility that is not met, and in which way, for the letter."""

    rule: Literal["E-01", "E-02", "E-03", "E-06"]
    text: Words


class Overrule(Data):
    """The rule whose failed check does not count, and why, for whoever asks later."""

    rule: Literal["M-03", "M-04", "M-05", "E-02", "E-03", "E-06"]
    reason: Words


class Outcome(Data):
    """What the decision says; a reason for whatever is not selected (K-10)."""

    reason: RejectionReason | None = None
