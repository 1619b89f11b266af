"""The consensus report of a proposal, and what each expert of the group says to it."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, select
from sqlalchemy.orm import Mapped, column_property, foreign, mapped_column, relationship

from app.core.db import Base, Entity, Keyed, Versioned, one_of, state_of
from app.evaluation.report.models import Mark, Report, ReportState
from app.experts.models import Assignment, AssignmentState
from app.proposals.models import Proposal
from app.workflow.table import State

if TYPE_CHECKING:
    from app.evaluation.consensus.meeting import CrossReader, Meeting, Message, Moderator, Silence

STANDING = (AssignmentState.ACCEPTED, AssignmentState.REPORTED)
"""Seats that are held: what comes from any other is out of what the group reads."""


class ConsensusState(State):
    DRAFTING = "drafting", "Being drafted by the rapporteur"
    APPROVAL = "approval", "Before the experts for approval"
    NO_CONSENSUS = "no_consensus", "No consensus; the panel settles it"
    FINAL = "final", "Final"
    VOIDED = "voided", "Voided: a report that it stood on does not count"


class Consensus(Entity, Base):
    """The report that the experts of a proposal agree on (V-14); never an average (V-15).

    Where they did not agree it keeps the view of the majority and that of the minority, and with what
    reason the panel settled it (V-16). `asked_at`: when this round was put to the experts.
    """

    __tablename__ = "consensus"
    __table_args__ = (
        Index("uq_consensus_one_stands", "proposal_id", unique=True, postgresql_where="state <> 'voided'"),
        CheckConstraint("(state = 'final') = (final_at IS NOT NULL)", name="final_has_a_date"),
        CheckConstraint(
            "(majority_view IS NULL) = (minority_view IS NULL)"
            " AND (state <> 'no_consensus' OR majority_view IS NOT NULL)",
            name="no_consensus_has_both_views",
        ),
        CheckConstraint(
            "(settled_reason IS NOT NULL) = (state = 'final' AND majority_view IS NOT NULL)",
            name="settled_has_a_reason",
        ),
    )

    state: Mapped[ConsensusState] = state_of(ConsensusState)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), index=True)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    rapporteur_id: Mapped[UUID] = mapped_column(ForeignKey("assignment.id"))
    round: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime | None]
    majority_view: Mapped[str | None]
    minority_view: Mapped[str | None]
    settled_reason: Mapped[str | None]
    final_at: Mapped[datetime | None]
    proposal: Mapped[Proposal] = relationship(lazy="raise")
    rapporteur: Mapped[Assignment] = relationship(lazy="raise")
    points: Mapped[list["Point"]] = relationship(
        lazy="raise", back_populates="consensus", order_by="Point.criterion"
    )
    opinions: Mapped[list["Opinion"]] = relationship(
        lazy="raise", back_populates="consensus", order_by="Opinion.at"
    )
    reports: Mapped[list[Report]] = relationship(
        primaryjoin=lambda: Consensus.proposal_id == foreign(Report.proposal_id), lazy="raise", viewonly=True
    )
    messages: Mapped[list["Message"]] = relationship(lazy="raise", order_by="Message.at")
    meetings: Mapped[list["Meeting"]] = relationship(lazy="raise", order_by="Meeting.starts_at")
    moderators: Mapped[list["Moderator"]] = relationship(lazy="raise", order_by="Moderator.since")
    silences: Mapped[list["Silence"]] = relationship(lazy="raise")
    cross_readers: Mapped[list["CrossReader"]] = relationship(lazy="raise", order_by="CrossReader.asked_at")

    @property
    def rapporteur_label(self) -> str | None:
        """None once the rapporteur holds the seat no more, until another is appointed."""
        return self.rapporteur.label if self.rapporteur.state in STANDING else None

    @property
    def sealed(self) -> list[Report]:
        """The reports that stand and are the group's; what is sealed after its end waits for the next."""
        return [r for r in self.reports if r.state == ReportState.SEALED and r.in_group_at is not None]

    @property
    def standing_opinions(self) -> list["Opinion"]:
        """What is said by those who hold their seats."""
        return [opinion for opinion in self.opinions if opinion.assignment.state in STANDING]

    @property
    def read_by(self) -> list["CrossReader"]:
        """Who reads with the group; those of other panels who compare are not of it."""
        return [one for one in self.cross_readers if not one.across]

    @property
    def notes(self) -> list["CrossReader"]:
        """What those of other panels have given, who keep their seats."""
        return [one for one in self.cross_readers if one.across and one.given_at and not one.out]

    @property
    def absent(self) -> set[UUID]:
        """The seats whose experts are noted not to answer."""
        return {silence.assignment_id for silence in self.silences if silence.noted_at is not None}


