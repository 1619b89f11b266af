"""The reports' routes."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

import app.experts.routes  # noqa: F401  # reports are begun under an assignment
from app.evaluation.observer.readings import record
from app.evaluation.report.access import author, fellow, watching
from app.evaluation.report.models import Mark, Report, ReportReading
from app.evaluation.report.readings import complete
from app.evaluation.report.schemas import (
    FellowReport,
    ReportItem,
    ReportMarkRead,
    ReportRead,
    ReportReadingRead,
    ReportReadings,
    ReportVersionRead,
    ReportVersions,
)
from app.evaluation.report.workflow import REPORT, RULES
from app.experts.models import Assignment
from app.people.access import office
from app.people.models import Account
from app.workflow.asked import Asking
from app.workflow.http import mount
from app.workflow.mounted import Filter, Mounted, Part
from app.workflow.route import refusals
from app.workflow.rows import look

router = APIRouter(prefix="/v1")
whole = office | author
WHO_WRITES = f"Who: {whole.label}."
ReportId = Annotated[UUID, Path(alias="id")]


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
        views=((whole, ReportRead), (fellow | watching, FellowReport)),
        items=((whole | fellow | watching, ReportItem),),
        needs=("marks", "assignment.expert.account", RULES),
        parts=(Part("marks", mark, ReportMarkRead, whole),),
        filters={"proposal_id": Filter(UUID, lambda actor, value: Report.proposal_id == value)},
        completes=complete,
        records=record,
    ),
)


@router.get(
    "/reports/{id}/versions",
    responses=refusals(401, 404),
    summary="Read it as it was sealed, each time (individual report)",
    description=f"More than once if it was reopened; the first comes first. {WHO_WRITES}",
    operation_id="report_version_list",
)
async def read_versions(asked: Asking, key: ReportId) -> ReportVersions:
    report, _ = await look(asked.session, Report, key, asked.actor, ("versions",), by=whole)
    return ReportVersions(items=[ReportVersionRead.model_validate(one) for one in report.versions])


@router.get(
    "/reports/{id}/readings",
    responses=refusals(401, 404),
    summary="List which experts of the group have read it (individual report)",
    description=f"Who: {office.label}. The last first.",
    operation_id="report_reading_list",
)
async def list_readings(asked: Asking, key: ReportId) -> ReportReadings:
    await look(asked.session, Report, key, asked.actor, by=office)
    columns: tuple[Any, ...] = (ReportReading.at, ReportReading.account_id, Account.name)
    found = select(*columns).join(Account, Account.id == ReportReading.account_id)
    newest = found.where(ReportReading.report_id == key).order_by(ReportReading.at.desc(), ReportReading.id)
    rows = await asked.session.execute(newest.limit(1_000))
    items = [ReportReadingRead(at=at, account_id=account, name=name) for at, account, name in rows]
    return ReportReadings(items=items)
