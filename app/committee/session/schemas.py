"""Sessions on the wire: called, adjourned, their agenda, who was there."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AliasPath, Field, model_validator

from app.committee.models import Purpose, SessionKind
from app.committee.schemas import Why
from app.core.schema import Data, EntityRead, Id, Instant, ItemRead, Line, Read


class CallSession(Data):
    """A meeting, or a written procedure: votes are taken until `closes_at`, to the second."""

    title: Line
    held_at: Instant
    kind: SessionKind = "meeting"
    closes_at: Instant | None = None

    @model_validator(mode="after")
    def _ends_if_written(self) -> Self:
        if (self.kind == "written") != (self.closes_at is not None):
            raise ValueError("A written procedure, and no meeting, says when it closes.")
        if self.closes_at is not None and self.closes_at <= self.held_at:
            raise ValueError("A written procedure closes after it begins.")
        return self


class AdjournSession(Data):
    until: Instant
    reason: Why


class CancelSession(Data):
    """Why it is not held; told to all who were called."""

    reason: Why


class OrderAgenda(Data):
    """All motions of the session that the office reads, in the order in which they are dealt with."""

    motion_ids: Annotated[list[Id], Field(max_length=200)]


class Period(Data):
    """From when to when somebody was present; no end: still there."""

    arrived_at: Instant
    left_at: Instant | None = None


class RecordAttendance(Data):
    """All the times at which a member or an alternate was present, in place of what was recorded before."""

    account_id: Id
    periods: Annotated[list[Period], Field(max_length=50)]


class AgendaItem(Read):
    motion_id: UUID = Field(validation_alias="id")
    purpose: Purpose
    text: str
    state: str


class AttendanceRead(Read):
    account_id: UUID
    name: str = Field(validation_alias=AliasPath("account", "name"))
    arrived_at: datetime
    left_at: datetime | None


class Adjournment(Read):
    at: datetime
    until: datetime
    reason: str


class SessionPublic(EntityRead):
    """A session whose minutes are published."""

    body_id: UUID
    kind: SessionKind
    title: str
    held_at: datetime
    closed_at: datetime | None
    minutes_published_at: datetime | None


class SessionRead(SessionPublic):
    """`agenda`: the motions that the reader sees, in their order."""

    closes_at: datetime | None
    adjourned_until: datetime | None
    adjournments: list[Adjournment]
    called_off_for: str | None
    agenda_sent_at: datetime | None
    attendance: list[AttendanceRead]
    agenda: list[AgendaItem] = Field(default_factory=list)


class SessionItem(ItemRead):
    body_id: UUID
    kind: SessionKind
    title: str
    held_at: datetime
