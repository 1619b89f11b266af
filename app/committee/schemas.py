"""Bodies, mandates, sessions, motions and ballots on the wire."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field

from app.committee.models import AdjournedFor, BodyKind, Purpose
from app.core.schema import Data, EntityRead, Euro, Id, Instant, ItemRead, Line, Paragraph, Read

Share = Annotated[Decimal, Field(strict=False, gt=0, le=1, decimal_places=3, allow_inf_nan=False)]
Weight = Annotated[Decimal, Field(strict=False, gt=0, le=1_000, decimal_places=3, allow_inf_nan=False)]
Why = Annotated[Paragraph, Field(min_length=1)]


class Establish(Data):
    kind: BodyKind
    name: Line
    quorum: Share = Decimal("0.5")
    majority: Annotated[Share, Field(ge=Decimal("0.5"), lt=1)] = Decimal("0.5")


class Propose(Data):
    """A person for a seat; or an alternate for whoever holds the seat of `alternate_for_id`, a mandate.

    `weight` is that of the seat's vote.
    """

    account_id: Id
    seat: Literal["chair", "member"] = "member"
    starts_at: Instant
    ends_at: Instant | None = None
    appointing_act: Line
    alternate_for_id: Id | None = None
    weight: Weight = Decimal(1)


Word = Annotated[str, Field(pattern=r"^[A-Za-z_]{1,40}$")]


class PassedOver(Data):
    """A proposal of a list that is to take no money although its rank is reached (K-03).

    `reason` is one of the programme's codes; the text is for its letter.
    """

    proposal_id: Id
    reason: Annotated[Word, Field(examples=["INSUFFICIENT_BUDGET"])]
    text: Annotated[Paragraph, Field(pattern=r"\S")]


class Prepare(Data):
    """A question for the session; where it takes something away, its text is the reason that is published.

    `amount` is what the envelope of a topic is raised to, or what of it moves (K-04); `target_id` the topic
    in its stage that it moves to, or what an idea is merged with. `fault` is one of the programme's, for
    which a list goes back to its panel; `passed_over` may be named when a list is to be adopted.
    """

    purpose: Purpose
    subject_id: Id
    text: Paragraph
    amount: Euro | None = None
    target_id: Id | None = None
    fault: Annotated[Word | None, Field(examples=["unequal_treatment"])] = None
    passed_over: Annotated[list[PassedOver], Field(max_length=200)] = Field(default_factory=list)


class Vote(Data):
    choice: Literal["yes", "no", "abstain"]


class Interest(Data):
    reason: Why


class Recuse(Data):
    """A member who is to be taken out of the vote."""

    account_id: Id
    reason: Why


class Conclude(Data):
    """Why it went so; needed where somebody is told the outcome (T-02)."""

    reason: Why | None = None


class Adjourn(Data):
    """Why it is not decided now; `until` when it is taken up again, needed where too few may vote."""

    reason: Why
    until: Instant | None = None


class StandIn(Data):
    """Who is to have the vote of a seat: its alternate, or again the member for whom one stands in."""

    account_id: Id
    reason: Why


class Refer(Data):
    """The session of the body that votes second on this."""

    session_id: Id


class PutOn(Data):
    """Another session of the same body."""

    session_id: Id


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
    alternate_for_id: UUID | None
    weight: Decimal


class MandateItem(ItemRead):
    body_id: UUID
    account_id: UUID
    seat: str
    alternate_for_id: UUID | None


class BallotRead(Read):
    """`seated`: it has the vote of its seat, a mandate; an alternate waits until it stands in.

    `cast`: it has voted. In writing, the `choice` of others is told once the vote is closed.
    """

    account_id: UUID
    seat_id: UUID
    seated: bool
    weight: Decimal
    recused: str | None
    cast: Annotated[bool, BeforeValidator(lambda at: at is not None)] = Field(validation_alias="cast_at")
    choice: str | None


class RuleRead(Read):
    """What a vote is counted by, as it was when the vote opened; shares are of one."""

    quorum: Decimal
    majority: Decimal
    of: Literal["sides", "entitled"]
    casting_vote: bool


class PassedOverRead(Read):
    proposal_id: UUID
    reason: str
    text: str


class MotionOutline(EntityRead):
    """A motion as whoever is out of it reads it: nobody's vote, and nobody whom it passes over."""

    session_id: UUID
    purpose: Purpose
    subject_id: UUID
    text: str
    amount: Euro | None
    target_id: UUID | None
    fault: str | None
    outcome_reason: str | None
    annexes: list[str]
    decided_at: datetime | None
    rule: RuleRead | None
    adjourned_for: AdjournedFor | None
    adjourned_until: datetime | None
    referred_from_id: UUID | None


class MotionRead(MotionOutline):
    passed_over: list[PassedOverRead]
    ballots: list[BallotRead]


class MotionItem(ItemRead):
    session_id: UUID
    purpose: Purpose
    subject_id: UUID
    decided_at: datetime | None
