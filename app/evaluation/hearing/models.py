"""Rounds of hearings of a panel, and the hearing of each proposal in one."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from app.core.db import Base, Entity, Versioned, state_of
from app.evaluation.panel.models import Panel
from app.proposals.models import Proposal
from app.workflow.table import State


class RoundState(State):
    PREPARED = "prepared", "Prepared; nobody is told"
    SENT = "sent", "Sent to all at one moment"
    OVER = "over", "Over"
    CANCELLED = "cancelled", "Cancelled for all"


class HearingState(State):
    PREPARED = "prepared", "Prepared; nobody is told"
    CALLED = "called", "Called"
    HELD = "held", "Held"
    ABSENT = "absent", "Nobody came"
    CANCELLED = "cancelled", "Cancelled"


NOT_OVER = (RoundState.PREPARED, RoundState.SENT)
GIVEN = (RoundState.SENT, RoundState.OVER)
"""Rounds whose proposals have had their hearing, or will."""
STANDING = (HearingState.CALLED, HearingState.HELD, HearingState.ABSENT)


class HearingRound(Versioned, Entity, Base):
    """Hearings that are given alike to every proposal of a set, with the same common `questions`.

    The set is all above the thresholds of the list, or all of the `total`; no person chooses. A round that
    `follows` another extends it to those who came into the set since.
    """

    __tablename__ = "hearing_round"
    __table_args__ = (
        Index(
            "uq_hearing_round_one_not_over",
            "panel_id",
            unique=True,
            postgresql_where="state IN ('prepared', 'sent')",
        ),
        CheckConstraint(
            "state NOT IN ('sent', 'over') OR (sent_at IS NOT NULL AND answer_until IS NOT NULL)",
            name="sent_has_its_dates",
        ),
        CheckConstraint("(state = 'cancelled') = (cancelled_for IS NOT NULL)", name="cancelled_has_a_reason"),
    )

    state: Mapped[RoundState] = state_of(RoundState)
    panel_id: Mapped[UUID] = mapped_column(ForeignKey("panel.id"), index=True)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    follows_id: Mapped[UUID | None] = mapped_column(ForeignKey("hearing_round.id"))
    total: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    questions: Mapped[list[Any]] = mapped_column(default=list)
    answer_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    cancelled_for: Mapped[str | None]
    panel: Mapped[Panel] = relationship(lazy="raise", backref=backref("hearing_rounds", lazy="raise"))
    hearings: Mapped[list["Hearing"]] = relationship(
        lazy="raise", back_populates="round", order_by="Hearing.proposal_id"
    )

    @property
    def open(self) -> bool:
        return self.state in NOT_OVER

    @property
    def given(self) -> bool:
        """Its hearings take place, or have."""
        return self.state in GIVEN

    @property
    def standing(self) -> list["Hearing"]:
        """Its hearings without those that were called off."""
        return [one for one in self.hearings if one.state != HearingState.CANCELLED]

    @property
    def heard(self) -> set[UUID]:
        """The proposals that are called to their hearing, or have had it."""
        return {one.proposal_id for one in self.hearings if one.state in STANDING}


class Hearing(Versioned, Entity, Base):
    """The hearing of one proposal: a slot, its own `questions` beside the common ones, what is answered.

    `secret` is what lets one in where the place is a link. `answers` are in the order of all questions, the
    common ones first, and never changed. `attendees` are the names that the coordinator gives, `present`
    those of them who came.
    """

    __tablename__ = "hearing"
    __table_args__ = (
        Index(
            "uq_hearing_once",
            "panel_id",
            "proposal_id",
            unique=True,
            postgresql_where="state <> 'cancelled'",
        ),
        CheckConstraint("starts_at < ends_at", name="ends_after_it_starts"),
        CheckConstraint("(answers IS NULL) = (answered_at IS NULL)", name="answered_has_a_date"),
        CheckConstraint(
            "state NOT IN ('called', 'held', 'absent') OR (called_at IS NOT NULL AND starts_at IS NOT NULL"
            " AND ends_at IS NOT NULL AND place <> '')",
            name="called_has_a_slot",
        ),
        CheckConstraint("(state IN ('held', 'absent')) = (note IS NOT NULL)", name="over_has_a_note"),
    )

    state: Mapped[HearingState] = state_of(HearingState)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("hearing_round.id"), index=True)
    panel_id: Mapped[UUID] = mapped_column(ForeignKey("panel.id"))
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), index=True)
    consortium_id: Mapped[UUID] = mapped_column(ForeignKey("consortium.id"), index=True)
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    place: Mapped[str] = mapped_column(default="")
    secret: Mapped[str] = mapped_column(default="")
    questions: Mapped[list[Any]] = mapped_column(default=list)
    called_at: Mapped[datetime | None]
    attendees: Mapped[list[Any]] = mapped_column(default=list)
    answers: Mapped[list[Any] | None]
    answered_at: Mapped[datetime | None]
    present: Mapped[list[Any]] = mapped_column(default=list)
    note: Mapped[str | None]
    round: Mapped[HearingRound] = relationship(lazy="raise", back_populates="hearings")
    proposal: Mapped[Proposal] = relationship(lazy="raise")

    @property
    def asked(self) -> list[str]:
        """All questions, the common ones first."""
        return [*self.round.questions, *self.questions]

    @property
    def said(self) -> list[dict[str, str | None]]:
        """Each question with what is answered to it."""
        answers = self.answers or [None] * len(self.asked)
        return [{"question": q, "answer": a} for q, a in zip(self.asked, answers, strict=True)]

    @property
    def answer_until(self) -> datetime | None:
        return self.round.answer_until

    @property
    def reference(self) -> str:
        return self.proposal.reference
