"""What the rows of a report bring about."""

from uuid import uuid4

from app.calls.chosen import scheme_of
from app.evaluation.report.models import Mark, Report
from app.experts.models import Assignment
from app.workflow.run import Act


async def lay_out(report: Report, act: Act) -> None:
    """One empty mark for each criterion of the call."""
    assignment: Assignment = act.parent
    report.assignment, report.topic_id = assignment, assignment.topic_id
    report.proposal_id = assignment.proposal_id
    criteria = scheme_of(assignment.proposal.topic_stage).criteria
    report.marks = [Mark(id=uuid4(), criterion=criterion.code) for criterion in criteria]


async def date_sealing(report: Report, act: Act) -> None:
    report.sealed_at = act.now
