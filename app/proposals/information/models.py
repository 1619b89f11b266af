"""A question of the office about a proposal, and the applicant's answer."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Entity, state_of
from app.proposals.models import Proposal
from app.workflow.table import State


class InformationState(State):
    ASKED = "asked", "Asked"
    ANSWERED = "answered", "Answered"
    LAPSED = "lapsed", "Lapsed without an answer"
    CLOSED = "closed", "Closed"


class InformationRequest(Entity, Base):
    """Asked about a doubt on admissibility or eligibility; nothing of the proposal changes by it.

    `until` is the last second of the last day in Brussels. `outcome` is what the office makes of it, for
    itself alone.
    """

    __tablename__ = "information_request"
    __table_args__ = (
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_has_a_date"),
        CheckConstraint("(state = 'closed') = (outcome IS NOT NULL)", name="closed_has_an_outcome"),
        CheckConstraint("state <> 'answered' OR answer IS NOT NULL", name="answered_has_an_answer"),
    )

    state: Mapped[InformationState] = state_of(InformationState)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), index=True)
    consortium_id: Mapped[UUID] = mapped_column(ForeignKey("consortium.id"), index=True)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    text: Mapped[str]
    until: Mapped[datetime] = mapped_column(index=True)
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    proposal: Mapped[Proposal] = relationship(lazy="raise")
