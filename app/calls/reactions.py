"""What follows for calls from votes and from the clock."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import distinct, func, select

from app.calls import readiness
from app.calls.amendments.models import budget_of
from app.calls.amendments.reactions import publish
from app.calls.fields import MOST_TOPICS
from app.calls.models import LEFT, LIVE, OPENLY, Call, CallState, Stage, TopicStage, TopicStageState
from app.calls.rules import LAST_SECOND, covering, not_higher
from app.calls.schemas import Raise
from app.calls.topic_stage.workflow import RAISED, TOPIC_STAGE
from app.calls.workflow import CALL
from app.committee.models import Motion
from app.core.errors import NotFound
from app.core.reason import Reason
from app.people.access import office
from app.topics.models import Topic
from app.topics.workflow import TOPIC
from app.workflow.rows import loading, lock_all, look
from app.workflow.run import Act, fire, fire_all, refuse

Due = Callable[[Act], Awaitable[None]]
NO_MONEY = (CallState.PREPARING, CallState.CANCELLED)
"""Where a call has no envelope to be raised yet, or none any more."""
NO_ENVELOPE = Reason(
    "no-open-envelope",
    "A motion to raise an envelope names a topic of an adopted call that is not yet decided, or is released.",
    "/subject_id",
    "office",
)


async def frame_call_motion(motion: Motion, act: Act) -> None:
    """Frame: a motion that adopts a call names one in preparation, in which nothing is wrong (T-06)."""
    if motion.purpose != "adopt_call":
        return
    found = select(Call).where(Call.id == motion.subject_id)
    _as_framed(await act.session.scalar(found.options(*loading(Call, readiness.NEEDS))), act)


def _as_framed(call: Call | None, act: Act) -> None:
    if call is None or call.state != CallState.PREPARING:
        told = "A motion to adopt a call names a call in preparation."
        raise refuse(CALL, "adopt", call, act, [Reason("not-in-preparation", told, "/subject_id", "office")])
    if reasons := [reason for guard in readiness.SOUND for reason in guard(call, act.ask)]:
        raise refuse(CALL, "adopt", call, act, reasons)


async def open_vote_on_call(motion: Motion, act: Act) -> None:
    """Reaction to a motion's `put_to_vote`: what is voted on rests, and nothing is wrong in it."""
    if motion.purpose == "adopt_call":
        _as_framed(await _whole(act, motion.subject_id), act)


async def adopt_call_by_motion(motion: Motion, act: Act) -> None:
    """Reaction to a motion's `adopt`: budget and timetable stand (T-06)."""
    if motion.purpose == "adopt_call":
        await fire(CALL, "adopt", await _whole(act, motion.subject_id), act)


async def _whole(act: Act, key: UUID) -> Call:
    """The call with all its parts, locked: who changes a stage or a topic in it holds that alone."""
    await lock_all(act.session, Call, [key])
    stages = list(await act.session.scalars(select(Stage.id).where(Stage.call_id == key)))
    await lock_all(act.session, Stage, stages)
    parts = await act.session.scalars(select(TopicStage.id).where(TopicStage.stage_id.in_(stages)))
    await lock_all(act.session, TopicStage, list(parts))
    (call,) = await lock_all(act.session, Call, [key], readiness.NEEDS)
    assert isinstance(call, Call)
    return call


async def run_by(act: Act, key: UUID) -> TopicStage | None:
    """The topic in its stage, if the actor has an officer's part in it."""
    try:
        part, held = await look(act.session, TopicStage, key, act.actor, ["stage.call"])
    except NotFound:
        return None
    return part if office(held) else None


async def frame_envelope_motion(motion: Motion, act: Act) -> None:
    """Frame: a motion that raises an envelope names a topic that is undecided or released, and more money.

    From here on applicants of the topic are out of the motion (K-04).
    """
    if motion.purpose != "raise_envelope":
        return
    part = await run_by(act, motion.subject_id)
    if part is None or part.state not in RAISED or part.stage.call.state in NO_MONEY:
        raise refuse(TOPIC_STAGE, "raise_envelope", part, act, [NO_ENVELOPE])
    assert motion.amount is not None
    if reasons := list(not_higher(motion.amount, part.budget)):
        raise refuse(TOPIC_STAGE, "raise_envelope", part, act, reasons)
    motion.topic_id = part.topic_id


