"""An expert's own report on a proposal: a score and a comment for each criterion, flags, a remark."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Entity, Keyed, Versioned, state_of
from app.experts.models import Assignment
from app.proposals.models import Proposal
from app.workflow.table import State


class ReportState(State):
    DRAFT = "draft", "Being written"
    SEALED = "sealed", "Sealed"
    VOIDED = "voided", "Voided, kept as evidence"


class Report(Versioned, Entity, Base):
    """One individual evaluation report (V-12); immutable once sealed (V-13), by the database too.

    `flags` point out what is no matter of scores, each with its text; `remark` is for the office alone.
    `in_group_at` is when the group began to work on it together, `read_others_at` when its author first read
    another report of the proposal: from either on it is not reopened.
    """

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint("state <> 'sealed' OR sealed_at IS NOT NULL", name="sealed_has_a_date"),
        CheckConstraint("state <> 'draft' OR sealed_at IS NULL", name="draft_has_no_date"),
        CheckConstraint(
            "state <> 'draft' OR (in_group_at IS NULL AND read_others_at IS NULL)",
            name="draft_is_written_alone",
        ),
        CheckConstraint("(reopened_at IS NULL) = (reopened_reason IS NULL)", name="reopened_has_a_reason"),
    )

    state: Mapped[ReportState] = state_of(ReportState)
    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignment.id"), unique=True)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), index=True)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    flags: Mapped[list[Any]] = mapped_column(default=list)
    remark: Mapped[str] = mapped_column(default="")
    sealed_at: Mapped[datetime | None]
    reopened_at: Mapped[datetime | None]
    reopened_reason: Mapped[str | None]
    in_group_at: Mapped[datetime | None]
    read_others_at: Mapped[datetime | None]
    assignment: Mapped[Assignment] = relationship(lazy="raise")
    proposal: Mapped[Proposal] = relationship(lazy="raise")
    marks: Mapped[list["Mark"]] = relationship(
        lazy="raise", back_populates="report", order_by="Mark.criterion"
    )
    versions: Mapped[list["ReportVersion"]] = relationship(
        lazy="raise", back_populates="report", order_by="ReportVersion.number"
    )

    @property
    def label(self) -> str:
        """How the author is called before the consensus: never by name."""
        return self.assignment.label

    @property
    def name(self) -> str | None:
        """The author's name, from the consensus on."""
        account = self.assignment.expert.account
        return account.name if self.in_group_at is not None and account is not None else None


class Mark(Versioned, Keyed, Base):
    """What the report says of one criterion; no score while it is being written."""

    __tablename__ = "report_mark"
    __table_args__ = (UniqueConstraint("report_id", "criterion", name="uq_report_mark_once"),)

    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"))
    criterion: Mapped[str]
    score: Mapped[Decimal | None] = mapped_column(Numeric(3, 2))
    comment: Mapped[str] = mapped_column(default="")
    strengths: Mapped[str] = mapped_column(default="")
    shortcomings: Mapped[str] = mapped_column(default="")
    report: Mapped[Report] = relationship(lazy="raise", back_populates="marks")


class ReportVersion(Keyed, Base):
    """A report as it was sealed, with the SHA-256 of its canonical text (RFC 8785). Only added to.

    `reopened_reason` is why the version before was opened again.
    """

    __tablename__ = "report_version"
    __table_args__ = (UniqueConstraint("report_id", "number", name="uq_report_version_number"),)

    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"))
    number: Mapped[int]
    sealed_at: Mapped[datetime]
    content: Mapped[dict[str, Any]]
    digest: Mapped[str]
    reopened_reason: Mapped[str | None]
    report: Mapped[Report] = relationship(lazy="raise", back_populates="versions")


class ReportReading(Keyed, Base):
    """That an expert of the group has read another's report, and when. Only added to."""

    __tablename__ = "report_reading"
    __table_args__ = (Index("ix_report_reading_of_a_report", "report_id", "at"),)

    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
