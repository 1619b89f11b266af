"""Bodies and their mandates, the sessions they hold, the motions they vote on, the ballots cast."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Entity, Keyed, one_of, state_of
from app.people.models import Account
from app.workflow.table import State

Purpose = Literal[
    "screen_idea", "merge_idea", "adopt_topic", "adopt_corrigendum", "adopt_call", "adopt_list",
    "return_list", "invite_next", "raise_envelope", "move_budget", "withdraw_topic", "cancel_call",
    "fund_redress",
]  # fmt: skip
Deciding = Literal["scientific_committee", "governing_board"]
BodyKind = Literal[Deciding, "advisory"]
SessionKind = Literal["meeting", "written"]
Ground = Literal["interest", "mandate"]
AdjournedFor = Literal["put_off", "no_quorum", "too_few", "lapsed", "moot"]
SCREENING = ("screen_idea", "merge_idea")
"""Purposes whose outcome is told to a person, with the reason (T-02)."""


class BodyState(State):
    ACTIVE = "active", "Active"
    DISSOLVED = "dissolved", "Dissolved"


class MandateState(State):
    PROPOSED = "proposed", "Proposed, to be confirmed by a second person"
    ACTIVE = "active", "In force between its dates"
    ENDED = "ended", "Ended"


class SessionState(State):
    CALLED = "called", "Called"
    OPEN = "open", "Open"
    ADJOURNED = "adjourned", "Adjourned to another day"
    CLOSED = "closed", "Closed"
    CALLED_OFF = "called_off", "Called off"


class MotionState(State):
    PREPARED = "prepared", "Prepared"
    VOTING = "voting", "Being voted on"
    ADOPTED = "adopted", "Adopted"
    NOT_ADOPTED = "not_adopted", "Not adopted"
    ADJOURNED = "adjourned", "Adjourned, not decided"
    REFERRED = "referred", "Referred to another body"


class Body(Entity, Base):
    """A body that decides or advises. Shares are of one: a quorum of 0.50 is half of those entitled."""

    __tablename__ = "body"
    __table_args__ = (
        CheckConstraint("quorum > 0 AND quorum <= 1", name="quorum_is_a_share"),
        CheckConstraint("majority >= 0.5 AND majority < 1", name="majority_is_a_share"),
    )

    state: Mapped[BodyState] = state_of(BodyState)
    kind: Mapped[str] = one_of(*get_args(BodyKind), name="kind")
    name: Mapped[str] = mapped_column(unique=True)
    quorum: Mapped[Decimal] = mapped_column(Numeric(4, 3))
    majority: Mapped[Decimal] = mapped_column(Numeric(4, 3))
    mandates: Mapped[list["Mandate"]] = relationship(
        lazy="raise", back_populates="body", order_by="(Mandate.created_at, Mandate.id)"
    )


class Mandate(Entity, Base):
    """A seat in a body from one instant to another, and who proposed it.

    An alternate has no seat of its own: it stands in for whoever holds the seat that it names, with the
    `weight` of that seat's vote.
    """

    __tablename__ = "mandate"
    __table_args__ = (
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="ends_after_it_starts"),
        CheckConstraint("alternate_for_id IS NULL OR seat = 'member'", name="alternate_takes_no_chair"),
        CheckConstraint("weight > 0", name="weighs_something"),
        Index(
            "uq_mandate_one_seat_per_member",
            "body_id",
            "account_id",
            unique=True,
            postgresql_where="state <> 'ended'",
        ),
    )

    state: Mapped[MandateState] = state_of(MandateState)
    body_id: Mapped[UUID] = mapped_column(ForeignKey("body.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    seat: Mapped[str] = one_of("chair", "member", name="seat")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    appointing_act: Mapped[str]
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    alternate_for_id: Mapped[UUID | None] = mapped_column(ForeignKey("mandate.id"))
    weight: Mapped[Decimal] = mapped_column(Numeric(8, 3), default=Decimal(1))
    body: Mapped[Body] = relationship(lazy="raise", back_populates="mandates")
    account: Mapped[Account] = relationship(lazy="raise", foreign_keys=[account_id])


class Session(Entity, Base):
    """One meeting of a body, or one written procedure, which ends by the clock at `closes_at`.

    `adjournments` tell when it was adjourned, until when and why. `agenda_sent_at`: since then every change
    of the agenda is told to members and alternates. `called_off_for`: why it was not held.
    `minutes_as_published`: what the public was told, kept as it was signed for; none of minutes that were
    published before this was kept.
    """

    __tablename__ = "body_session"
    __table_args__ = (
        CheckConstraint("(kind = 'written') = (closes_at IS NOT NULL)", name="written_has_an_end"),
        CheckConstraint("closes_at > held_at", name="closes_after_it_is_held"),
        CheckConstraint("(state = 'adjourned') = (adjourned_until IS NOT NULL)", name="adjourned_to_a_date"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_has_a_date"),
        CheckConstraint(
            "(state = 'called_off') = (called_off_for IS NOT NULL)", name="called_off_for_a_reason"
        ),
        CheckConstraint("minutes_published_at IS NULL OR state = 'closed'", name="closed_before_minutes"),
        CheckConstraint(
            "minutes_as_published IS NULL OR minutes_published_at IS NOT NULL", name="published_has_a_date"
        ),
    )

    state: Mapped[SessionState] = state_of(SessionState)
    body_id: Mapped[UUID] = mapped_column(ForeignKey("body.id"), index=True)
    kind: Mapped[str] = one_of(*get_args(SessionKind), name="kind", default="meeting")
    title: Mapped[str]
    held_at: Mapped[datetime]
    closes_at: Mapped[datetime | None]
    adjourned_until: Mapped[datetime | None]
    adjournments: Mapped[list[Any]] = mapped_column(default=list)
    agenda_sent_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    called_off_for: Mapped[str | None]
    minutes_published_at: Mapped[datetime | None]
    minutes_as_published: Mapped[dict[str, Any] | None]
    body: Mapped[Body] = relationship(lazy="raise")
    motions: Mapped[list["Motion"]] = relationship(
        lazy="raise", viewonly=True, order_by="(Motion.place, Motion.created_at, Motion.id)"
    )


class Motion(Entity, Base):
    """A question put to a session. What adopting it brings about follows by reactions to `adopt`.

    `purpose` says of what kind the subject is; `topic_id` is set where applicants of a topic are to stay
    out of it, and further topics where those of several are. `amount` in euro is what an envelope is raised
    to, or what moves from it; `target_id` where that goes, or what an idea is merged with. `fault` is what a
    list is returned to its panel for; `passed_over` those of a list that are to take no money although their
    rank is reached, each as `{"proposal_id", "reason", "text"}`. `annexes` are
    lines that the stage of the subject lays beside it, such as the opinions on a topic. Decided if and only
    if `decided_at` is set; `outcome_reason` is given when it is closed. `place` is where it stands on the
    agenda, `rule` what it is counted by, pinned when its vote opens. One that another body could not decide
    names that body's motion (`referred_from_id`).
    """

    __tablename__ = "motion"
    __table_args__ = (
        CheckConstraint(
            "(state IN ('adopted', 'not_adopted')) = (decided_at IS NOT NULL)", name="decided_has_a_date"
        ),
        CheckConstraint(
            "(purpose IN ('raise_envelope', 'move_budget')) = (amount IS NOT NULL)",
            name="raised_to_an_amount",
        ),
        CheckConstraint(
            "(purpose IN ('merge_idea', 'move_budget')) = (target_id IS NOT NULL)",
            name="merged_with_a_target",
        ),
        CheckConstraint("(purpose = 'return_list') = (fault IS NOT NULL)", name="returned_for_a_fault"),
        CheckConstraint("purpose = 'adopt_list' OR passed_over = '[]'", name="passed_over_on_a_list"),
        CheckConstraint("state <> 'adjourned' OR outcome_reason IS NOT NULL", name="adjourned_has_a_reason"),
        CheckConstraint(
            "adjourned_for IS NULL OR state IN ('adjourned', 'referred')", name="adjourned_for_something"
        ),
        CheckConstraint(
            "state <> 'referred' OR adjourned_for IS NOT DISTINCT FROM 'too_few'",
            name="referred_where_too_few_may_vote",
        ),
        UniqueConstraint("referred_from_id", name="uq_motion_referred_once"),
        Index(
            "uq_motion_one_open_per_subject",
            "purpose",
            "subject_id",
            unique=True,
            postgresql_where="state IN ('prepared', 'voting')",
        ),
    )

    state: Mapped[MotionState] = state_of(MotionState)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("body_session.id"), index=True)
    purpose: Mapped[str] = one_of(*get_args(Purpose), name="purpose")
    subject_id: Mapped[UUID] = mapped_column(index=True)
    topic_id: Mapped[UUID | None] = mapped_column(index=True)
    text: Mapped[str]
    amount: Mapped[Decimal | None]
    target_id: Mapped[UUID | None]
    fault: Mapped[str | None]
    passed_over: Mapped[list[Any]] = mapped_column(default=list)
    outcome_reason: Mapped[str | None]
    annexes: Mapped[list[str]] = mapped_column(default=list)
    decided_at: Mapped[datetime | None]
    place: Mapped[int] = mapped_column(default=0)
    rule: Mapped[dict[str, Any] | None]
    adjourned_for: Mapped[str | None] = one_of(*get_args(AdjournedFor), name="adjourned_for")
    adjourned_until: Mapped[datetime | None]
    referred_from_id: Mapped[UUID | None] = mapped_column(ForeignKey("motion.id"))
    session: Mapped[Session] = relationship(lazy="raise")
    ballots: Mapped[list["Ballot"]] = relationship(
        lazy="raise", back_populates="motion", order_by="Ballot.account_id"
    )
    further_topics: Mapped[list["MotionTopic"]] = relationship(
        lazy="raise", back_populates="motion", order_by="MotionTopic.topic_id"
    )


class MotionTopic(Base):
    """A further topic that a motion is about: its applicants are out of the motion, too."""

    __tablename__ = "motion_topic"

    motion_id: Mapped[UUID] = mapped_column(ForeignKey("motion.id"), primary_key=True)
    topic_id: Mapped[UUID] = mapped_column(primary_key=True)
    motion: Mapped[Motion] = relationship(lazy="raise", back_populates="further_topics")


class Ballot(Keyed, Base):
    """A place in one vote: handed out when voting opens, with the reason if whoever has it is out.

    One for each seat, and one for each alternate, who waits unless `seated`. `ground`: why somebody is out of
    whom no data tell: an interest that was declared or named, a mandate that has ended and its seat with it.
    """

    __tablename__ = "ballot"
    __table_args__ = (
        UniqueConstraint("motion_id", "account_id", name="uq_ballot_one_vote_per_member"),
        Index("uq_ballot_one_per_seat", "motion_id", "seat_id", unique=True, postgresql_where="seated"),
        CheckConstraint("(choice IS NULL) = (cast_at IS NULL)", name="cast_has_a_date"),
        CheckConstraint("recused IS NULL OR choice IS NULL", name="recused_does_not_vote"),
        CheckConstraint("seated OR choice IS NULL", name="who_waits_does_not_vote"),
        CheckConstraint("ground IS NULL OR recused IS NOT NULL", name="out_on_a_ground"),
        CheckConstraint("weight > 0", name="weighs_something"),
    )

    motion_id: Mapped[UUID] = mapped_column(ForeignKey("motion.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    seat_id: Mapped[UUID] = mapped_column(ForeignKey("mandate.id"))
    seated: Mapped[bool] = mapped_column(default=True)
    chairs: Mapped[bool] = mapped_column(default=False)
    weight: Mapped[Decimal] = mapped_column(Numeric(8, 3), default=Decimal(1))
    recused: Mapped[str | None]
    ground: Mapped[str | None] = one_of(*get_args(Ground), name="ground")
    choice: Mapped[str | None] = one_of("yes", "no", "abstain", name="choice")
    cast_at: Mapped[datetime | None]
    motion: Mapped[Motion] = relationship(lazy="raise", back_populates="ballots")
