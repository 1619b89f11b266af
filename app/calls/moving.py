"""Money that the committee moves between topics of a call (K-04)."""

from sqlalchemy import select

from app.calls.amendments.models import budget_of
from app.calls.amendments.reactions import publish
from app.calls.models import OPENLY, Call, CallState, Stage, TopicStage
from app.calls.reactions import run_by, to
from app.calls.topic_stage.workflow import DECIDED, RAISED, TOPIC_STAGE
from app.committee.models import Motion, MotionTopic
from app.core.reason import Reason
from app.workflow.rows import lock_all
from app.workflow.run import Act, fire, refuse

OUT = (CallState.ADOPTED, CallState.PUBLISHED, CallState.RUNNING, CallState.COMPLETED)


async def frame_move(motion: Motion, act: Act) -> None:
    """Frame: a motion to move money names two topics of a stage on the same side of the deadline
    and of the results: what is said of the one may not tell of the other.

    From here on applicants of either are out of the motion (K-04).
    """
    if motion.purpose != "move_budget":
        return
    assert motion.target_id is not None
    source, target = await run_by(act, motion.subject_id), await run_by(act, motion.target_id)
    if source is None or target is None or not _together(source, target):
        told = "A motion to move money names two topics of a stage of an adopted call, the second not decided"
        told += " under embargo; both before their deadline, both after it, or both released."
        reason = Reason("no-two-envelopes", told, "/target_id", "office")
        raise refuse(TOPIC_STAGE, "give_budget", source, act, [reason])
    _enough(motion, source, act)
    motion.topic_id, motion.further_topics = source.topic_id, [MotionTopic(topic_id=target.topic_id)]


def _together(source: TopicStage, target: TopicStage) -> bool:
    # Openly, both are in the very same state.
    open_ = source.state in OPENLY or target.state in OPENLY
    return (
        source.id != target.id
        and source.stage_id == target.stage_id
        and source.stage.call.state in OUT
        and source.state in RAISED | {DECIDED}
        and target.state in RAISED
        and (source.state == target.state or not open_)
    )


def _enough(motion: Motion, source: TopicStage, act: Act) -> None:
    assert motion.amount is not None
    if not 0 < motion.amount < source.budget:
        told = f"Of {source.budget} euro, {motion.amount} cannot be moved: some must go, and some must stay."
        reason = Reason("not-a-part", told, "/amount", "office")
        raise refuse(TOPIC_STAGE, "give_budget", source, act, [reason])


async def move_by_motion(motion: Motion, act: Act) -> None:
    """Reaction to a motion's `adopt`: one envelope falls by what the other rises; public before the deadline,
    and after the results.

    The call is locked first, as for every change of its money.
    """
    if motion.purpose != "move_budget":
        return
    assert motion.amount is not None
    assert motion.target_id is not None
    calls = select(Stage.call_id).join(TopicStage).where(TopicStage.id == motion.subject_id)
    (call,) = await lock_all(act.session, Call, await act.session.scalars(calls))
    wanted = [motion.subject_id, motion.target_id]
    parts = {p.id: p for p in await lock_all(act.session, TopicStage, wanted, ["stage.call"])}
    source, target = (parts[key] for key in wanted)
    if not _together(source, target):
        why = "One of the two topics is decided by now, or only one is past its deadline or released."
        reason = Reason("no-two-envelopes", why, who="office")
        raise refuse(TOPIC_STAGE, "give_budget", source, act, [reason])
    _enough(motion, source, act)
    embargoed = source.state not in OPENLY
    less, more = source.budget - motion.amount, target.budget + motion.amount
    told = [budget_of(source.topic_id, source.budget, less), budget_of(target.topic_id, target.budget, more)]
    await fire(TOPIC_STAGE, "give_budget", source, to(less, embargoed, act))
    await fire(TOPIC_STAGE, "raise_envelope", target, to(more, embargoed, act))
    if not embargoed:
        await publish(call, act, "budget", motion.text, stage_id=source.stage_id, budgets=told)
