"""Who reads conflicts of interest, and what one takes from those who run the process or decide."""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from app.experts.conflicts.models import STANDING, Conflict, Identity
from app.people.access import office
from app.proposals.access import interest
from app.workflow.sight import Sight
from app.workflow.who import Actor


def partial_to(actor: Actor, topic: Any) -> ColumnElement[bool]:
    """The actor applies for the topic in this column, or has a conflict that stands with a proposal on it.

    Of experts a conflict takes single proposals, by their seats; of all others, who see topics and calls,
    the whole topic.
    """
    theirs = select(Conflict.topic_id).where(
        Conflict.account_id == actor.id, Conflict.expert_id.is_(None), Conflict.state.in_(STANDING)
    )
    return or_(interest(actor, topic), and_(topic.is_not(None), topic.in_(theirs.correlate(None))))


SIGHTS = {
    Conflict: Sight((office,), topic=Conflict.topic_id),
    Identity: Sight((office,), topic=Identity.topic_id),
}
