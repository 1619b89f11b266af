"""Minutes of a session are published once they tell no more than has been released."""

from sqlalchemy import or_, select

from app.calls.models import LEFT, Call, CallState, TopicStage, TopicStageState
from app.committee.models import Motion, Session
from app.committee.session.workflow import SESSION
from app.core.reason import Reason
from app.decisions.redress.models import Redress
from app.workflow.run import Act, refuse

TOLD = (TopicStageState.RELEASED, *LEFT)
UNTOLD_CALLS = (CallState.PREPARING, CallState.ADOPTED)


async def only_what_is_released(session: Session, act: Act) -> None:
    """Reaction to a session's `publish_minutes`: refuse while a list or call in them is under embargo (K-01).

    Whatever became of the motion: that there was one would tell applicants of a list. Of a review that the
    committee has still to vote on, here or in another body, nothing is published either (Z-06).
    """
    named = or_(TopicStage.id == Motion.subject_id, TopicStage.id == Motion.target_id)
    lists = select(Motion.id).join(TopicStage, named).where(TopicStage.state.not_in(TOLD))
    of_call = select(Motion.id).join(Call, Call.id == Motion.subject_id)
    calls = of_call.where(Call.state.in_(UNTOLD_CALLS))
    of_review = select(Motion.id).join(Redress, Redress.id == Motion.subject_id)
    reviews = of_review.where(Redress.remedy == "vote")
    here = Motion.session_id == session.id
    untold = lists.where(here).union_all(calls.where(here), reviews.where(here))
    if await act.session.scalar(untold.limit(1)):
        told = "Results that the minutes tell are not released yet."
        reason = Reason("under-embargo", told, who="office")
        raise refuse(SESSION, "publish_minutes", session, act, [reason])
