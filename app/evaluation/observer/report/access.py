"""Who reads an observer's report: its author, impartial officers and auditors, anyone once published."""

from sqlalchemy import ColumnElement, exists, select

from app.calls.models import Call
from app.evaluation.observer.models import Observation
from app.evaluation.observer.report.models import ObserverReport, ObserverReportState
from app.people.access import auditor as every_auditor
from app.people.access import office as every_officer
from app.proposals.access import impartial
from app.workflow.sight import Relation, Sight, name_of, relation
from app.workflow.who import Actor


def _impartial(role: Relation) -> Relation:
    """The role, of whoever applies in no topic of the call: the report tells of all of them."""

    def test(actor: Actor) -> ColumnElement[bool] | None:
        free = impartial.predicate(actor) if name_of(role) in actor.roles else None
        if free is None:
            return None
        return (
            select(Call.id).where(Call.id == ObserverReport.call_id, free).correlate(ObserverReport).exists()
        )

    return relation(name_of(role), role.label, test)


office, auditor = _impartial(every_officer), _impartial(every_auditor)
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
