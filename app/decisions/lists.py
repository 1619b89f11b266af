"""What the committee decides on a closed list: to adopt it, passing over whom it names, or to return it."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, select

from app.calls.models import Stage, TopicStage, TopicStageState
from app.calls.reactions import run_by
from app.calls.topic_stage.workflow import TOPIC_STAGE
from app.committee.models import Motion, MotionState
from app.committee.schemas import Adjourn
from app.committee.workflow import MOTION
from app.core.reason import Reason
from app.decisions.models import Decision, DecisionState
from app.decisions.passing import passing_amiss
from app.decisions.queries import closed_panel, in_force
from app.decisions.workflow import DECISION, nothing_fell
from app.evaluation.panel.models import Panel, PanelState
from app.evaluation.panel.schemas import Reopen
from app.evaluation.panel.workflow import PANEL
from app.topics.programme import programme
from app.workflow.rows import FRESH, lock_all
from app.workflow.run import Act, create, fire, fire_all, refuse

OPEN = (MotionState.PREPARED, MotionState.VOTING)
MONEY = ("raise_envelope", "move_budget")
NO_LIST = Reason(
    "no-closed-list",
    "A motion to adopt a list names a topic in a stage whose panel has closed its list.",
    "/subject_id",
    "office",
)
NONE_TO_RETURN = Reason(
    "no-list-to-return",
    "A motion to return a list names a topic in a stage whose panel has closed its list, and whose results "
    "are not released.",
    "/subject_id",
    "office",
)


async def frame_list_motion(motion: Motion, act: Act) -> None:
    """Frame: a motion that adopts a list names a topic whose panel has closed.

    From here on applicants of the topic are out of the motion; an officer who applies learns nothing.
    """
    if motion.purpose != "adopt_list":
        return
    part = await run_by(act, motion.subject_id)
    if part is None:
        raise refuse(DECISION, "adopt", part, act, [NO_LIST])
    await _sound(motion, part, act)
    motion.topic_id = part.topic_id


async def _sound(motion: Motion, part: TopicStage, act: Act) -> Panel:
    """The panel of the list that is to be adopted, passing over whom the motion names. Raises Unmet."""
    panel = await closed_panel(act.session, part.id)
    if panel is None or part.state != TopicStageState.RANKED:
        raise refuse(DECISION, "adopt", part, act, [NO_LIST])
    reasons = [*nothing_fell(panel, act.ask), *await passing_amiss(motion, panel, part, act)]
    if reasons:
        raise refuse(DECISION, "adopt", part, act, reasons)
    return panel


async def open_vote_on_list(motion: Motion, act: Act) -> None:
    """Reaction to a motion's `put_to_vote`: what is voted on is what was put, or the vote is not opened."""
    if motion.purpose == "adopt_list":
        (part,) = await lock_all(act.session, TopicStage, [motion.subject_id], ["stage.call"])
        await _sound(motion, part, act)


async def decide_by_motion(motion: Motion, act: Act) -> None:
    """Reaction to a motion's `adopt`: the decision on the list stands, under embargo (K-01, K-03)."""
    if motion.purpose != "adopt_list":
        return
    (part,) = await lock_all(act.session, TopicStage, [motion.subject_id], ["stage.call"])
    panel = await _sound(motion, part, act)
    decision = Decision(motion=motion, topic_stage=part)
    await create(DECISION, "adopt", decision, replace(act, parent=panel))
    await fire(TOPIC_STAGE, "decide", part, act)


async def frame_return(motion: Motion, act: Act) -> None:
    """Frame: a motion that returns a list names a closed one, not released, and a fault of procedure.

    From here on applicants of the topic are out of the motion.
    """
    if motion.purpose != "return_list":
        return
    part = await run_by(act, motion.subject_id)
    closed = (TopicStageState.RANKED, TopicStageState.DECIDED)
    if part is None or part.state not in closed or await closed_panel(act.session, part.id) is None:
        raise refuse(DECISION, "supersede", part, act, [NONE_TO_RETURN])
    faults = [one.code for one in programme().reopening if one.by == "committee"]
    if motion.fault not in faults:
        reason = Reason("no-such-fault", f"One of: {', '.join(faults)}.", "/fault", "office")
        raise refuse(DECISION, "supersede", part, act, [reason])
    motion.topic_id = part.topic_id


