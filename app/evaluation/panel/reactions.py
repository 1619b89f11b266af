"""What follows from a panel's work."""

from app.calls.models import TopicStage
from app.calls.workflow import TOPIC_STAGE
from app.evaluation.panel.models import Panel
from app.workflow.rows import lock_all
from app.workflow.run import Act, fire


async def rank_topic(panel: Panel, act: Act) -> None:
    """Reaction to `close`: the topic has its ranked list."""
    (topic_stage,) = await lock_all(act.session, TopicStage, [panel.topic_stage_id])
    await fire(TOPIC_STAGE, "rank", topic_stage, act)
