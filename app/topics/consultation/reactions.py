"""What follows for a topic from a round of consultation."""

from app.topics.consultation.models import Consultation
from app.topics.models import Topic, TopicState
from app.topics.workflow import TOPIC
from app.workflow.rows import lock_all
from app.workflow.run import Act, fire


async def rest_the_draft(consultation: Consultation, act: Act) -> None:
    """Reaction to a round's `open`: the draft is in consultation, if it is not already (T-05)."""
    (topic,) = await lock_all(act.session, Topic, [consultation.topic_id])
    if topic.state == TopicState.DRAFTING:
        await fire(TOPIC, "consult", topic, act)
