"""The reports' routes."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

import app.experts.routes  # noqa: F401  # reports are begun under an assignment
from app.evaluation.marking import MarkRead
from app.evaluation.report.access import author, fellow
from app.evaluation.report.models import Mark, Report
from app.evaluation.report.schemas import FellowReport, ReportItem, ReportRead
from app.evaluation.report.workflow import REPORT
from app.experts.models import Assignment
from app.people.access import office
from app.workflow.http import mount
from app.workflow.mounted import Filter, Mounted, Part

router = APIRouter(prefix="/v1")


async def mark(session: AsyncSession, report_id: UUID, criterion: str) -> Any:
    """What the report says of one criterion, or None."""
    found = select(Mark).where(Mark.report_id == report_id, Mark.criterion == criterion)
    return (await session.scalars(found)).one_or_none()


mount(
    router,
    Mounted(
        REPORT,
        Report,
        "reports",
        root=(Assignment, Report.assignment_id),
        views=((office | author, ReportRead), (fellow, FellowReport)),
        items=((office | author | fellow, ReportItem),),
        needs=("marks", "assignment"),
        parts=(Part("marks", mark, MarkRead, office | author | fellow),),
        filters={"proposal_id": Filter(UUID, lambda actor, value: Report.proposal_id == value)},
    ),
)
