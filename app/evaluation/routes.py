"""The routes of evaluation, in the order of the work: reports, consensus reports, panels."""

from fastapi import APIRouter

from app.evaluation.consensus.routes import router as consensus
from app.evaluation.consensus.spreads import router as spreads
from app.evaluation.observer.report.routes import router as observer_report
from app.evaluation.observer.routes import router as observer
from app.evaluation.panel.room.routes import router as room
from app.evaluation.panel.routes import router as panel
from app.evaluation.report.advice import router as advice
from app.evaluation.report.due import router as due
from app.evaluation.report.figures import router as figures
from app.evaluation.report.routes import router as report

router = APIRouter(tags=["evaluation"])
for part in (advice, due, figures, spreads):
    router.include_router(part, prefix="/v1")
for part in (report, consensus, panel, room, observer, observer_report):
    router.include_router(part)
