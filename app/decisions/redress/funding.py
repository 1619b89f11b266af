"""The vote on an upheld request whose money is spent: what is voted on, and what follows (Z-06)."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import literal, or_, select

from app.calls.amendments.models import budget_of
from app.calls.amendments.reactions import publish
from app.calls.models import LEFT, Call, Stage, TopicStage, TopicStageState
from app.calls.reactions import to
from app.calls.rules import covering
from app.calls.topic_stage.workflow import TOPIC_STAGE
from app.calls.workflow import CALL
from app.committee.models import Ballot, Motion, MotionTopic
from app.committee.workflow import MOTION
from app.core.errors import NotFound
from app.core.reason import Reason
from app.decisions.queries import left_of
from app.decisions.redress.access import FUNDING, competes
from app.decisions.redress.guards import REVIEWED, ethics_allows
from app.decisions.redress.letters import write_end
from app.decisions.redress.models import Redress, RedressState
from app.decisions.redress.reactions import fund
from app.decisions.redress.rules import Remedy
from app.decisions.redress.schemas import KeepWay
from app.decisions.redress.weighing import ethics_of
from app.decisions.redress.workflow import REDRESS, TELL
from app.people.access import office
from app.proposals.models import Proposal, ProposalState
from app.workflow.rows import lock_all, look
from app.workflow.run import Act, fire, refuse
from app.workflow.who import Actor

WAYS = {
    "raise_envelope": "The envelope of the topic is raised by what is missing.",
    "move_budget": "What is missing moves from another topic of the stage, which does not need it.",
    "reserve_first": "The proposal is placed first on the reserve list.",
    "next_call": "The proposal is promised the budget of a next call, in the words of the motion.",
}
NOTHING = Reason(
    "no-way",
    "A motion on an upheld request names one that awaits the committee, with what the office proposes.",
    "/subject_id",
    "office",
)
OVER = Reason("reserve-over", "The reserve list has ended; propose another way.", "/subject_id", "office")


async def frame_funding(motion: Motion, act: Act) -> None:
    """Frame: a motion on an upheld request is about what the office has proposed, which rests from now on.

    Whoever has ever applied on its topic, or on the one that gives, is out of it.
    """
    if motion.purpose != FUNDING:
        return
    await lock_all(act.session, Redress, [motion.subject_id])
    try:
        redress, held = await look(act.session, Redress, motion.subject_id, act.actor)
    except NotFound:
        raise refuse(REDRESS, "keep_way", None, act, [NOTHING]) from None
    if not office(held) or not _awaits(redress):
        raise refuse(REDRESS, "keep_way", redress, act, [NOTHING])
    await _only_what_ethics_allows(redress, act)
    motion.topic_id, motion.annexes = redress.topic_id, [WAYS[redress.way or ""]]
    if redress.source_id is not None:
        source = await act.session.get(TopicStage, redress.source_id)
        if source is None or source.topic_id == redress.topic_id:
            raise refuse(REDRESS, "keep_way", redress, act, [NOTHING])
        motion.further_topics = [MotionTopic(topic_id=source.topic_id)]
        # Whoever sees the request never applied on its own topic.
        if act.actor.id is not None and await _competing([act.actor.id], [source.topic_id], act):
            raise refuse(REDRESS, "keep_way", redress, act, [NOTHING])


async def _only_what_ethics_allows(redress: Redress, act: Act) -> None:
    """It may have been refused, or reopened, since the way was proposed; the proposal is held to adopt it."""
    ethics = await ethics_of(act.session, redress.proposal_id)
    if reasons := list(ethics_allows(ethics, redress.way)):
        raise refuse(REDRESS, "keep_way", redress, act, reasons)


def _awaits(redress: Redress) -> bool:
    return (redress.state, redress.remedy) == (RedressState.SETTLED, "vote") and redress.way is not None


async def recuse_who_applied(motion: Motion, act: Act) -> None:
    """Reaction to `put_to_vote` and `recuse`: an interest in it does not end with the release of results."""
    if motion.purpose != FUNDING:
        return
    for ballot in await _of_competitors(motion, act):
        ballot.recused = "Has applied on the topic, or has an interest in it."
        ballot.choice = ballot.cast_at = None


async def nobody_concerned_counts(motion: Motion, act: Act) -> None:
    """Reaction to `adopt` and `reject`: refuse while a member counts who competes for the money."""
    if motion.purpose == FUNDING and await _of_competitors(motion, act):
        told = "A member who counts has applied on the topic, or has an interest in it; recuse first."
        raise refuse(MOTION, "adopt", motion, act, [Reason("applicant-counts", told, "/ballots", "chair")])


async def _of_competitors(motion: Motion, act: Act) -> Sequence[Ballot]:
    """The ballots that count and are of people who compete on a topic of the motion."""
    further = select(MotionTopic.topic_id).where(MotionTopic.motion_id == motion.id)
    topics = [key for key in (motion.topic_id, *await act.session.scalars(further)) if key is not None]
    counting = select(Ballot).where(Ballot.motion_id == motion.id, Ballot.recused.is_(None))
    ballots = (await act.session.scalars(counting)).all()
    out = await _competing([ballot.account_id for ballot in ballots], topics, act)
    return [ballot for ballot in ballots if ballot.account_id in out]


async def _competing(accounts: Sequence[UUID], topics: Sequence[UUID], act: Act) -> frozenset[UUID]:
    """Those of these accounts that compete on one of the topics. One statement asks for all."""
    asked = [
        or_(*(competes(Actor(key), literal(topic)) for topic in topics)).label(str(key)) for key in accounts
    ]
    found = (await act.session.execute(select(*asked))).one() if asked else ()
    return frozenset(key for key, does in zip(accounts, found, strict=True) if does)


async def fund_by_motion(motion: Motion, act: Act) -> None:
    """Reaction to a motion's `adopt`: what was proposed follows; nobody selected loses a place (Z-06).

    The call is locked first, as for every change of its money, then the topics in their stage.
    """
    if motion.purpose != FUNDING:
        return
    here = select(Redress.topic_stage_id, Redress.source_id).where(Redress.id == motion.subject_id)
    part_id, source_id = (await act.session.execute(here)).one()
    calls = select(Stage.call_id).join(TopicStage).where(TopicStage.id == part_id)
    (call,) = await lock_all(act.session, Call, await act.session.scalars(calls))
    wanted = [key for key in (part_id, source_id) if key is not None]
    parts = {one.id: one for one in await lock_all(act.session, TopicStage, wanted)}
    keys = select(Redress.proposal_id).where(Redress.id == motion.subject_id)
    (proposal,) = await lock_all(act.session, Proposal, await act.session.scalars(keys))
    (redress,) = await lock_all(act.session, Redress, [motion.subject_id], TELL)
    if not _awaits(redress) or proposal.state not in REVIEWED or parts[part_id].state in LEFT:
        raise refuse(REDRESS, "keep_way", redress, act, [NOTHING])
    if redress.way == "reserve_first" and proposal.state != ProposalState.RESERVE:
        raise refuse(REDRESS, "keep_way", redress, act, [OVER])
    await _only_what_ethics_allows(redress, act)
    remedy: Remedy = "next_call"
    promise = None
    match redress.way:
        case "raise_envelope" | "move_budget":
            source = parts.get(source_id)
            await _find_money(redress, call, parts[part_id], source, proposal.requested, motion, act)
            remedy = "funded"
        case "reserve_first":
            remedy = "first_on_reserve"
        case _:
            promise = motion.text
    await fire(REDRESS, "keep_way", redress, act.given(KeepWay(remedy=remedy, promise=promise)))
    if remedy == "funded":
        await fund(redress, proposal, act)
    await write_end(redress, "changed", redress.decision_text or "", act)


async def _find_money(
    redress: Redress,
    call: Call,
    part: TopicStage,
    source: TopicStage | None,
    requested: Decimal,
    motion: Motion,
    act: Act,
) -> None:
    """Let the topic have what is missing: more money, or what another whose results are out does not need."""
    missing = requested - await left_of(act.session, part)
    if missing <= 0:
        return
    told = [budget_of(part.topic_id, part.budget, part.budget + missing)]
    if redress.way == "move_budget":
        ready = source is not None and source.stage_id == part.stage_id
        if source is None or not ready or source.state != TopicStageState.RELEASED:
            raise refuse(REDRESS, "keep_way", redress, act, [_no_source()])
        if await left_of(act.session, source) < missing or missing >= source.budget:
            raise refuse(REDRESS, "keep_way", redress, act, [_no_source()])
        told.append(budget_of(source.topic_id, source.budget, source.budget - missing))
        await fire(TOPIC_STAGE, "give_to_redress", source, to(source.budget - missing, False, act))
    await fire(TOPIC_STAGE, "cover_redress", part, to(part.budget + missing, False, act))
    of_stage = (TopicStage.stage_id == part.stage_id, TopicStage.state.not_in(LEFT))
    taken = await act.session.scalars(select(TopicStage.budget).where(*of_stage))
    needed = covering(call.budget, taken.all())
    if needed > call.budget:
        await fire(CALL, "cover_redress", call, to(needed, False, act))
    await publish(call, act, "budget", motion.text, stage_id=part.stage_id, budgets=told)


def _no_source() -> Reason:
    told = "The topic that gives is one of the same stage, with its results out and enough money not needed."
    return Reason("no-source", told, "/source_id", "office")
