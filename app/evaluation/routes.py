"""The routes of evaluation, in the order of the work: reports, consensus reports, panels, summary reports."""

from app.evaluation.consensus.routes import router as consensus
from app.evaluation.consensus.spreads import router as spreads
from app.evaluation.ethics.routes import router as ethics
from app.evaluation.hearing.routes import router as hearing
from app.evaluation.observer.report.routes import router as observer_report
from app.evaluation.observer.routes import router as observer
from app.evaluation.panel.room.routes import router as room
from app.evaluation.panel.routes import router as panel
from app.evaluation.report.advice import router as advice
from app.evaluation.report.due import router as due
from app.evaluation.report.figures import router as figures
from app.evaluation.report.routes import router as report
from app.evaluation.summary.routes import router as summary
from app.workflow.stage_router import StageRouter

router = StageRouter(tags=["evaluation"])
for part in (advice, due, figures, spreads):
    router.include_router(part, prefix="/v1")
for part in (report, consensus, panel, room, hearing, observer, observer_report, summary, ethics):
    router.include_router(part)
