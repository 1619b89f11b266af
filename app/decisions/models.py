"""The funding decision on a ranked list, line by line."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from app.calls.models import TopicStage
from app.committee.models import Motion
from app.core.db import Base, Entity, Keyed, one_of, state_of
from app.evaluation.panel.models import FallenReport, Panel
from app.evaluation.summary.models import Summary, SummaryState
from app.proposals.models import Proposal, ProposalState
from app.workflow.table import State


class DecisionState(State):
    ADOPTED = "adopted", "Adopted, under embargo"
    RELEASED = "released", "Released"
    SUPERSEDED = "superseded", "Superseded: its list was returned to the panel"


INSIDE = (SummaryState.HELD, SummaryState.CLEARED)


class Decision(Entity, Base):
    """What the committee decided on one list; `list_digest` names the list voted on.

    A list of full proposals is filled down to its `envelope`, in euro; of short ones the first `invites` go
    on to the second stage (C-07). Never changed: when its list is returned, `returned_by` that motion, it is
    superseded as it is, and one of the next list follows.
    """

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint("(state = 'released') = (released_at IS NOT NULL)", name="released_has_a_date"),
        CheckConstraint("(envelope IS NULL) <> (invites IS NULL)", name="drawn_by_money_or_number"),
        CheckConstraint("invites > 0", name="invites_somebody"),
        CheckConstraint(
            "(state = 'superseded') = (superseded_at IS NOT NULL)"
            " AND (superseded_at IS NULL) = (returned_by_id IS NULL)",
            name="superseded_by_a_return",
        ),
        Index(
            "uq_decision_one_in_force_per_topic_stage",
            "topic_stage_id",
            unique=True,
            postgresql_where="state <> 'superseded'",
        ),
    )

    state: Mapped[DecisionState] = state_of(DecisionState)
    topic_stage_id: Mapped[UUID] = mapped_column(ForeignKey("topic_stage.id"))
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    motion_id: Mapped[UUID] = mapped_column(ForeignKey("motion.id"), unique=True)
    envelope: Mapped[Decimal | None]
    invites: Mapped[int | None]
    list_digest: Mapped[str]
    released_at: Mapped[datetime | None]
    superseded_at: Mapped[datetime | None]
    returned_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("motion.id"))
    topic_stage: Mapped[TopicStage] = relationship(lazy="raise")
    motion: Mapped[Motion] = relationship(lazy="raise", foreign_keys=[motion_id])
    returned_by: Mapped[Motion | None] = relationship(lazy="raise", foreign_keys=[returned_by_id])
    lines: Mapped[list["Line"]] = relationship(lazy="raise", back_populates="decision", order_by="Line.rank")
    summaries: Mapped[list[Summary]] = relationship(
        secondary=Panel.__table__,
        primaryjoin=lambda: Decision.topic_stage_id == foreign(Panel.topic_stage_id),
        secondaryjoin=lambda: and_(foreign(Summary.panel_id) == Panel.id, Summary.state.in_(INSIDE)),
        order_by=Summary.id,
        viewonly=True,
        lazy="raise",
    )
    fallen: Mapped[list[FallenReport]] = relationship(
        secondary=Panel.__table__,
        primaryjoin=lambda: Decision.topic_stage_id == foreign(Panel.topic_stage_id),
        secondaryjoin=lambda: and_(foreign(FallenReport.panel_id) == Panel.id, ~FallenReport.taken_up),
        viewonly=True,
        lazy="raise",
    )
    findings: Mapped[list[Proposal]] = relationship(
        primaryjoin=lambda: and_(
            Decision.topic_stage_id == foreign(Proposal.topic_stage_id),
            Proposal.state.in_((ProposalState.INADMISSIBLE, ProposalState.INELIGIBLE)),
            Proposal.released_at.is_(None),
        ),
        order_by=Proposal.reference,
        viewonly=True,
        lazy="raise",
    )

    @property
    def held_summaries(self) -> list[Summary]:
        return [one for one in self.summaries if one.state == SummaryState.HELD]


class Line(Keyed, Base):
    """One proposal's outcome; `reason` is a code of K-10 for those not selected.

    `passed_over`: the committee's words where it is to take no money although its rank is reached (K-03).
    """

    __tablename__ = "decision_line"
    __table_args__ = (
        UniqueConstraint("decision_id", "proposal_id", name="uq_decision_line_once"),
        CheckConstraint("(outcome = 'selected') = (reason IS NULL)", name="not_selected_has_a_reason"),
        CheckConstraint(
            "passed_over IS NULL OR (rank IS NOT NULL AND outcome <> 'selected')",
            name="passed_over_keeps_its_rank",
        ),
    )

    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decision.id"))
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), index=True)
    rank: Mapped[int | None]
    requested: Mapped[Decimal]
    outcome: Mapped[str] = one_of("selected", "reserve", "rejected", name="outcome")
    reason: Mapped[str | None]
    passed_over: Mapped[str | None]
    decision: Mapped[Decision] = relationship(lazy="raise", back_populates="lines")
    proposal: Mapped[Proposal] = relationship(lazy="raise")
