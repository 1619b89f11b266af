"""The topics of a call, as one who acts sees them: for what is made of a whole call."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app.calls.models import Stage, TopicStage
from app.topics.models import Topic, TopicState
from app.workflow.sight import visible_ids, visible_to
from app.workflow.who import Actor


def parts_seen(call_id: UUID, actor: Actor) -> Select[TopicStage]:
    """The topics in the stages of a call; whoever applies in one sees no more of it than applicants do."""
    stages = select(Stage.id).where(Stage.call_id == call_id)
    wanted = select(TopicStage).where(TopicStage.stage_id.in_(stages), visible_to(actor, TopicStage))
    shown = wanted.where(TopicStage.topic_id.in_(visible_ids(actor, Topic)))
    return shown.options(joinedload(TopicStage.topic)).order_by(TopicStage.id)


def adopted_of(keys: set[UUID], actor: Actor) -> Select[UUID]:
    """Those of these topics that are adopted, as far as the actor sees them."""
    return select(Topic.id).where(
        Topic.id.in_(keys), Topic.state == TopicState.ADOPTED, visible_to(actor, Topic)
    )
