"""Proposals on the wire, as each kind of reader reads them: the consortium, staff, reviewers."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field, ValidationInfo, model_validator

from app.consortia.schemas import EntryRead
from app.core.schema import EntityRead, Euro, ItemRead, Read
from app.proposals.models import Proposal, ProposalState
from app.proposals.problems import expired
from app.proposals.rules import excess
from app.proposals.sealing import page_limits, unsubmitted_of
from app.proposals.unsubmitted import in_words


class SectionRead(Read):
    """A section of a draft: its answers by field; a plain one has `text` alone."""

    key: str
    version: int
    answers: dict[str, Any]


class SectionBrief(Read):
    key: str
    version: int
    characters: int


class DocumentRead(Read):
    """A document of the draft. `excess`: pages beyond the stage's `limit`, which experts disregard (C-20)."""

    key: str
    digest: str
    size: int
    pages: int | None
    limit: int | None
    excess: int
    fault: str | None
    attached_at: datetime


class ReceiptRead(Read):
    """What was handed in and when; `receipt` is a signed statement of it (JWS, ES256)."""

    number: int
    received_at: datetime
    digest: str
    receipt: str


class UnsubmittedRead(Read):
    """What was changed since the version that counts, and not submitted; `text` says it in one sentence."""

    text: str
    fields: list[str]
    sections: list[str]
    documents: list[str]
    partners: list[str]


class Receipts(Read):
    items: list[ReceiptRead]


class CheckRead(Read):
    rule: str
    kind: Literal["admissibility", "eligibility"]
    passed: bool
    text: str
    inputs: dict[str, Any]
    checked_at: datetime
    overruled: str | None
    checked_by_id: UUID | None
    confirmed_by: list[UUID]


class FindingRead(Read):
    """Why a proposal is not evaluated: the rule, and in which way it is not met."""

    rule: str
    text: str


class ConsistencyNote(Read):
    """What a full proposal says otherwise than the short one it follows, beyond the merger (C-10)."""

    code: str
    text: str


class Counts(Read):
    """How many proposals there are for a topic: all that staff learn of drafts."""

    drafts: int
    handed_in: int
    withdrawn: int


class SealedRead(Read):
    """A sealed version. `digest` is the SHA-256 of the canonical JSON (RFC 8785) of `manifest`.

    In it a section's digest is that of its text; of one with fields, of the canonical JSON of its `answers`:
    those to fields that were shown, and of a file the digest of its document. A partner who does not read the
    figures of others reads `manifest` without them: the digest is then of more than is shown. In a blind
    stage experts read it without acronym, partners and what else names them; `digest` is of what they read.
    `before_corrigenda`: the numbers of those published after it was handed in; it stays valid.
    """

    number: int
    received_at: datetime
    digest: str
    manifest: dict[str, Any]
    texts: dict[str, str]
    answers: dict[str, dict[str, Any]]
    before_corrigenda: list[int] = Field(default_factory=list)


def _shown(made_by: Callable[[Proposal, datetime], dict[str, Any]]) -> Any:
    """A view is made of a proposal by this function alone; a view that is already made stays as it is."""

    def made(given: Any, info: ValidationInfo) -> Any:
        return made_by(given, (info.context or {})["now"]) if isinstance(given, Proposal) else given

    return model_validator(mode="before")(made)


def _state_until_release(source: Proposal) -> str:
    state: ProposalState = source.state
    return str(state) if source.released_at else state.applicants


def _outcome_told(source: Proposal) -> bool:
    """What was found before a call was cancelled is never told: nothing came of it."""
    return source.released_at is not None and source.state != ProposalState.DISCONTINUED


def before_corrigenda(source: Proposal, handed_in: datetime | None) -> list[int]:
    """The numbers of the corrigenda that a version handed in at this time has not seen."""
    return [c.number for c in source.corrigenda if handed_in is not None and c.at > handed_in]


def _finding(source: Proposal) -> dict[str, Any] | None:
    found = {"rule": source.finding_rule, "text": source.finding_text}
    return found if source.finding_rule else None


def _for_applicant(source: Proposal, now: datetime) -> dict[str, Any]:
    """What the consortium reads: its own draft, and of the process nothing that is not released."""
    shown = {name: getattr(source, name) for name in _FIELDS}
    shown["state"] = _state_until_release(source)
    shown["reason"] = source.reason if _outcome_told(source) else None
    shown["expired"] = expired(source, now)
    return shown


def _unsubmitted(source: Proposal) -> UnsubmittedRead | None:
    if not source.versions or not source.draft_lives:
        return None
    found = unsubmitted_of(source)
    told = in_words(found, source.versions[-1].number)
    return UnsubmittedRead(text=told, **asdict(found)) if told else None


