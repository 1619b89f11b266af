"""Proposals on the wire: for the consortium, for staff, for reviewers."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, model_validator

from app.core.schema import Data, EntityRead, Euro, ItemRead, Line, LongText, Paragraph, Read
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


class Write(Data):
    text: LongText


class Attach(Data):
    """What is known of a file that has been taken in and can be read."""

    key: Key
    digest: str
    size: int
    pages: int


class FindInadmissible(Data):
    """The rule of admissibility that is not met, and in which way, for the letter."""

    rule: Literal["M-03", "M-04"]
    text: Words


class FindIneligible(Data):
    """The rule of eligibility that is not met, and in which way, for the letter."""

    rule: Literal["E-01", "E-02", "E-03", "E-06"]
    text: Words


class Outcome(Data):
    """What the decision says; a reason for whatever is not selected (K-10)."""

    reason: RejectionReason | None = None


class SectionRead(Read):
    key: str
    version: int
    text: str


class SectionBrief(Read):
    key: str
    version: int
    characters: int


class DocumentRead(Read):
    key: str
    digest: str
    size: int
    pages: int | None
    attached_at: datetime


class ReceiptRead(Read):
    """What was handed in and when; `receipt` is a signed statement of it (JWS, ES256)."""

    number: int
    received_at: datetime
    digest: str
    receipt: str


class CheckRead(Read):
    rule: str
    kind: Literal["admissibility", "eligibility"]
    passed: bool
    text: str
    inputs: dict[str, Any]
    checked_at: datetime


class SealedRead(Read):
    """A sealed version. `digest` is the SHA-256 of the canonical JSON (RFC 8785) of `manifest`."""

    number: int
    received_at: datetime
    digest: str
    manifest: dict[str, Any]
    texts: dict[str, str]


def _state_until_release(source: Any) -> str:
    state: ProposalState = source.state
    return str(state) if source.released_at else state.applicants


def _for_applicant(source: Any) -> Any:
    """What the consortium reads: its own draft, and of the process nothing that is not released."""
    shown = {name: getattr(source, name) for name in _FIELDS}
    shown["state"] = _state_until_release(source)
    shown["reason"] = source.reason if source.released_at else None
    return shown


_FIELDS = (
    "id", "version", "reference", "consortium_id", "topic_stage_id", "topic_id", "acronym", "title",
    "abstract", "requested", "sealed", "submitted_at", "released_at",
)  # fmt: skip


def _whole_for_applicant(source: Any) -> Any:
    last = source.versions[-1] if source.versions else None
    return _for_applicant(source) | {
        "sections": source.sections,
        "documents": source.documents,
        "receipt": last,
    }


def _handed_in(source: Any) -> Any:
    """What everybody outside the consortium reads: what was handed in last, never the draft."""
    kept = ("id", "state", "reference", "topic_stage_id", "topic_id", "sealed", "submitted_at", "released_at")
    return {name: getattr(source, name) for name in (*kept, "reason")} | source.handed_in


def _handed_in_and_checked(source: Any) -> Any:
    return _handed_in(source) | {"checks": source.checks}


def _for_reader(source: Any) -> Any:
    return _handed_in(source) | {"state": _state_until_release(source)}


class ProposalApplicant(EntityRead):
    """A proposal as its consortium reads it: "under_evaluation" until the results are released."""

    version: int
    reference: str
    consortium_id: UUID
    topic_stage_id: UUID
    topic_id: UUID
    acronym: str
    title: str
    abstract: str
    requested: Euro
    sections: list[SectionBrief]
    documents: list[DocumentRead]
    sealed: int
    submitted_at: datetime | None
    receipt: ReceiptRead | None
    released_at: datetime | None
    reason: str | None

    _masked = model_validator(mode="before")(_whole_for_applicant)


class ProposalApplicantItem(ItemRead):
    reference: str
    topic_stage_id: UUID
    acronym: str
    title: str
    submitted_at: datetime | None

    _masked = model_validator(mode="before")(_for_applicant)


class ProposalRead(EntityRead):
    """A proposal as staff read it: what was handed in last, and what the checks say."""

    reference: str
    topic_stage_id: UUID
    topic_id: UUID
    acronym: str
    title: str
    abstract: str
    requested: Euro
    sealed: int
    submitted_at: datetime
    released_at: datetime | None
    reason: str | None
    checks: list[CheckRead]

    _handed_in = model_validator(mode="before")(_handed_in_and_checked)


class ProposalItem(ItemRead):
    reference: str
    topic_stage_id: UUID
    acronym: str
    title: str
    requested: Euro
    submitted_at: datetime

    _handed_in = model_validator(mode="before")(_handed_in)


class ProposalReview(EntityRead):
    """A proposal as its reviewers read it."""

    reference: str
    topic_id: UUID
    acronym: str
    title: str
    abstract: str
    requested: Euro
    sealed: int

    _handed_in = model_validator(mode="before")(_for_reader)


class ProposalReviewItem(ItemRead):
    reference: str
    acronym: str
    title: str

    _handed_in = model_validator(mode="before")(_for_reader)
