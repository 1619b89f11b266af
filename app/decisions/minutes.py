"""Minutes of a session are published once they tell no more than has been released."""

from sqlalchemy import ColumnElement, exists, not_, or_

from app.calls.models import LEFT, Call, CallState, TopicStage, TopicStageState
from app.committee.models import Motion, Session
from app.decisions.redress.models import Redress
from app.people.access import office
from app.workflow.sight import relation
from app.workflow.who import Actor

TOLD = (TopicStageState.RELEASED, *LEFT)
UNTOLD_CALLS = (CallState.PREPARING, CallState.ADOPTED)


def _all_is_released(actor: Actor) -> ColumnElement[bool] | None:
    """No list and no call in the session is under embargo (K-01).

    Whatever became of the motion: that there was one would tell applicants of a list. Of a review that the
    committee has still to vote on, here or in another body, nothing is published either (Z-06).
    """
    if not actor.roles & office.names:
        return None
    here = Motion.session_id == Session.id
    named = or_(TopicStage.id == Motion.subject_id, TopicStage.id == Motion.target_id)
    lists = exists().where(here, named, TopicStage.state.not_in(TOLD))
    calls = exists().where(here, Call.id == Motion.subject_id, Call.state.in_(UNTOLD_CALLS))
    reviews = exists().where(here, Redress.id == Motion.subject_id, Redress.remedy == "vote")
    return not_(or_(*(one.correlate(Session) for one in (lists, calls, reviews))))


released = relation("released", "all of it released", _all_is_released, sees=False)
"""Parts a session whose minutes may be published from one that would tell what is under embargo."""
