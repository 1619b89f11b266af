"""What follows for calls from votes and from the clock."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy import select

from app.calls.models import Call, CallState, Stage, TopicStage, TopicStageState
from app.calls.rules import LAST_SECOND
from app.calls.workflow import CALL, TOPIC_STAGE
from app.committee.models import Motion
from app.core.reason import Reason
from app.topics.models import Topic
from app.topics.workflow import TOPIC
from app.workflow.rows import lock_all
from app.workflow.run import Act, fire, fire_all, refuse

Due = Callable[[Act], Awaitable[None]]


async def frame_call_motion(motion: Motion, act: Act) -> None:
    """Reaction to a motion's `prepare`: one that adopts a call names a call in preparation (T-06)."""
    if motion.purpose != "adopt_call":
        return
    call = await act.session.get(Call, motion.subject_id)
    if call is None or call.state != CallState.PREPARING:
        told = "A motion to adopt a call names a call in preparation."
        raise refuse(CALL, "adopt", call, act, [Reason("not-in-preparation", told, "/subject_id", "office")])


async def adopt_call_by_motion(motion: Motion, act: Act) -> None:
    """Reaction to a motion's `adopt`: budget and timetable stand (T-06)."""
    if motion.purpose == "adopt_call":
        (call,) = await lock_all(act.session, Call, [motion.subject_id], ["stages.topic_stages.topic"])
        await fire(CALL, "adopt", call, act)


async def put_topics_in_call(call: Call, act: Act) -> None:
    """Reaction to a call's `publish`: its topics are public and frozen (T-07)."""
    keys = {part.topic_id for stage in call.stages for part in stage.topic_stages}
    await fire_all(TOPIC, "put_in_call", await lock_all(act.session, Topic, keys), act)


async def start_calls(act: Act) -> None:
    """Due: published calls whose first stage has opened."""
    opened = select(Call.id).join(Stage).where(Call.state == CallState.PUBLISHED, Stage.opens_at <= act.now)
    await fire_all(CALL, "start", await lock_all(act.session, Call, await act.session.scalars(opened)), act)


def start_checks(longest_request: timedelta) -> Due:
    """Due: stages that have closed, once no request sent in time can still be under way."""

    async def due(act: Act) -> None:
        closed = (
            select(TopicStage.id)
            .join(Stage)
            .where(
                TopicStage.state == TopicStageState.SCHEDULED,
                Stage.closes_at + LAST_SECOND + longest_request <= act.now,
            )
        )
        parts = await lock_all(act.session, TopicStage, await act.session.scalars(closed))
        await fire_all(TOPIC_STAGE, "start_checks", parts, act)

    return due
