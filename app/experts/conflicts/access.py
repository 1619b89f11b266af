"""Who reads conflicts of interest, and what one takes from those who run the process or decide."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import aliased

from app.calls.models import LEFT, TopicStage, TopicStageState
from app.committee.models import Ballot, Motion
from app.experts.conflicts.models import STANDING, Conflict, Identity
from app.people.access import office
from app.proposals.access import interest
from app.workflow.sight import Sight
from app.workflow.who import Actor


def partial_to(actor: Actor, topic: Any) -> ColumnElement[bool]:
    """The actor applies for the topic in this column, or has a conflict that stands with a proposal on it,
    or was taken out of a vote on its list or its money whose results are not released.

    Of experts a conflict takes single proposals, by their seats; of all others, who see topics and calls,
    the whole topic.
    """
    theirs = select(Conflict.topic_id).where(
        Conflict.account_id == actor.id, Conflict.expert_id.is_(None), Conflict.state.in_(STANDING)
    )
    found = or_(topic.in_(theirs.correlate(None)), topic.in_(_taken_out(actor)))
    return or_(interest(actor, topic), and_(topic.is_not(None), found))


_part = aliased(TopicStage)  # once, so that the statement stays the same


def _taken_out(actor: Actor) -> Select[Any]:
    """The topics in a stage, not released yet, whose vote the actor has left by an interest of their own.

    Declared by them or found by two others, no data tell of it; so nothing else would keep them out.
    """
    out = (Ballot.account_id == actor.id, Ballot.ground == "interest")
    mine = select(_part.topic_id).join(Motion, _part.id.in_((Motion.subject_id, Motion.target_id)))
    mine = mine.join(Ballot, Ballot.motion_id == Motion.id)
    return mine.where(*out, _part.state.not_in((TopicStageState.RELEASED, *LEFT))).correlate(None)


SIGHTS = {
    Conflict: Sight((office,), topic=Conflict.topic_id),
    Identity: Sight((office,), topic=Identity.topic_id),
}
