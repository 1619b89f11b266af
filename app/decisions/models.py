"""The funding decision on a ranked list, line by line."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from app.calls.models import TopicStage
from app.committee.models import Motion
from app.core.db import Base, Entity, Keyed, one_of, state_of
from app.evaluation.panel.models import Panel
from app.evaluation.summary.models import Summary, SummaryState
from app.proposals.models import Proposal
from app.workflow.table import State


class DecisionState(State):
    ADOPTED = "adopted", "Adopted, under embargo"
    RELEASED = "released", "Released"


class Decision(Entity, Base):
    """What the committee decided on one list; `list_digest` names the list voted on.

    A list of full proposals is filled down to its `envelope`, in euro; of short ones the first `invites` go
    on to the second stage (C-07).
    """

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint("(state = 'released') = (released_at IS NOT NULL)", name="released_has_a_date"),
        CheckConstraint("(envelope IS NULL) <> (invites IS NULL)", name="drawn_by_money_or_number"),
        CheckConstraint("invites > 0", name="invites_somebody"),
    )

    state: Mapped[DecisionState] = state_of(DecisionState)
    topic_stage_id: Mapped[UUID] = mapped_column(ForeignKey("topic_stage.id"), unique=True)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    motion_id: Mapped[UUID] = mapped_column(ForeignKey("motion.id"), unique=True)
    envelope: Mapped[Decimal | None]
    invites: Mapped[int | None]
    list_digest: Mapped[str]
    released_at: Mapped[datetime | None]
    topic_stage: Mapped[TopicStage] = relationship(lazy="raise")
    motion: Mapped[Motion] = relationship(lazy="raise")
    lines: Mapped[list["Line"]] = relationship(lazy="raise", back_populates="decision", order_by="Line.rank")
    held_summaries: Mapped[list[Summary]] = relationship(
        secondary=Panel.__table__,
        primaryjoin=lambda: Decision.topic_stage_id == foreign(Panel.topic_stage_id),
        secondaryjoin=lambda: and_(foreign(Summary.panel_id) == Panel.id, Summary.state == SummaryState.HELD),
        viewonly=True,
        lazy="raise",
    )


class Line(Keyed, Base):
    """One proposal's outcome; `reason` is a code of K-10 for those not selected."""

    __tablename__ = "decision_line"
    __table_args__ = (
        UniqueConstraint("decision_id", "proposal_id", name="uq_decision_line_once"),
        CheckConstraint("(outcome = 'selected') = (reason IS NULL)", name="not_selected_has_a_reason"),
    )

    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decision.id"))
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), index=True)
    rank: Mapped[int | None]
    requested: Mapped[Decimal]
    outcome: Mapped[str] = one_of("selected", "reserve", "rejected", name="outcome")
    reason: Mapped[str | None]
    decision: Mapped[Decision] = relationship(lazy="raise", back_populates="lines")
    proposal: Mapped[Proposal] = relationship(lazy="raise")
