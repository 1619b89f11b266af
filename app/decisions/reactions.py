"""What follows for decisions from the committee's votes, and for everybody from their release."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select

from app.calls.amendments.money import tell_of_money
from app.calls.models import Call, Stage, TopicStage, TopicStageState
from app.calls.stage.workflow import STAGE
from app.calls.topic_stage.workflow import TOPIC_STAGE
from app.calls.workflow import CALL
from app.committee.models import Ballot, Motion, MotionState, MotionTopic
from app.committee.workflow import MOTION
from app.core.reason import Reason
from app.decisions.invitation.reactions import invite
from app.decisions.models import Decision
from app.decisions.preview import NEEDS
from app.decisions.queries import closed_panel, interested, spent
from app.decisions.sending import write_letters
from app.decisions.summaries import give_summaries
from app.decisions.workflow import DECISION, as_previewed, nothing_fell_since
from app.evaluation.ethics.reactions import void_of
from app.evaluation.panel.effects import digest
from app.proposals.models import Proposal, ProposalState
from app.proposals.reactions import release_findings
from app.proposals.schemas import Outcome
from app.proposals.workflow import PROPOSAL
from app.topics.models import Topic
from app.topics.workflow import TOPIC
from app.workflow.rows import FRESH, loading, lock_all
from app.workflow.run import Act, fire, fire_all, refuse

WITHDRAWN = TopicStageState.WITHDRAWN
ROWS = {"selected": "select", "reserve": "reserve", "rejected": "reject"}


async def recuse_applicants(motion: Motion, act: Act) -> None:
    """Reaction to a motion's `put_to_vote` and `recuse`: members who apply in its topic count in no quorum.

    Whatever is voted on: the list, or the money for it.
    """
    for ballot in await _of_applicants(motion, act):
        ballot.recused = "Takes part in a proposal on the topic, or has a conflict with one."
        ballot.choice = ballot.cast_at = None


async def no_applicant_counts(motion: Motion, act: Act) -> None:
    """Reaction to a motion's `adopt` and `reject`: refuse while a member counts who has come to apply.

    Before its deadline a topic may still be joined, even by somebody who has voted on its money.
    """
    if await _of_applicants(motion, act):
        row = "adopt" if motion.state == MotionState.ADOPTED else "reject"
        told = "A member who counts takes part in a proposal on the topic or has a conflict; recuse first."
        raise refuse(MOTION, row, motion, act, [Reason("applicant-counts", told, "/ballots", "chair")])


async def _of_applicants(motion: Motion, act: Act) -> Sequence[Ballot]:
    """The ballots that count and are of people who apply in a topic of the motion."""
    further = select(MotionTopic.topic_id).where(MotionTopic.motion_id == motion.id)
    topics = [key for key in (motion.topic_id, *await act.session.scalars(further)) if key is not None]
    if not topics:
        return ()
    counting = select(Ballot).where(Ballot.motion_id == motion.id, Ballot.recused.is_(None))
    ballots = (await act.session.scalars(counting)).all()
    out = await interested(act.session, [ballot.account_id for ballot in ballots], topics)
    return [ballot for ballot in ballots if ballot.account_id in out]


async def keep_what_is_decided(topic_stage: TopicStage, act: Act) -> None:
    """Reaction to a topic's `give_budget`: what is selected and stands stays covered (K-04).

    Whether by its list or from its reserve list. A short proposal that is invited takes none.
    """
    taken = await act.session.scalar(spent(topic_stage.id))
    if taken is not None and topic_stage.budget < taken:
        told = f"Proposals on it are selected for {taken} euro."
        reason = Reason("below-what-is-decided", told, "/amount", "office")
        raise refuse(TOPIC_STAGE, "give_budget", topic_stage, act, [reason])


async def release_results(decision: Decision, act: Act) -> None:
    """Reaction to `release`: outcomes are set, the topic is through its stage, applicants are told.

    The call is locked first, so that of two releases at once the later sees the earlier.
    """
    calls = select(Stage.call_id).join(TopicStage).where(TopicStage.id == decision.topic_stage_id)
    (call,) = await lock_all(act.session, Call, await act.session.scalars(calls))
    (part,) = await lock_all(act.session, TopicStage, [decision.topic_stage_id])
    here = select(Proposal.id).where(Proposal.topic_stage_id == part.id)
    proposals = await lock_all(act.session, Proposal, await act.session.scalars(here))
    await _still_as_voted(decision, act)
    await _still_as_previewed(decision, act)
    act = act.given(None)
    (call,) = await lock_all(act.session, Call, [call.id], ["stages.topic_stages"])
    (part,) = await lock_all(act.session, TopicStage, [part.id], ["topic"])
    told = await release_findings(part, act)
    told += await _set_outcomes(decision, proposals, act)
    await void_of([one.id for one in proposals if one.state == ProposalState.REJECTED], act)
    summarised = await give_summaries(call, part, proposals, act)
    await tell_of_money(call, [part], act)
    await fire(TOPIC_STAGE, "release", part, act)
    if call.embargoed:
        await fire(CALL, "announce_budget", call, act)
    await _close_what_is_done(call, act)
    await write_letters(call, part, told, act, summarised)
    if any(stage.id == part.stage_id and stage.kind == "short" for stage in call.stages):
        await invite(call, part, [one for one in proposals if one.state == ProposalState.SELECTED], act)


async def tell_of_findings(topic_stage: TopicStage, act: Act) -> None:
    """Reaction to a topic stage's `release_findings`: those never evaluated are told, before the others."""
    (part,) = await lock_all(act.session, TopicStage, [topic_stage.id], ["topic", "stage.call"])
    told = await release_findings(part, act)
    if not told:
        why = "Nobody whose proposal was found inadmissible or ineligible is still to be told."
        reason = Reason("nothing-to-release", why, who="office")
        raise refuse(TOPIC_STAGE, "release_findings", part, act, [reason])
    await write_letters(part.stage.call, part, told, act)


