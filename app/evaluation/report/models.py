"""An expert's own report on a proposal: a score and a comment for each criterion."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Entity, Keyed, Versioned, state_of
from app.experts.models import Assignment
from app.proposals.models import Proposal
from app.workflow.table import State


class ReportState(State):
    DRAFT = "draft", "Being written"
    SEALED = "sealed", "Sealed"
    VOIDED = "voided", "Voided, kept as evidence"


class Report(Entity, Base):
    """One individual evaluation report (V-12); immutable once sealed (V-13)."""

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint("state <> 'sealed' OR sealed_at IS NOT NULL", name="sealed_has_a_date"),
        CheckConstraint("state <> 'draft' OR sealed_at IS NULL", name="draft_has_no_date"),
    )

    state: Mapped[ReportState] = state_of(ReportState)
    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignment.id"), unique=True)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), index=True)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    sealed_at: Mapped[datetime | None]
    assignment: Mapped[Assignment] = relationship(lazy="raise")
    proposal: Mapped[Proposal] = relationship(lazy="raise")
    marks: Mapped[list["Mark"]] = relationship(
        lazy="raise", back_populates="report", order_by="Mark.criterion"
    )

    @property
    def label(self) -> str:
        """How the author is called: never by name."""
        return self.assignment.label


class Mark(Versioned, Keyed, Base):
    """What the report says of one criterion; no score while it is being written."""

    __tablename__ = "report_mark"
    __table_args__ = (UniqueConstraint("report_id", "criterion", name="uq_report_mark_once"),)

    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"))
    criterion: Mapped[str]
    score: Mapped[Decimal | None] = mapped_column(Numeric(3, 2))
    comment: Mapped[str] = mapped_column(default="")
    report: Mapped[Report] = relationship(lazy="raise", back_populates="marks")
