"""What a sealed or reopened report means for the seat it is written from, and the loss of the seat for it."""

from sqlalchemy import select

from app.evaluation.report.models import Report, ReportState
from app.evaluation.report.workflow import REPORT
from app.experts.models import Assignment
from app.experts.workflow import ASSIGNMENT
from app.workflow.rows import lock_all
from app.workflow.run import Act, fire, fire_all


async def report_from_seat(report: Report, act: Act) -> None:
    """Reaction to `seal`: the expert has reported."""
    (assignment,) = await lock_all(act.session, Assignment, [report.assignment_id])
    await fire(ASSIGNMENT, "report", assignment, act)


async def write_again(report: Report, act: Act) -> None:
    """Reaction to `reopen`: the expert has yet to report."""
    (assignment,) = await lock_all(act.session, Assignment, [report.assignment_id])
    await fire(ASSIGNMENT, "write_again", assignment, act)


async def void_report(assignment: Assignment, act: Act) -> None:
    """Reaction to an assignment's `declare_conflict`, `block` and `void`: its report counts no more."""
    written = select(Report.id).where(
        Report.assignment_id == assignment.id, Report.state != ReportState.VOIDED
    )
    reports = await lock_all(act.session, Report, await act.session.scalars(written))
    await fire_all(REPORT, "void", reports, act)
