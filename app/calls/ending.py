"""What ends before its time by vote: a topic taken out of its call, a call cancelled."""

from uuid import UUID

from sqlalchemy import select

from app.calls.access import impartial
from app.calls.amendments.reactions import publish
from app.calls.models import LEFT, LIVE, Call, CallState, Stage, StageState, TopicStage, TopicStageState
from app.calls.reactions import run_by
from app.calls.rules import Phase, phase
from app.calls.schemas import Because
from app.calls.stage.workflow import STAGE
from app.calls.topic_stage.workflow import TOPIC_STAGE
from app.calls.workflow import CALL
from app.committee.models import Motion, MotionTopic
from app.core.errors import NotFound
from app.core.reason import Reason
from app.people.access import office
from app.topics.models import Topic, TopicState
from app.topics.workflow import TOPIC
from app.workflow.rows import lock_all, look
from app.workflow.run import Act, fire, fire_all, refuse

CANCELLABLE = (CallState.ADOPTED, *LIVE, CallState.COMPLETED)
TOPICS = ["stages.topic_stages"]


def _parts(call: Call) -> list[TopicStage]:
    return [part for stage in call.stages for part in stage.topic_stages]


async def frame_withdrawal(motion: Motion, act: Act) -> None:
    """Frame: a motion to take a topic out names one before its deadline, and not the last of its call."""
    if motion.purpose != "withdraw_topic":
        return
    part = await run_by(act, motion.subject_id)
    told = "A motion to take a topic out of its call names one of a published call, before its deadline."
    reason = Reason("no-open-topic", told, "/subject_id", "office")
    if part is None or part.stage.call.state not in LIVE or _closed(part, act):
        raise refuse(TOPIC_STAGE, "withdraw_from_call", part, act, [reason])
    call, _ = await look(act.session, Call, part.stage.call_id, act.actor, TOPICS)
    mine = [other for other in _parts(call) if other.topic_id == part.topic_id]
    if any(other.state != TopicStageState.SCHEDULED for other in mine):
        raise refuse(TOPIC_STAGE, "withdraw_from_call", part, act, [reason])
    if not _others(call, part):
        last = Reason("last-topic", "It is the last topic; cancel the call.", "/subject_id", "office")
        raise refuse(TOPIC_STAGE, "withdraw_from_call", part, act, [last])
    motion.topic_id = part.topic_id


def _closed(part: TopicStage, act: Act) -> bool:
    return phase(part.stage.opens_at, part.stage.closes_at, act.now) is Phase.CLOSED


def _others(call: Call, part: TopicStage) -> bool:
    """Whether another topic stays in the call."""
    return any(other.topic_id != part.topic_id and other.state not in LEFT for other in _parts(call))


async def withdraw_by_motion(motion: Motion, act: Act) -> None:
    """Reaction to a motion's `adopt`: the topic leaves the call in all its stages, free for another call.

    The call is locked first, so that of two such votes the later sees which topic is the last.
    """
    if motion.purpose != "withdraw_topic":
        return
    calls = select(Stage.call_id).join(TopicStage).where(TopicStage.id == motion.subject_id)
    (call,) = await lock_all(act.session, Call, await act.session.scalars(calls), TOPICS)
    (part,) = [part for part in _parts(call) if part.id == motion.subject_id]
    if not _others(call, part):
        last = Reason("last-topic", "It is the last topic; cancel the call.", who="office")
        raise refuse(TOPIC_STAGE, "withdraw_from_call", part, act, [last])
    keys = [other.id for other in _parts(call) if other.topic_id == part.topic_id]
    parts = await lock_all(act.session, TopicStage, keys, ["stage"])
    await publish(call, act, "withdrawal", motion.text, stage_id=part.stage_id, topic_id=part.topic_id)
    await _relaunch([part.topic_id], act)
    await fire_all(TOPIC_STAGE, "withdraw_from_call", parts, act.given(Because(reason=motion.text)))


async def frame_cancellation(motion: Motion, act: Act) -> None:
    """Frame: a motion to cancel names a call whose budget is adopted, put by an officer who applies nowhere.

    From here on applicants of any of its topics are out of the motion.
    """
    if motion.purpose != "cancel_call":
        return
    call = await _run_by(act, motion.subject_id)
    if call is None or call.state not in CANCELLABLE:
        told = "A motion to cancel names a call that is adopted, published, running or completed."
        reason = Reason("no-live-call", told, "/subject_id", "office")
        raise refuse(CALL, "cancel", call, act, [reason])
    topics = {part.topic_id for part in _parts(call)}
    motion.further_topics = [MotionTopic(topic_id=key) for key in sorted(topics)]


async def _run_by(act: Act, key: UUID) -> Call | None:
    try:
        call, held = await look(act.session, Call, key, act.actor, TOPICS)
    except NotFound:
        return None
    return call if office(held) and impartial(held) else None


async def cancel_by_motion(motion: Motion, act: Act) -> None:
    """Reaction to a motion's `adopt`: the call ends here."""
    if motion.purpose == "cancel_call":
        (call,) = await lock_all(act.session, Call, [motion.subject_id])
        await fire(CALL, "cancel", call, act.given(Because(reason=motion.text)))


async def cancel_its_parts(call: Call, act: Act) -> None:
    """Reaction to a call's `cancel` and `drop`: what has not come to its end ends; topics are free again."""
    (call,) = await lock_all(act.session, Call, [call.id], TOPICS)
    every = [part.id for part in _parts(call)]
    stages = await lock_all(act.session, Stage, [stage.id for stage in call.stages])
    ended = (TopicStageState.RELEASED, TopicStageState.WITHDRAWN)
    parts = [part for part in await lock_all(act.session, TopicStage, every) if part.state not in ended]
    await publish(call, act, "cancellation", act.data.reason)
    await fire_all(STAGE, "cancel", [s for s in stages if s.state == StageState.SCHEDULED], act)
    await fire_all(TOPIC_STAGE, "cancel", parts, act)
    if call.published_at is not None:  # before, its topics are in no call, or in another
        await _relaunch([part.topic_id for part in parts], act)


async def _relaunch(topics: list[UUID], act: Act) -> None:
    found = await lock_all(act.session, Topic, set(topics))
    await fire_all(TOPIC, "relaunch", [t for t in found if t.state == TopicState.IN_CALL], act)
