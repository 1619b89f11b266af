"""Who advises on drafts: the members of advisory bodies read them, the chair says what the body thinks."""

from sqlalchemy import ColumnElement, exists

from app.committee.access import in_force
from app.committee.models import Body, Mandate
from app.topics.access import makers
from app.topics.models import Topic, TopicState
from app.topics.opinions.models import TopicOpinion
from app.workflow.sight import Sight, relation
from app.workflow.who import Actor

ADVANCED = (TopicState.CONSULTATION, TopicState.FINAL_DRAFT)


def _advises(actor: Actor, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    seat = (Mandate.account_id == actor.id, in_force(actor.at), Mandate.body_id == Body.id)
    return exists().where(*seat, Body.kind == "advisory", *more)


adviser = relation(
    "adviser",
    "a member of an advisory body, while the text is advanced",
    lambda actor: Topic.state.in_(ADVANCED) & _advises(actor),
)
"""Gives the members of advisory bodies sight of advanced texts (T-05)."""
advisory_chair = relation(
    "advisory_chair",
    "the chair of an advisory body",
    lambda actor: Topic.state.in_(ADVANCED) & _advises(actor, Mandate.seat == "chair"),
    sees=False,
)
of_its_body = relation(
    "adviser", "a member of its body", lambda actor: _advises(actor, Body.id == TopicOpinion.body_id)
)
chair_of_its_body = relation(
    "advisory_chair",
    "the chair of its body",
    lambda actor: _advises(actor, Body.id == TopicOpinion.body_id, Mandate.seat == "chair"),
)

SIGHTS = {TopicOpinion: Sight((*makers, of_its_body, chair_of_its_body), topic=TopicOpinion.topic_id)}
