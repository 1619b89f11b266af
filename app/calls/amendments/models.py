"""An amendment of a published call."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.calls.models import Call
from app.core.db import Base, Entity, one_of, state_of
from app.workflow.table import State

Kind = Literal["extension", "budget", "corrigendum", "withdrawal", "cancellation"]


class AmendmentState(State):
    PUBLISHED = "published", "Published"


class Amendment(Entity, Base):
    """One change, as anyone may know it: what kind, why, and what it was and is; nothing under embargo.

    `touches` names what a corrigendum changes: scope, eligibility, budget. Money in euro.
    """

    __tablename__ = "amendment"
    __table_args__ = (
        UniqueConstraint("call_id", "number", name="uq_amendment_number_once_per_call"),
        CheckConstraint("new_deadline >= old_deadline", name="deadline_never_earlier"),
        CheckConstraint("kind <> 'extension' OR new_deadline > old_deadline", name="extension_is_later"),
    )

    state: Mapped[AmendmentState] = state_of(AmendmentState)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id"))
    number: Mapped[int]
    kind: Mapped[str] = one_of(*get_args(Kind), name="kind")
    reason: Mapped[str]
    touches: Mapped[list[str]] = mapped_column(default=list)
    stage_id: Mapped[UUID | None] = mapped_column(ForeignKey("call_stage.id"))
    topic_id: Mapped[UUID | None] = mapped_column(ForeignKey("topic.id"))
    old_deadline: Mapped[datetime | None]
    new_deadline: Mapped[datetime | None]
    budgets: Mapped[list[Any]] = mapped_column(default=list)
    call: Mapped[Call] = relationship(lazy="raise")

    @property
    def at(self) -> datetime:
        return self.created_at


def budget_of(topic_id: UUID, old: Decimal, new: Decimal) -> dict[str, Any]:
    """How an amendment keeps that the money of a topic has changed."""
    return {"topic_id": str(topic_id), "old": str(old), "new": str(new)}
