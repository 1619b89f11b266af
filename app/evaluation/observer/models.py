"""Who observes which call, from when until when; and what observers and auditors have read."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.calls.models import Call
from app.core.db import Base, Entity, Keyed, one_of, state_of
from app.people.models import Account
from app.workflow.table import State


class ObservationState(State):
    NAMED = "named", "Named, to declare"
    WATCHING = "watching", "Has declared, and reads"
    ENDED = "ended", "Ended"


class Observation(Entity, Base):
    """An observer's appointment to a call (A-13); `declared_at` is when conflicts were last declared.

    What is handed in later is read after another declaration.
    """

    __tablename__ = "observation"
    __table_args__ = (
        Index(
            "uq_observation_once", "call_id", "account_id", unique=True, postgresql_where="state <> 'ended'"
        ),
        CheckConstraint("starts_at < ends_at", name="ends_after_it_starts"),
        CheckConstraint("state <> 'watching' OR declared_at IS NOT NULL", name="watching_has_declared"),
    )

    state: Mapped[ObservationState] = state_of(ObservationState)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    declared_at: Mapped[datetime | None]
    call: Mapped[Call] = relationship(lazy="raise")
    account: Mapped[Account] = relationship(lazy="raise")

    @property
    def name(self) -> str:
        return self.account.name


class EvaluationReading(Keyed, Base):
    """That an observer or auditor has read something of an evaluation, and when. Only added to."""

    __tablename__ = "evaluation_reading"
    __table_args__ = (Index("ix_evaluation_reading_of_a_topic", "topic_stage_id", "at"),)

    topic_stage_id: Mapped[UUID] = mapped_column(ForeignKey("topic_stage.id"))
    proposal_id: Mapped[UUID | None] = mapped_column(ForeignKey("proposal.id"))
    entity: Mapped[str]
    entity_id: Mapped[UUID]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    role: Mapped[str] = one_of("observer", "auditor", name="role")
    at: Mapped[datetime]