async def raise_by_motion(motion: Motion, act: Act) -> None:
    """Reaction to a motion's `adopt`: the envelope is raised, and the call's budget where it must be (K-04).

    The call is locked first, so that of two raises in it the later counts with the earlier.
    """
    if motion.purpose != "raise_envelope" or motion.amount is None:
        return
    calls = select(Stage.call_id).join(TopicStage).where(TopicStage.id == motion.subject_id)
    (call,) = await lock_all(act.session, Call, await act.session.scalars(calls), ["stages.topic_stages"])
    (part,) = await lock_all(act.session, TopicStage, [motion.subject_id])
    if call.state in NO_MONEY:
        raise refuse(TOPIC_STAGE, "raise_envelope", part, act, [NO_ENVELOPE])
    # Before the deadline it is news for whoever may still apply; after it, it would tell of the list.
    embargoed = part.state not in OPENLY
    was = part.budget
    await fire(TOPIC_STAGE, "raise_envelope", part, to(motion.amount, embargoed, act))
    stage = next(stage for stage in call.stages if stage.id == part.stage_id)
    taken = [one.budget for one in stage.topic_stages if one.state not in LEFT]
    needed = covering(call.budget, taken)
    if needed > call.budget:
        await fire(CALL, "raise_budget", call, to(needed, embargoed, act))
    if not embargoed:
        told = [budget_of(part.topic_id, was, motion.amount)]
        facts = {"stage_id": part.stage_id, "topic_id": part.topic_id, "budgets": told}
        await publish(call, act, "budget", motion.text, **facts)


def to(amount: Decimal, embargoed: bool, act: Act) -> Act:
    """The same act with a sum that an envelope or a budget changes to."""
    # Not validated again: a sum that is too long for money is refused by the database, as any other.
    return act.given(Raise.model_construct(budget=amount, embargoed=embargoed))


async def keep_to_few_topics(part: TopicStage, act: Act) -> None:
    """Reaction to a topic's `include`: a call has no more topics than its file may hold."""
    mine = select(Stage.call_id).where(Stage.id == part.stage_id).scalar_subquery()
    topics = select(func.count(distinct(TopicStage.topic_id))).join(Stage).where(Stage.call_id == mine)
    if (await act.session.scalar(topics) or 0) > MOST_TOPICS:
        told = f"A call has at most {MOST_TOPICS} topics."
        reason = Reason("too-many-topics", told, "/topic_id", "office")
        raise refuse(TOPIC_STAGE, "include", part, act, [reason])


async def put_topics_in_call(call: Call, act: Act) -> None:
    """Reaction to a call's `publish`: its topics are public and frozen (T-07)."""
    keys = {part.topic_id for stage in call.stages for part in stage.topic_stages}
    await fire_all(TOPIC, "put_in_call", await lock_all(act.session, Topic, keys), act)


async def start_calls(act: Act) -> None:
    """Due: published calls whose first stage has opened."""
    opened = select(Call.id).join(Stage).where(Call.state == CallState.PUBLISHED, Stage.opens_at <= act.now)
    calls = await lock_all(act.session, Call, await act.session.scalars(opened))
    await fire_all(CALL, "start", [call for call in calls if call.state == CallState.PUBLISHED], act)


def start_checks(longest_request: timedelta) -> Due:
    """Due: stages of published calls that have closed, once no request sent in time can be under way."""

    async def due(act: Act) -> None:
        before = act.now - LAST_SECOND - longest_request
        waiting = select(TopicStage.stage_id).where(TopicStage.state == TopicStageState.SCHEDULED)
        closed = select(Stage.id).join(Call).where(Stage.closes_at <= before, Stage.id.in_(waiting))
        # The stages first: one whose deadline is being moved may not have closed after all.
        out = closed.where(Call.state.in_(LIVE))
        stages = await lock_all(act.session, Stage, await act.session.scalars(out))
        here = select(TopicStage.id).where(
            TopicStage.stage_id.in_([stage.id for stage in stages if stage.closes_at <= before]),
            TopicStage.state == TopicStageState.SCHEDULED,
        )
        parts = await lock_all(act.session, TopicStage, await act.session.scalars(here))
        parts = [part for part in parts if part.state == TopicStageState.SCHEDULED]
        await fire_all(TOPIC_STAGE, "start_checks", parts, act)

    return due
