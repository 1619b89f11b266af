"""What follows from a deadline that has moved."""

from app.calls.amendments.money import tell_of_money
from app.calls.models import Call, Stage, TopicStage, TopicStageState
from app.calls.stage.workflow import EVALUATION_BEGUN, STAGE, UNTOUCHED
from app.calls.topic_stage.workflow import TOPIC_STAGE
from app.calls.workflow import CALL
from app.workflow.rows import lock_all
from app.workflow.run import Act, fire, fire_all, refuse


async def reopen_topics(stage: Stage, act: Act) -> None:
    """Reaction to `extend`: topics whose checks the clock had begun wait for the new deadline.

    Money that was added to them in between is news for whoever may apply again.
    """
    (call,) = await lock_all(act.session, Call, [stage.call_id], ["stages.topic_stages"])
    parts = await lock_all(act.session, TopicStage, [part.id for part in stage.topic_stages])
    if any(part.state not in UNTOUCHED for part in parts):  # since the guard looked
        raise refuse(STAGE, "extend", stage, act, [EVALUATION_BEGUN])
    begun = [part for part in parts if part.state == TopicStageState.CHECKING]
    await tell_of_money(call, begun, act)
    await fire_all(TOPIC_STAGE, "reopen", begun, act)
    if begun and call.embargoed:
        await fire(CALL, "announce_budget", call, act)
