"""A case outside the process that a proposal is part of."""

from datetime import date
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Entity, one_of, state_of
from app.proposals.models import Proposal
from app.workflow.table import State

Forum = Literal["court", "ombudsman"]


class ExternalCaseState(State):
    NOTED = "noted", "Noted, to be confirmed by another officer"
    OPEN = "open", "Open: nothing of the file is forgotten"
    CLOSED = "closed", "Closed"


HOLDING = (ExternalCaseState.NOTED, ExternalCaseState.OPEN)
"""Where nothing that belongs to the proposal is forgotten; also before it is confirmed."""


class ExternalCase(Entity, Base):
    """An action before a court or a complaint to the ombudsman (Z-07), under its `reference` there.

    `auditor_id` is who may read the file while it is open.
    """

    __tablename__ = "external_case"
    __table_args__ = (
        CheckConstraint(
            "(state = 'closed') = (closed_for IS NOT NULL) AND (closed_for IS NULL) = (closed_on IS NULL)",
            name="closed_has_a_reason",
        ),
        CheckConstraint("closed_on >= lodged_on", name="closed_after_it_was_lodged"),
    )

    state: Mapped[ExternalCaseState] = state_of(ExternalCaseState)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), index=True)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    forum: Mapped[str] = one_of(*get_args(Forum), name="forum")
    reference: Mapped[str]
    lodged_on: Mapped[date]
    auditor_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    noted_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    closed_on: Mapped[date | None]
    closed_for: Mapped[str | None]
    proposal: Mapped[Proposal] = relationship(lazy="raise")
