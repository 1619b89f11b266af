"""Seats and agenda items on the wire: what somebody who is out of the room reads is nothing of the matter."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from app.core.schema import Data, EntityRead, Id, ItemRead, Line, Paragraph, Read, text
from app.evaluation.consensus.schemas import NoteRead, PointForPanel
from app.evaluation.marking import Score
from app.evaluation.panel.room.models import SeatPart


class NameSeat(Data):
    account_id: Id
    part: SeatPart


class Keep(Data):
    """Nothing is changed; a word on it, if there is one."""

    reason: Paragraph = ""


class Changed(Data):
    """Another score, another comment, or both, for one criterion."""

    criterion: Line
    score: Score | None = None
    comment: text(20_000, 1) | None = None  # type: ignore[valid-type]


class Change(Data):
    """What the panel changes and why (V-19)."""

    reason: Annotated[Paragraph, Field(pattern=r"\S")]
    changes: Annotated[list[Changed], Field(min_length=1, max_length=20)]


class ExitRead(Read):
    proposal_id: UUID
    path: str


class SeatRead(EntityRead):
    """Who sits on the panel, and for which proposals they are out of the room."""

    panel_id: UUID
    part: SeatPart
    account_id: UUID
    name: str
    declared_at: datetime | None
    exits: list[ExitRead]


class SeatForHolder(EntityRead):
    panel_id: UUID
    part: SeatPart
    declared_at: datetime | None


class SeatForObserver(EntityRead):
    """Who sits on the panel; what has to do with conflicts is the office's."""

    panel_id: UUID
    part: SeatPart
    name: str


class SeatItem(ItemRead):
    panel_id: UUID
    part: SeatPart
    account_id: UUID


class ChangeRead(Read):
    number: int
    criterion: str
    score: Decimal | None
    comment: str | None
    reason: str
    by: UUID
    at: datetime


class SpreadRead(Read):
    """How far the sealed reports are apart in one criterion."""

    criterion: str
    least: Decimal
    most: Decimal


class OutForHolder(EntityRead):
    """For somebody who is out of the room: when to leave, and nothing of the matter."""

    panel_id: UUID
    reference: str
    position: int
    out: bool = True


class ItemForBlindPanel(EntityRead):
    """A proposal before the panel: its consensus report, changes beside it, notes from others.

    In a blind stage a member reads this, and nothing that names whose it is (V-25).
    """

    panel_id: UUID
    proposal_id: UUID
    reference: str
    title: str
    abstract: str
    position: int
    points: list[PointForPanel]
    majority_view: str | None
    minority_view: str | None
    notes: list[NoteRead]
    changes: list[ChangeRead] = Field(validation_alias="standing_changes")
    outcome: str | None
    reason: str | None
    decided_at: datetime | None
    leaving: list[str]


class ItemForPanel(ItemForBlindPanel):
    acronym: str


class ItemForModerator(ItemForPanel):
    """With the spread of the individual reports."""

    spread: list[SpreadRead]


class AgendaLine(ItemRead):
    panel_id: UUID
    proposal_id: UUID
    position: int


class SessionRead(Read):
    """What happens in the room, as whoever listens may know it."""

    panel_id: UUID
    state: str
    current: dict[str, Any] | None
    decided: list[dict[str, Any]]
