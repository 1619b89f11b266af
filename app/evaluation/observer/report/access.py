"""Who reads an observer's report: its author, impartial officers and auditors, anyone once published."""

from sqlalchemy import exists

from app.evaluation.observer.access import impartially
from app.evaluation.observer.models import Observation
from app.evaluation.observer.report.models import ObserverReport, ObserverReportState
from app.people.access import auditor as every_auditor
from app.people.access import office as every_officer
from app.workflow.sight import Sight, relation

office, auditor = impartially(every_officer, ObserverReport), impartially(every_auditor, ObserverReport)
author = relation(
    "author",
    "the observer who writes it",
    lambda actor: exists().where(
        Observation.id == ObserverReport.observation_id, Observation.account_id == actor.id
    ),
    own=True,
)
reader = relation(
    "reader",
    "anyone signed in, once it is published",
    lambda actor: ObserverReport.state == ObserverReportState.PUBLISHED,
    own=True,
)
running = author | office | auditor

SIGHTS = {ObserverReport: Sight((author, office, auditor, reader))}