async def _still_as_voted(decision: Decision, act: Act) -> None:
    panel = await closed_panel(act.session, decision.topic_stage_id)
    if panel is None or not panel.digest == decision.list_digest == digest(panel):
        told = "The list is not the one that the committee voted on."
        raise refuse(DECISION, "release", decision, act, [Reason("list-changed", told, who="office")])


async def _still_as_previewed(decision: Decision, act: Act) -> None:
    """All that is released is locked by now: whatever came first is seen."""
    wanted = select(Decision).where(Decision.id == decision.id).options(*loading(Decision, NEEDS))
    now = (await act.session.scalars(wanted, execution_options=FRESH)).one()
    if reasons := [*nothing_fell_since(now, act.ask), *as_previewed(now, act.ask)]:
        raise refuse(DECISION, "release", decision, act, reasons)


async def _set_outcomes(decision: Decision, proposals: Sequence[Proposal], act: Act) -> list[Proposal]:
    lines = {line.proposal_id: line for line in decision.lines}
    groups: dict[tuple[str, str | None], list[Proposal]] = defaultdict(list)
    for proposal in proposals:
        if proposal.state == ProposalState.EVALUATED:
            line = lines[proposal.id]
            groups[ROWS[line.outcome], line.reason].append(proposal)
    for (row, reason), some in groups.items():
        data = Outcome.model_validate({"reason": reason})
        await fire_all(PROPOSAL, row, some, act.given(data))
    return [proposal for some in groups.values() for proposal in some]


async def _close_what_is_done(call: Call, act: Act) -> None:
    """With the last topic of a call, its topics, its stages and the call are through."""
    parts = [part for stage in call.stages for part in stage.topic_stages if part.state != WITHDRAWN]
    if all(part.state == TopicStageState.RELEASED for part in parts):
        topics = await lock_all(act.session, Topic, {part.topic_id for part in parts})
        await fire_all(TOPIC, "close", topics, act)
        await fire_all(
            STAGE, "complete", await lock_all(act.session, Stage, {s.id for s in call.stages}), act
        )
        await fire(CALL, "complete", call, act)
