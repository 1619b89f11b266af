"""Decisions on the wire: every line for the office, those above the thresholds for the committee."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import AliasPath, Field, model_validator

from app.core.schema import EntityRead, Euro, ItemRead, Read
from app.decisions.models import Decision


class LineRead(Read):
    """One proposal's outcome. `reason` is a code of K-10, none for the selected.

    `gone`: the proposal was withdrawn or found ineligible since; the list is not renumbered.
    """

    proposal_id: UUID
    reference: str = Field(validation_alias=AliasPath("proposal", "reference"))
    acronym: str = Field(validation_alias=AliasPath("proposal", "acronym"))
    rank: int | None
    requested: Euro
    outcome: str
    reason: str | None
    gone: str | None = Field(validation_alias=AliasPath("proposal", "gone"))


class DecisionRead(EntityRead):
    """A decision with its whole list, for those who run the process.

    `envelope` is the money that the list was filled down to; of short proposals it has none, and `invites`
    says how many are invited to the second stage.
    """

    topic_stage_id: UUID
    motion_id: UUID
    envelope: Euro | None
    invites: int | None
    list_digest: str
    released_at: datetime | None
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
