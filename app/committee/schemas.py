"""Bodies, mandates, sessions, motions and ballots on the wire."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.core.schema import Data, EntityRead, Euro, Id, Instant, ItemRead, Line, Paragraph, Read

Share = Annotated[Decimal, Field(strict=False, gt=0, le=1, decimal_places=3, allow_inf_nan=False)]
Purpose = Literal[
    "screen_idea", "adopt_topic", "adopt_corrigendum", "adopt_call", "adopt_list", "raise_envelope"
]


class Establish(Data):
    kind: Literal["scientific_committee", "governing_board", "advisory"]
    name: Line
    quorum: Share = Decimal("0.5")
    majority: Annotated[Share, Field(ge=Decimal("0.5"), lt=1)] = Decimal("0.5")


class Propose(Data):
    account_id: Id
    seat: Literal["chair", "member"] = "member"
    starts_at: Instant
    ends_at: Instant | None = None
    appointing_act: Line


class CallSession(Data):
    title: Line
    held_at: Instant


class Prepare(Data):
    """A question for the session. `amount` is what the envelope of a topic is raised to (K-04)."""

    purpose: Purpose
    subject_id: Id
    text: Paragraph
    amount: Euro | None = None


class Vote(Data):
    choice: Literal["yes", "no", "abstain"]


class BodyRead(EntityRead):
    kind: str
    name: str
    quorum: Decimal
    majority: Decimal


class BodyItem(ItemRead):
    kind: str
    name: str


class MandateRead(EntityRead):
    body_id: UUID
    account_id: UUID
    seat: str
    starts_at: datetime
    ends_at: datetime | None
    appointing_act: str


class MandateItem(ItemRead):
    body_id: UUID
    account_id: UUID
    seat: str


class SessionRead(EntityRead):
    body_id: UUID
    title: str
    held_at: datetime


class SessionItem(ItemRead):
    body_id: UUID
    title: str
    held_at: datetime


class BallotRead(Read):
    account_id: UUID
    recused: str | None
    choice: str | None


class MotionRead(EntityRead):
    session_id: UUID
    purpose: Purpose
    subject_id: UUID
    text: str
    amount: Euro | None
    annexes: list[str]
    decided_at: datetime | None
    ballots: list[BallotRead]


class MotionItem(ItemRead):
    session_id: UUID
    purpose: Purpose
    subject_id: UUID
    decided_at: datetime | None
