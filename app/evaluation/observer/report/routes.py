"""Observers' reports on the wire."""

from uuid import UUID

from fastapi import APIRouter

import app.evaluation.observer.routes  # noqa: F401  # reports are begun under an observation
from app.evaluation.observer.report.access import reader, running
from app.evaluation.observer.report.models import ObserverReport
from app.evaluation.observer.report.schemas import (
    ObserverReportItem,
    ObserverReportPublished,
    ObserverReportRead,
)
from app.evaluation.observer.report.workflow import OBSERVER_REPORT
from app.workflow.http import mount
from app.workflow.mounted import Filter, Mounted

router = APIRouter(prefix="/v1")

mount(
    router,
    Mounted(
        OBSERVER_REPORT,
        ObserverReport,
        "observer_reports",
        views=((running, ObserverReportRead), (reader, ObserverReportPublished)),
        items=((running | reader, ObserverReportItem),),
        needs=("stage", "observation.account"),
        filters={"call_id": Filter(UUID, lambda actor, value: ObserverReport.call_id == value)},
    ),
)
