"""Who sees a call: those who make it, and everybody once it is published."""

from sqlalchemy import and_, exists, or_, select

from app.calls.amendments.models import Amendment
from app.calls.models import Call, CallState, Stage, TopicStage
from app.topics.access import makers
from app.topics.corrigenda.models import Corrigendum, CorrigendumState
from app.topics.models import Topic, TopicState
from app.workflow.sight import Sight, relation
from app.workflow.who import named

OUT = (CallState.PUBLISHED, CallState.RUNNING, CallState.COMPLETED)
label = "anyone, once the call is published"
is_out = or_(Call.state.in_(OUT), and_(Call.state == CallState.CANCELLED, Call.published_at.is_not(None)))
"""What was published stays so when the call is cancelled."""
_out = select(Call.id).where(is_out)

published = relation("public", label, lambda actor: is_out, public=True)
stage_published = relation("public", label, lambda actor: Stage.call_id.in_(_out), public=True)
topic_stage_published = relation(
    "public",
    label,
    lambda actor: TopicStage.stage_id.in_(select(Stage.id).where(Stage.call_id.in_(_out))),
    public=True,
)
amendment_published = relation("public", label, lambda actor: Amendment.call_id.in_(_out), public=True)
_left = select(TopicStage.topic_id).join(Stage).where(Stage.call_id.in_(_out))
topic_was_published = relation(
    "public",
    label,
    lambda actor: and_(Topic.state == TopicState.ADOPTED, Topic.id.in_(_left)),
    public=True,
)
"""A topic that has left a published call, for another one, stays as public as it was."""
corrigendum_was_published = relation(
    "public",
    label,
    lambda actor: and_(
        Corrigendum.state == CorrigendumState.ADOPTED,
        Corrigendum.topic_id.in_(_left),
        exists().where(Topic.id == Corrigendum.topic_id, Topic.state == TopicState.ADOPTED),
    ),
    public=True,
)
"""So does what has changed its text."""
impartial = named("impartial", "who applies in none of its topics")
"""Whoever may know of money under embargo; a later stage says who that is, by a relation of this name."""

SIGHTS = {
    Call: Sight((*makers, published)),
    Stage: Sight((*makers, stage_published)),
    TopicStage: Sight((*makers, topic_stage_published), topic=TopicStage.topic_id),
    Amendment: Sight((*makers, amendment_published)),
}