def documents_of(source: Proposal) -> list[DocumentRead]:
    """The documents of the draft, each with the page limit of its stage."""
    limits = page_limits(source)
    kept = ("key", "digest", "size", "pages", "fault", "attached_at")
    return [
        DocumentRead(
            **{name: getattr(each, name) for name in kept},
            limit=limits.get(each.key),
            excess=excess(each.pages, limits.get(each.key)),
        )
        for each in source.documents
    ]


_FIELDS = (
    "id", "version", "reference", "consortium_id", "topic_stage_id", "topic_id", "follows_id", "acronym",
    "title", "abstract", "requested", "sealed", "submitted_at", "released_at",
)  # fmt: skip


def _whole_for_applicant(source: Proposal, now: datetime) -> dict[str, Any]:
    last = source.versions[-1] if source.versions else None
    return _for_applicant(source, now) | {
        "before_corrigenda": before_corrigenda(source, source.submitted_at),
        "sections": source.sections,
        "documents": documents_of(source),
        "receipt": last,
        "unsubmitted": _unsubmitted(source),
        "finding": _finding(source) if _outcome_told(source) else None,
    }


def _handed_in(source: Proposal, now: datetime) -> dict[str, Any]:
    """What everybody outside the consortium reads: what was handed in last, never the draft."""
    kept = ("id", "state", "reference", "topic_stage_id", "topic_id", "sealed", "submitted_at", "released_at")
    return {name: getattr(source, name) for name in (*kept, "reason", "follows_id")} | source.handed_in


def _handed_in_and_checked(source: Proposal, now: datetime) -> dict[str, Any]:
    marked = {"before_corrigenda": before_corrigenda(source, source.submitted_at)}
    kept = {name: getattr(source, name) for name in ("checks", "duplicate_of_id", "withdrawal_text")}
    return _handed_in(source, now) | marked | kept | {"finding": _finding(source)}


def _for_reader(source: Proposal, now: datetime) -> dict[str, Any]:
    return _handed_in(source, now) | {"state": _state_until_release(source)}


class ProposalApplicant(EntityRead):
    """A proposal as its consortium reads it: "under_evaluation" until the results are released.

    `problems` is what handing it in would tell: entries that block, and those that are judged after closing.
    A draft that was never handed in has `expired` once the deadline has passed. `review_until`: the last day
    in Brussels to ask for a review, once it is told of its outcome (Z-01).
    """

    version: int
    reference: str
    consortium_id: UUID
    topic_stage_id: UUID
    topic_id: UUID
    follows_id: UUID | None
    acronym: str
    title: str
    abstract: str
    requested: Euro
    sections: list[SectionBrief]
    documents: list[DocumentRead]
    sealed: int
    submitted_at: datetime | None
    receipt: ReceiptRead | None
    unsubmitted: UnsubmittedRead | None
    problems: list[EntryRead] = Field(default_factory=list)
    expired: bool
    before_corrigenda: list[int]
    released_at: datetime | None
    reason: str | None
    finding: FindingRead | None
    review_until: date | None = None

    _made = _shown(_whole_for_applicant)


class ProposalApplicantItem(ItemRead):
    reference: str
    topic_stage_id: UUID
    acronym: str
    title: str
    submitted_at: datetime | None
    expired: bool

    _made = _shown(_for_applicant)


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
    before_corrigenda: list[int]
    released_at: datetime | None
    reason: str | None
    finding: FindingRead | None
    duplicate_of_id: UUID | None
    withdrawal_text: str | None
    checks: list[CheckRead]
    follows_id: UUID | None
    consistency: list[ConsistencyNote] = Field(default_factory=list)

    _made = _shown(_handed_in_and_checked)


class ProposalItem(ItemRead):
    reference: str
    topic_stage_id: UUID
    acronym: str
    title: str
    requested: Euro
    submitted_at: datetime

    _made = _shown(_handed_in)


class ProposalReview(EntityRead):
    """A proposal as its reviewers read it."""

    reference: str
    topic_id: UUID
    acronym: str
    title: str
    abstract: str
    requested: Euro
    sealed: int

    _made = _shown(_for_reader)


class ProposalBlind(EntityRead):
    """A proposal as its reviewers read it in a blind stage: nothing names whose it is (V-25)."""

    reference: str
    topic_id: UUID
    title: str
    abstract: str
    requested: Euro
    sealed: int

    _made = _shown(_for_reader)


class ProposalBlindItem(ItemRead):
    reference: str
    title: str

    _made = _shown(_for_reader)


class ProposalReviewItem(ItemRead):
    reference: str
    acronym: str
    title: str

    _made = _shown(_for_reader)
