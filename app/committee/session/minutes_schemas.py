"""Minutes on the wire."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from app.committee.models import Purpose, SessionKind
from app.committee.schemas import RuleRead
from app.committee.session.schemas import Adjournment
from app.core.schema import Read


class PresentRead(Read):
    name: str
    arrived_at: datetime
    left_at: datetime | None


class OutRead(Read):
    """Who was out of a motion; the reason is for the body, its secretary and the auditor."""

    name: str
    reason: str | None


class CountRead(Read):
    """Seats of the body, those that may vote, and those that have, in heads; the sides by their weight."""

    seats: int
    entitled: int
    cast: int
    yes: str
    no: str
    abstain: str


class VoteRead(Read):
    """Somebody's vote; no `choice`: none was cast. `stands_in_for`: whose seat an alternate has voted for."""

    name: str
    stands_in_for: str | None
    weight: str
    choice: Literal["yes", "no", "abstain"] | None


class MotionMinutes(Read):
    """A motion on the agenda and how it went; without `votes` and `count` in what is public."""

    number: int
    purpose: Purpose
    text: str
    result: str
    decided_at: datetime | None
    out: list[OutRead]
    outcome_reason: str | None = None
    annexes: list[str] | None = None
    adjourned_until: datetime | None = None
    rule: RuleRead | None = None
    count: CountRead | None = None
    votes: list[VoteRead] | None = None


class MinutesRead(Read):
    """Minutes of a session. `present` is not in what is public."""

    session_id: UUID
    body: str
    title: str
    kind: SessionKind
    held_at: datetime
    closed_at: datetime
    published_at: datetime | None
    adjournments: list[Adjournment]
    present: list[PresentRead] | None
    motions: list[MotionMinutes]
