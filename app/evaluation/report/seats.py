"""The seats that reports are written from, each with its report and when that is due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.chosen import rules_of, scheme_of
from app.calls.models import Stage, TopicStage
from app.evaluation.report.models import Report, ReportState
from app.evaluation.report.rules import due_at
from app.evaluation.rules import unfinished
from app.experts.conflicts.queries import bars
from app.experts.models import Assignment, Contract
from app.experts.queries import in_force
from app.proposals.models import Proposal, ProposalState
from app.workflow.rows import loading
from app.workflow.sight import parameters
from app.workflow.who import Actor

NEEDS = ("proposal.topic_stage.stage.call", "proposal.topic_stage.topic", "expert.account")


@dataclass(frozen=True)
class Seat:
    """A seat, the report that counts if it is begun, from when its time runs, and until when."""

    assignment: Assignment
    report: Report | None
    since: datetime
    due: datetime | None

    @property
    def sealed(self) -> datetime | None:
        return None if self.report is None else self.report.sealed_at

    @property
    def missing(self) -> int:
        """How many scores and comments are still missing."""
        scheme = scheme_of(self.assignment.proposal.topic_stage)
        marks = [] if self.report is None else self.report.marks
        return sum(1 for _ in unfinished(marks, scheme, "marks"))

    def overdue(self, now: datetime) -> bool:
        return self.sealed is None and self.due is not None and self.due < now


def not_reading() -> ColumnElement[bool]:
    """Who holds the seat was not asked to read alone (V-18)."""
    return ~Assignment.reads_only


def unwritten() -> ColumnElement[bool]:
    """A report is waited for: the proposal is in evaluation, nothing has ended the expert's access, who was
    not asked to read alone (V-18)."""
    a = Assignment
    return and_(
        a.state == "accepted",
        Proposal.state == ProposalState.IN_EVALUATION,
        a.contract_id.in_(select(Contract.id).where(in_force())),
        not_reading(),
        ~exists().where(bars(a.expert_id, a.proposal_id, a.topic_id, a.contract_id)),
    )


async def seats_where(
    session: AsyncSession, *where: ColumnElement[bool], actor: Actor | None = None
) -> list[Seat]:
    """These seats in order of their proposals; a constant number of statements.

    `actor` is whose sight the conditions ask for.
    """
    counts = and_(Report.assignment_id == Assignment.id, Report.state != ReportState.VOIDED)
    columns: tuple[Any, ...] = (Assignment, Report)
    wanted = (
        select(*columns)
        .join(Proposal, Proposal.id == Assignment.proposal_id)
        .join(TopicStage, TopicStage.id == Proposal.topic_stage_id)
        .join(Stage, Stage.id == TopicStage.stage_id)
        .outerjoin(Report, counts)
        .where(*where)
        .options(*loading(Assignment, NEEDS), *loading(Report, ["marks"]))
        .order_by(Proposal.reference, Assignment.label)
    )
    rows = await session.execute(wanted, parameters(actor) if actor else {})
    return [_seat(assignment, report) for assignment, report in rows]


def _seat(assignment: Assignment, report: Report | None) -> Seat:
    stage = assignment.proposal.topic_stage.stage
    rules = rules_of(stage.call)
    assert assignment.declared_at is not None  # it is accepted
    reopened = None if report is None else report.reopened_at
    since = max(assignment.declared_at, reopened or assignment.declared_at)
    return Seat(assignment, report, since, due_at(since, rules.reports, stage.evaluation_to, rules.rest))


def by_due(seats: Iterable[Seat]) -> list[Seat]:
    """What is due first comes first; what has no date comes last."""
    return sorted(seats, key=lambda seat: (seat.due is None, seat.due))
