"""Rounds of hearings and hearings on the wire: the panel reads all of a hearing, a coordinator its own."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.calls.rule_parts import Figure
from app.core.schema import Data, EntityRead, Instant, ItemRead, Line, LongText, Paragraph, Read

Words = Annotated[Paragraph, Field(pattern=r"\S")]
Questions = Annotated[list[Words], Field(max_length=20)]
Names = Annotated[list[Annotated[Line, Field(pattern=r"\S")]], Field(max_length=20, exclude=True)]


class PrepareRound(Data):
    """The common questions, the last moment to answer in writing, and where the rules ask for it which total.

    Who is heard follows from the list as it is now.
    """

    total: Annotated[Figure, Field(strict=False, examples=["12.50"])] | None = None
    questions: Annotated[Questions, Field(default_factory=list)]
    answer_until: Instant | None = None


class EditRound(Data):
    """Any of the two; what is left out stays as it is."""

    questions: Annotated[Questions, Field(default_factory=list)]
    answer_until: Instant | None = None


class EditHearing(Data):
    """The slot, at a place or by a link with what lets one in, and questions to this proposal alone."""

    starts_at: Instant | None = None
    ends_at: Instant | None = None
    place: Annotated[Paragraph, Field(exclude=True)] = ""
    secret: Annotated[Paragraph, Field(exclude=True, repr=False)] = ""
    questions: Annotated[Questions, Field(default_factory=list, exclude=True)]


class MoveHearing(Data):
    """Another slot, at the same place if no other is given, and why."""

    starts_at: Instant
    ends_at: Instant
    place: Annotated[Words | None, Field(exclude=True)] = None
    secret: Annotated[Paragraph | None, Field(exclude=True, repr=False)] = None
    reason: Words


class CallOff(Data):
    """Why this one does not take place."""

    reason: Words


class CancelRound(Data):
    """Why nobody is heard: all are told the same."""

    reason: Words


class Announce(Data):
    """The names of those who will come for the consortium; sent again, they take the place of the former."""

    attendees: Names


class AnswerHearing(Data):
    """The answers, one for each question in its order; given once. They change nothing of the proposal."""

    answers: Annotated[
        list[Annotated[LongText, Field(max_length=20_000, pattern=r"\S")]],
        Field(min_length=1, max_length=40, exclude=True),
    ]


class HoldHearing(Data):
    """Which of the names that the coordinator gave were there, and a note."""

    present: Names
    note: Annotated[Words, Field(exclude=True)]


class NoteAbsent(Data):
    """That nobody came, and what is known of why."""

    note: Annotated[Words, Field(exclude=True)]


class RoundRead(EntityRead):
    """A round; `total` where all of one equal total are heard, and not all above the thresholds."""

    panel_id: UUID
    version: int
    follows_id: UUID | None
    total: Decimal | None
    questions: list[str]
    answer_until: datetime | None
    sent_at: datetime | None
    cancelled_for: str | None


class RoundItem(ItemRead):
    panel_id: UUID
    sent_at: datetime | None


class SaidRead(Read):
    question: str
    answer: str | None


class HearingBase(EntityRead):
    proposal_id: UUID
    reference: str
    starts_at: datetime | None
    ends_at: datetime | None
    place: str
    answer_until: datetime | None
    said: list[SaidRead]
    answered_at: datetime | None
    attendees: list[str]


class HearingForAuditor(HearingBase):
    """All of it but what lets one in."""

    round_id: UUID
    panel_id: UUID
    version: int
    called_at: datetime | None
    present: list[str]
    note: str | None


class HearingRead(HearingForAuditor):
    """For those who are in the room, and those who run it."""

    secret: str


class HearingOwn(HearingBase):
    """For the coordinator: slot, questions, what was answered. What the panel notes is the panel's."""

    secret: str


class HearingItem(ItemRead):
    proposal_id: UUID
    starts_at: datetime | None