async def return_by_motion(motion: Motion, act: Act) -> None:
    """Reaction to a motion's `adopt`: the panel begins anew; a decision that was there is superseded (A-01).

    A vote on the list that is being closed is waited for, then a release: whatever came of it is seen here.
    """
    if motion.purpose != "return_list":
        return
    await _lock_open(act, Motion.purpose == "adopt_list", Motion.subject_id == motion.subject_id)
    here = select(Decision.id).where(Decision.topic_stage_id == motion.subject_id, in_force())
    decisions = await lock_all(act.session, Decision, await act.session.scalars(here))
    mine = (Panel.topic_stage_id == motion.subject_id, Panel.state == PanelState.CLOSED)
    panels = await act.session.scalars(select(Panel.id).where(*mine))
    panel = next(iter(await lock_all(act.session, Panel, panels, ["lists", "topic_stage"])), None)
    if panel is None or any(one.state == DecisionState.RELEASED for one in decisions):
        raise refuse(DECISION, "supersede", next(iter(decisions), None), act, [NONE_TO_RETURN])
    for decision in decisions:
        await fire(DECISION, "supersede", decision, act.given(None, motion))
    assert motion.fault is not None
    await fire(PANEL, "take_back", panel, act.given(Reopen(fault=motion.fault, text=motion.text)))


async def let_motions_fall(panel: Panel, act: Act) -> None:
    """Reaction to a panel's `reopen` and `take_back`: no vote goes on about a list that counts no more.

    A return that is being closed is not waited for: it waits for this panel.
    """
    here = Motion.subject_id == panel.topic_stage_id, Motion.state.in_(OPEN)
    returns = select(Motion).where(*here, Motion.purpose == "return_list")
    free = returns.with_for_update(key_share=True, skip_locked=True)
    falling = (await act.session.scalars(free, execution_options=FRESH)).all()
    if len(falling) < len((await act.session.scalars(returns)).all()):
        told = "Somebody votes on the return of this list, or closes that vote, just now; try again."
        raise refuse(PANEL, "reopen", panel, act, [Reason("vote-under-way", told, who="office")])
    listed = await _lock_open(act, Motion.purpose == "adopt_list", here[0])
    await _fall([*falling, *listed], "The panel has taken its list back.", act)


async def let_votes_fall_with_the_money(motion: Motion, act: Act) -> None:
    """Reaction to a motion's `adopt` that changes envelopes: no vote goes on about a line that moves (K-04).

    Who has voted on the list has done so by what the money reached then. What is only prepared stands: its
    vote opens by what there is. These motions are locked before the money, as by a vote that is being closed.
    """
    if motion.purpose not in MONEY:
        return
    filled = select(TopicStage.id).join(Stage).where(Stage.kind != "short")
    filled = filled.where(TopicStage.id.in_([motion.subject_id, motion.target_id]))
    found = await _lock_open(act, Motion.purpose == "adopt_list", Motion.subject_id.in_(filled))
    voting = [one for one in found if one.state == MotionState.VOTING]
    await _fall(voting, "The money for the list has changed while it was voted on.", act)


async def _lock_open(act: Act, *about: ColumnElement[bool]) -> list[Motion]:
    keys = await act.session.scalars(select(Motion.id).where(*about, Motion.state.in_(OPEN)))
    return [one for one in await lock_all(act.session, Motion, keys) if one.state in OPEN]


async def _fall(motions: Sequence[Motion], why: str, act: Act) -> None:
    await fire_all(MOTION, "fall", motions, act.given(Adjourn(reason=why)))
