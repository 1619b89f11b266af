"""What may be sent about a proposal."""

import re
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, RootModel, WithJsonSchema

from app.calls.form import MOST_ROWS
from app.core.schema import LONGEST, Data, Euro, Id, Line, LongText, Paragraph, clean
from app.proposals.models import UNDER_EVALUATION, ProposalState

Acronym = Annotated[Line, Field(max_length=40)]
Abstract = Annotated[LongText, Field(max_length=4_000)]
Words = Annotated[Paragraph, Field(min_length=10)]
KEY = r"^[a-z0-9_]{1,40}$"
Key = Annotated[str, Field(pattern=KEY)]
RejectionReason = Literal[
    "INADMISSIBLE", "INELIGIBLE", "OUT_OF_SCOPE", "BELOW_CRITERION_THRESHOLD", "BELOW_OVERALL_THRESHOLD",
    "INSUFFICIENT_BUDGET", "NOT_FIRST_RANKED", "FINANCIAL_CAPACITY", "OPERATIONAL_CAPACITY", "EXCLUDED",
    "ETHICS", "SECURITY", "WITHDRAWN", "GA_PREPARATION_FAILED", "DUPLICATE", "SAME_WORK_FUNDED",
]  # fmt: skip
"""Why a proposal is not funded (K-10; that the same work is funded already is a code of our own)."""

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


AN_ANSWER = "An answer is a text, a whole number, true or false, a list of rows of these, or null."


def _answer(given: Any, cells: bool = True) -> Any:
    """One sentence for whatever is none: a union would tell a fault for each of its kinds."""
    match given:
        case None | bool() | int():
            return given
        case str() if len(given) <= LONGEST:
            return clean(given)
        case list() if cells and len(given) <= MOST_ROWS and all(isinstance(row, dict) for row in given):
            return [{_key(key): _answer(cell, cells=False) for key, cell in row.items()} for row in given]
    raise ValueError(AN_ANSWER)


def _key(given: str) -> str:
    if not re.fullmatch(KEY, given):
        raise ValueError("A field's key is of small letters, digits and low lines.")
    return given


CELL = {"anyOf": [{"type": kind} for kind in ("string", "integer", "boolean", "null")]}
ROWS = {"type": "array", "maxItems": MOST_ROWS, "items": {"type": "object", "additionalProperties": CELL}}
Answer = Annotated[
    Any, AfterValidator(_answer), WithJsonSchema({"anyOf": [*CELL["anyOf"], ROWS], "description": AN_ANSWER})
]


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

    rule: Literal["M-03", "M-04", "M-05", "V-25"]
    text: Words


class FindIneligible(Data):
    """The rule of eligibility that is not met, and in which way, for the letter; V-25: it names its own."""

    rule: Literal["E-01", "E-02", "E-03", "E-04", "E-06", "E-08", "E-09", "V-25"]
    text: Words


class DeclareDuplicate(Data):
    """The proposal that stands, and why this one is the same, for the letter."""

    stands_id: Id
    text: Words


class RequestWithdrawal(Data):
    """The written request, for the record."""

    text: Words


class Overrule(Data):
    """The rule whose failed check does not count, and why, for whoever asks later."""

    rule: Literal["M-03", "M-04", "M-05", "E-02", "E-03", "E-04", "E-06", "E-08", "E-09", "V-25"]
    reason: Words


class Outcome(Data):
    """What the decision says; a reason for whatever is not selected (K-10)."""

    reason: RejectionReason | None = None
