"""Around a consensus report: its threads, its moderator and meeting, who is silent, who else may read."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Keyed, one_of
from app.evaluation.consensus.models import STANDING
from app.experts.models import Assignment

ROLES = {"moderator": "The moderator", "office": "The programme office"}
"""How those of a thread who have no seat are called."""


class Message(Keyed, Base):
    """What somebody has said in the thread of a criterion; only added to.

    `assignment_id` is the seat of an expert, who goes by its label; others go by their `role`.
    """

    __tablename__ = "consensus_message"
    __table_args__ = (
        CheckConstraint("(role = 'expert') = (assignment_id IS NOT NULL)", name="expert_has_a_seat"),
    )

    consensus_id: Mapped[UUID] = mapped_column(ForeignKey("consensus.id"), index=True)
    criterion: Mapped[str]
    answers_id: Mapped[UUID | None] = mapped_column(ForeignKey("consensus_message.id"))
    role: Mapped[str] = one_of("expert", "moderator", "office", name="role")
    assignment_id: Mapped[UUID | None] = mapped_column(ForeignKey("assignment.id"))
    text: Mapped[str]
    at: Mapped[datetime]
    assignment: Mapped[Assignment | None] = relationship(lazy="raise")

    @property
    def label(self) -> str:
        return ROLES[self.role] if self.assignment is None else self.assignment.label

    @property
    def out(self) -> bool:
        """Its author holds the seat no more."""
        return self.assignment is not None and self.assignment.state not in STANDING


class Moderator(Keyed, Base):
    """Who moderates, or has: an officer by the account, an expert of the call by the contract."""

    __tablename__ = "consensus_moderator"
    __table_args__ = (
        Index("uq_consensus_moderator_one", "consensus_id", unique=True, postgresql_where="until IS NULL"),
        CheckConstraint("(account_id IS NULL) <> (contract_id IS NULL)", name="officer_or_expert"),
    )

    consensus_id: Mapped[UUID] = mapped_column(ForeignKey("consensus.id"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    contract_id: Mapped[UUID | None] = mapped_column(ForeignKey("expert_contract.id"), index=True)
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class Meeting(Keyed, Base):
    """A meeting of the group, at a place or by a link; `secret` is what lets one in.

    `present` are labels, once the attendance is noted. Until then the slot can be moved.
    """

    __tablename__ = "consensus_meeting"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="ends_after_it_starts"),
        Index(
            "uq_consensus_meeting_one_ahead", "consensus_id", unique=True, postgresql_where="held_at IS NULL"
        ),
    )

    consensus_id: Mapped[UUID] = mapped_column(ForeignKey("consensus.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str]
    secret: Mapped[str] = mapped_column(default="")
    present: Mapped[list[str]] = mapped_column(default=list)
    held_at: Mapped[datetime | None]


class Silence(Keyed, Base):
    """How often an expert was reminded of a round, and since when it is noted that no answer comes."""

    __tablename__ = "consensus_silence"
    __table_args__ = (
        UniqueConstraint("consensus_id", "assignment_id", name="uq_consensus_silence_once"),
        CheckConstraint("noted_at IS NULL OR reason <> ''", name="noted_has_a_reason"),
    )

    consensus_id: Mapped[UUID] = mapped_column(ForeignKey("consensus.id"))
    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignment.id"))
    round: Mapped[int]
    reminders: Mapped[int]
    noted_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")


class CrossReader(Keyed, Base):
    """A further expert who reads the proposal and the draft, and writes no report (V-16, V-18).

    The seat is accepted like any other, so that every conflict of interest takes it away. `across`: from
    another panel, to compare; reads the group's text alone, and `view` with `remarks` is a note to the panel.
    """

    __tablename__ = "consensus_reader"
    __table_args__ = (UniqueConstraint("consensus_id", "assignment_id", name="uq_consensus_reader_once"),)

    consensus_id: Mapped[UUID] = mapped_column(ForeignKey("consensus.id"))
    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignment.id"), index=True)
    across: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime]
    view: Mapped[str | None]
    remarks: Mapped[list[Any]] = mapped_column(default=list)
    given_at: Mapped[datetime | None]
    assignment: Mapped[Assignment] = relationship(lazy="raise")

    @property
    def label(self) -> str:
        return self.assignment.label

    @property
    def out(self) -> bool:
        return self.assignment.state not in STANDING
