"""Who of a group has read whose report: on record at each reading, and never how long it took."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select, update

from app.calls.chosen import scheme_of
from app.core.errors import NotFound
from app.evaluation.report.models import Report, ReportReading, ReportState
from app.evaluation.report.schemas import ReportRead, guide_in
from app.experts.models import Assignment, Expert
from app.workflow.asked import Asked


async def complete(asked: Asked, report: Report, body: Any) -> None:
    """To its author and the office what the scheme says; of an expert, that they have read it, and by name if
    they work together. An observer reads no name."""
    if isinstance(body, ReportRead):
        body.guide = guide_in(scheme_of(report.assignment.proposal.topic_stage))
    elif "observer" in asked.actor.roles or not await record(asked, report):  # who is never an expert (D8)
        body.name = None


async def record_group(asked: Asked, reports: Iterable[Report]) -> None:
    """Write down that all of these are read, but for the reader's own: none is reopened any more."""
    keys = {report.id for report in reports}
    own = select(Report.id).join(Report.assignment).join(Assignment.expert)
    mine = await asked.session.scalars(own.where(Report.id.in_(keys), Expert.account_id == asked.actor.id))
    asked.session.add_all(
        ReportReading(id=uuid4(), report_id=key, account_id=asked.actor.id, at=asked.now)
        for key in sorted(keys - set(mine))
    )


async def record(asked: Asked, report: Report) -> bool:
    """Write the reading down, also with the reader's own report, which is not reopened from now on.

    Whether that is the group's already. Raises NotFound if it has been reopened meanwhile: then others' are
    not to be read (V-13).
    """
    mine = select(Assignment.id).join(Expert, Expert.id == Assignment.expert_id)
    own = (
        update(Report)
        .where(
            Report.proposal_id == report.proposal_id,
            Report.state == ReportState.SEALED,
            Report.assignment_id.in_(mine.where(Expert.account_id == asked.actor.id)),
        )
        .values(read_others_at=func.coalesce(Report.read_others_at, asked.now))
        .returning(Report.in_group_at)
        .execution_options(synchronize_session=False)
    )
    found = (await asked.session.execute(own)).first()
    if found is None:
        raise NotFound
    reading = ReportReading(id=uuid4(), report_id=report.id, account_id=asked.actor.id, at=asked.now)
    asked.session.add(reading)
    return found[0] is not None