class Point(Versioned, Keyed, Base):
    """What the consensus report says of one criterion: a score, and statements.

    `range_reason`: why the score is one that no sealed report comes near. `majority_score` is what the
    majority had given where the panel has set another score (V-16).
    """

    __tablename__ = "consensus_point"
    __table_args__ = (UniqueConstraint("consensus_id", "criterion", name="uq_consensus_point_once"),)

    consensus_id: Mapped[UUID] = mapped_column(ForeignKey("consensus.id"))
    criterion: Mapped[str]
    score: Mapped[Decimal | None] = mapped_column(Numeric(3, 2))
    range_reason: Mapped[str] = mapped_column(default="")
    majority_score: Mapped[Decimal | None] = mapped_column(Numeric(3, 2))
    consensus: Mapped[Consensus] = relationship(lazy="raise", back_populates="points")
    statements: Mapped[list["Statement"]] = relationship(
        lazy="raise", back_populates="point", cascade="all, delete-orphan", order_by="Statement.number"
    )


class Statement(Keyed, Base):
    """A strength or a shortcoming, from comments of the reports or marked as `new`.

    No `kind`: written before the two were told apart.
    """

    __tablename__ = "consensus_statement"

    point_id: Mapped[UUID] = mapped_column(ForeignKey("consensus_point.id"), index=True)
    number: Mapped[int]
    kind: Mapped[str | None] = one_of("strength", "shortcoming", name="kind")
    text: Mapped[str]
    new: Mapped[bool]
    point: Mapped[Point] = relationship(lazy="raise", back_populates="statements")
    sources: Mapped[list["Source"]] = relationship(
        lazy="raise", back_populates="statement", cascade="all, delete-orphan"
    )

    @property
    def standing_sources(self) -> list["Source"]:
        """The links to reports that stand; those to a voided one went with it."""
        return [source for source in self.sources if not source.out]


def _of_report(column: Any, mark_id: Any) -> Any:
    """Something of the report that a mark is of."""
    found = select(column).select_from(Mark).join(Mark.report).join(Report.assignment)
    return found.where(Mark.id == mark_id).correlate_except(Mark, Report, Assignment).scalar_subquery()


class Source(Base):
    """A mark of a report that a statement comes from; `out`: its report does not count.

    What is of the report is read beside it: reports are loaded with their marks by another way.
    """

    __tablename__ = "consensus_source"

    statement_id: Mapped[UUID] = mapped_column(ForeignKey("consensus_statement.id"), primary_key=True)
    mark_id: Mapped[UUID] = mapped_column(ForeignKey("report_mark.id"), primary_key=True)
    statement: Mapped[Statement] = relationship(lazy="raise", back_populates="sources")
    criterion: Mapped[str] = column_property(
        select(Mark.criterion).where(Mark.id == mark_id).correlate_except(Mark).scalar_subquery()
    )
    label: Mapped[str] = column_property(_of_report(Assignment.label, mark_id))
    out: Mapped[bool] = column_property(_of_report(Report.state != ReportState.SEALED, mark_id))


class Opinion(Keyed, Base):
    """An expert's approval or objection to one round of the draft (V-17)."""

    __tablename__ = "consensus_opinion"
    __table_args__ = (
        UniqueConstraint(
            "consensus_id", "round", "assignment_id", name="uq_consensus_opinion_once_per_round"
        ),
        CheckConstraint("kind = 'approval' OR reason <> ''", name="objection_has_a_reason"),
    )

    consensus_id: Mapped[UUID] = mapped_column(ForeignKey("consensus.id"))
    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignment.id"))
    round: Mapped[int]
    kind: Mapped[str] = one_of("approval", "objection", name="kind")
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    consensus: Mapped[Consensus] = relationship(lazy="raise", back_populates="opinions")
    assignment: Mapped[Assignment] = relationship(lazy="raise")

    @property
    def label(self) -> str:
        return self.assignment.label
