"""Decisions on the wire: every line for the office, those above the thresholds for the committee."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AliasPath, Field, model_validator

from app.core.schema import Data, EntityRead, Euro, ItemRead, Read, Sum
from app.decisions.models import Decision


class Release(Data):
    """The digest of the preview that was looked at: nothing else is released."""

    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", examples=["0" * 64])]


class LineRead(Read):
    """One proposal's outcome. `reason` is a code of K-10, none for the selected.

    `passed_over`: why it takes no money although its rank is reached, in the committee's words (K-03).
    `gone`: the proposal was withdrawn or found ineligible since; the list is not renumbered.
    """

    proposal_id: UUID
    reference: str = Field(validation_alias=AliasPath("proposal", "reference"))
    acronym: str = Field(validation_alias=AliasPath("proposal", "acronym"))
    rank: int | None
    requested: Euro
    outcome: str
    reason: str | None
    passed_over: str | None
    gone: str | None = Field(validation_alias=AliasPath("proposal", "gone"))


class DecisionRead(EntityRead):
    """A decision with its whole list, for those who run the process.

    `envelope` is the money that the list was filled down to; of short proposals it has none, and `invites`
    says how many are invited to the second stage. `returned_by_id` is the motion that has superseded it.
    """

    topic_stage_id: UUID
    motion_id: UUID
    envelope: Euro | None
    invites: int | None
    list_digest: str
    released_at: datetime | None
    superseded_at: datetime | None
    returned_by_id: UUID | None
    lines: list[LineRead]


class DecisionForCommittee(DecisionRead):
    """The ranked part of the list; of those below a threshold their number alone."""

    below: int

    @model_validator(mode="before")
    @classmethod
    def _ranked_only(cls, source: Any) -> Any:
        if not isinstance(source, Decision):
            return source
        ranked = [line for line in source.lines if line.rank is not None]
        own = {name: getattr(source, name) for name in DecisionRead.model_fields if name != "actions"}
        return own | {"lines": ranked, "below": len(source.lines) - len(ranked)}


class DecisionItem(ItemRead):
    topic_stage_id: UUID
    motion_id: UUID
    released_at: datetime | None


class PreviewLine(Read):
    """What a proposal on the list would become; one that has left the process keeps its rank."""

    proposal_id: UUID
    reference: str
    rank: int | None
    outcome: str
    reason: str | None


class PreviewMoney(Read):
    """The topic's envelope as it is now, what those who would be selected take of it, and what is left."""

    envelope: Sum
    taken: Sum
    left: Sum


class PreviewLetter(Read):
    """A letter as it would be written now: one of `count` with this outcome and reason."""

    outcome: str
    reason: str | None
    passed_over: bool
    count: int
    reference: str
    subject: str
    text: str


class HeldSummary(Read):
    summary_id: UUID
    proposal_id: UUID


class PreviewRead(Read):
    """All that a release would do now.

    `counts`: how many proposals by outcome, those never evaluated that are told with them among them. The
    `digest` covers all of it, and every letter but for its days, which follow from the day of the release.
    """

    decision_id: UUID
    counts: dict[str, int]
    lines: list[PreviewLine]
    money: PreviewMoney | None
    invites: int | None
    letters: list[PreviewLetter]
    held_summaries: list[HeldSummary]
    digest: str
