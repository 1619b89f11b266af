"""What follows for a topic from the committee's votes."""

from app.committee.models import Motion
from app.core.reason import Reason
from app.topics.models import Topic, TopicState
from app.topics.workflow import TOPIC
from app.workflow.rows import lock_all
from app.workflow.run import Act, fire, refuse


async def frame_topic_motion(motion: Motion, act: Act) -> None:
    """Reaction to `prepare`: a motion to adopt a topic names a final draft (T-06)."""
    if motion.purpose != "adopt_topic":
        return
    topic = await act.session.get(Topic, motion.subject_id)
    if topic is None or topic.state != TopicState.FINAL_DRAFT:
        told = "A motion to adopt a topic names a topic that is a final draft."
        raise refuse(TOPIC, "adopt", topic, act, [Reason("not-a-final-draft", told, "/subject_id", "office")])
    motion.topic_id = topic.id


async def adopt_by_motion(motion: Motion, act: Act) -> None:
    """Reaction to `adopt`: the vote adopts the text, which is frozen from then on (T-06, T-07)."""
    if motion.purpose == "adopt_topic":
        (topic,) = await lock_all(act.session, Topic, [motion.subject_id])
        await fire(TOPIC, "adopt", topic, act)
