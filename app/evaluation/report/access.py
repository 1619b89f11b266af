"""Who reads a report: author, office, observer, and the others of the group once theirs is sealed (V-13)."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists
from sqlalchemy.orm import aliased

from app.evaluation.observer.access import observes_proposal
from app.evaluation.report.models import Report, ReportState
from app.experts.access import free_in
from app.experts.models import TAKEN, Assignment, AssignmentState
from app.people.access import office
from app.workflow.sight import Sight, relation
from app.workflow.who import Actor

_mine = aliased(Report)


def _written_by(actor: Actor) -> ColumnElement[bool] | None:
    free = free_in(actor, *TAKEN)
    return None if free is None else exists().where(Assignment.id == Report.assignment_id, free)


def has_sealed(actor: Actor, proposal_id: Any, *, together: bool = False) -> ColumnElement[bool] | None:
    """The actor has sealed a report on the proposal in this column, and keeps the seat.

    `together`: and the report is the group's; who has sealed since a group ended waits for the next.
    """
    free, mine = free_in(actor, AssignmentState.REPORTED), _mine
    if free is None:
        return None
    sealed = and_(mine.proposal_id == proposal_id, mine.state == ReportState.SEALED)
    if together:
        sealed = and_(sealed, mine.in_group_at.is_not(None))
    return exists().where(sealed, Assignment.id == mine.assignment_id, free)


def _sealed_beside(actor: Actor) -> ColumnElement[bool] | None:
    beside = has_sealed(actor, Report.proposal_id)
    return None if beside is None else and_(Report.state == ReportState.SEALED, beside)


def _watched_by(actor: Actor) -> ColumnElement[bool] | None:
    watched = observes_proposal(actor, Report.proposal_id)
    return None if watched is None else and_(Report.state == ReportState.SEALED, watched)


author = relation("author", "its author", _written_by)
fellow = relation("fellow", "an expert who has sealed a report on the same proposal", _sealed_beside)
watching = relation("watching", "the observer, once it is sealed", _watched_by)

SIGHTS = {Report: Sight((author, fellow, watching, office), topic=Report.topic_id)}
