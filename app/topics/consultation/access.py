"""Who is consulted on which draft, and who reads what was said: its author, and those who make the topic."""

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select
from sqlalchemy.orm import aliased

from app.topics.access import makers
from app.topics.consultation.models import Comment, Consultation, ConsultedBody, ConsultedBodyState
from app.topics.models import Topic, TopicState
from app.workflow.sight import Sight, relation
from app.workflow.who import Actor

LABEL = "a person of a body that is consulted, or anyone signed in if the round is public"
_later = aliased(Consultation)  # once: an alias made anew for each request takes longer than its statement


def _asks(actor: Actor) -> ColumnElement[bool]:
    """Rounds that ask the actor: as a person of an invited body that has not declined, or as anyone."""
    mine = (ConsultedBody.account_id == actor.id, ConsultedBody.state == ConsultedBodyState.INVITED)
    return or_(Consultation.public, Consultation.id.in_(select(ConsultedBody.consultation_id).where(*mine)))


def _asks_on_this_text(actor: Actor) -> ColumnElement[bool]:
    """The last round asks the actor and has begun, and the text is still the one it is about.

    An earlier round was about an earlier text; whoever was asked then alone does not read the next.
    """
    later = exists().where(_later.topic_id == Consultation.topic_id, _later.number > Consultation.number)
    begun = Consultation.opens_at <= actor.at
    last = exists().where(Consultation.topic_id == Topic.id, _asks(actor), begun, not_(later))
    return and_(Topic.state == TopicState.CONSULTATION, last)


consulted = relation("consulted", LABEL, _asks, own=True)
reads_draft = relation("consulted", LABEL, _asks_on_this_text, own=True)
"""Gives those who are consulted sight of the topic."""
spokesperson = relation(
    "consulted", "its person", lambda actor: ConsultedBody.account_id == actor.id, own=True
)
author = relation("author", "its author", lambda actor: Comment.author_id == actor.id, own=True)

SIGHTS = {
    Consultation: Sight((*makers, consulted), topic=Consultation.topic_id),
    ConsultedBody: Sight((*makers, spokesperson), topic=ConsultedBody.topic_id),
    Comment: Sight((*makers, author), topic=Comment.topic_id),
}
