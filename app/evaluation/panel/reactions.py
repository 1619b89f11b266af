"""What follows from a panel's work."""

from app.calls.models import TopicStage
from app.calls.topic_stage.workflow import TOPIC_STAGE
from app.evaluation.consensus.models import Consensus
from app.evaluation.consensus.workflow import CONSENSUS, SETTLED
from app.evaluation.panel.models import Panel
from app.workflow.rows import lock_all
from app.workflow.run import Act, fire


async def settle_for_panel(panel: Panel, act: Act) -> None:
    """Reaction to `settle_consensus`: the report is final, as the panel has settled it (V-16)."""
    key = act.data.consensus_id
    (consensus,) = await lock_all(act.session, Consensus, [key], SETTLED)
    await fire(CONSENSUS, "settle", consensus, act)


async def rank_topic(panel: Panel, act: Act) -> None:
    """Reaction to `close`: the topic has its ranked list."""
    (topic_stage,) = await lock_all(act.session, TopicStage, [panel.topic_stage_id])
    await fire(TOPIC_STAGE, "rank", topic_stage, act)
