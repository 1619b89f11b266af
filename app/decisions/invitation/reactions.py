"""What follows for invitations from a release, a vote, the clock and both sides' answers."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.calls.models import LEFT, Call, TopicStage, TopicStageState
from app.calls.reactions import run_by
from app.calls.rules import LAST_SECOND, Phase, phase
from app.committee.models import Motion
from app.consortia.effects import industry_contact
from app.consortia.models import LIVE, Consortium, Partner
from app.consortia.schemas import Merge
from app.consortia.workflow import CONSORTIUM, PARTNER
from app.core.reason import Reason
from app.decisions.invitation.letters import tell
from app.decisions.invitation.models import Invitation, InvitationState
from app.decisions.invitation.queries import beside, next_in_rank, places, places_taken
from app.decisions.invitation.workflow import INVITATION, TELL
from app.decisions.redress.ending import end_with_promotion
from app.decisions.rules import NOT_FIRST_RANKED
from app.decisions.sending import write_letters
from app.decisions.summaries import give_summaries
from app.evaluation.ethics.reactions import void_of
from app.proposals.models import Proposal, ProposalState
from app.proposals.schemas import Outcome
from app.proposals.workflow import PROPOSAL
from app.workflow.rows import loading, lock_all
from app.workflow.run import Act, create, fire, fire_all, refuse
from app.workflow.table import Effect

Due = Callable[[Act], Awaitable[None]]
WHOLE = ("consortium.partners.organisation", "consortium.partners.people", "versions")
NOBODY = Reason(
    "nobody-to-invite",
    "A motion to invite the next rank names a topic in a first stage with a place that came to nothing, "
    "a proposal on its reserve list, and a second stage that has not closed.",
    "/subject_id",
    "office",
)


async def invite(call: Call, part: TopicStage, proposals: Iterable[Proposal], act: Act) -> None:
    """Invite these short proposals of a topic in its first stage to the second, and tell industry of each."""
    following = await act.session.scalars(beside(part.id, step=1))
    (ahead,) = await lock_all(act.session, TopicStage, following)
    sent = []
    for proposal in proposals:
        invitation = Invitation(proposal=proposal, topic_stage=ahead)
        await create(INVITATION, "send", invitation, act.given(None, call))
        sent.append(invitation.id)
    for invitation in await lock_all(act.session, Invitation, sent, TELL):
        await tell(invitation, act, "send", industry_alone=True)


def told_of(row: str) -> Effect:
    """Reaction to a row of an invitation: both sides are told."""

    async def react(invitation: Invitation, act: Act) -> None:
        await tell(invitation, act, row)

    return react


async def merge_both_sides(invitation: Invitation, act: Act) -> None:
    """Reaction to `join`: one consortium with the partners of both, and its full proposal (C-06).

    The topic in its stage is held already: it is the root of the invitation. With the last place taken, who
    is still on the reserve list is rejected (C-08).
    """
    (part,) = await lock_all(act.session, TopicStage, [invitation.topic_stage_id], ["stage.call", "topic"])
    (short,) = await lock_all(act.session, Proposal, [invitation.proposal_id], WHOLE)
    merged = Consortium()
    await create(CONSORTIUM, "merge", merged, act.given(Merge(name=short.consortium.name), part))
    await _bring_partners(invitation, short, merged, act)
    await create(PROPOSAL, "follow", Proposal(follows=short), act.given(None, merged))
    invitation.merged_into = merged
    await act.session.flush()
    (first,) = await _first_stage(act, [short.topic_stage_id])
    taken = await places_taken(act.session, first.id, InvitationState.MERGED)
    if taken >= await places(act.session, first.id):
        await _reject_the_reserve(first, act)


async def _bring_partners(invitation: Invitation, short: Proposal, merged: Consortium, act: Act) -> None:
    came: dict[object, Partner] = {}
    for was in short.consortium.partners:
        if was.state in LIVE:
            came[was.organisation_id] = Partner(consortium=merged)
            await create(PARTNER, "carry_over", came[was.organisation_id], act.given(None, was))
    for member in invitation.industry:
        if member.organisation_id not in came:
            await create(PARTNER, "bring_in", Partner(consortium=merged), act.given(None, member))
            continue
        # On both sides although E-09 keeps them apart: one part, with who acts for either.
        people = came[member.organisation_id].people
        if member.email not in {person.email for person in people}:
            people.append(industry_contact(member))


async def end_with_its_proposal(proposal: Proposal, act: Act) -> None:
    """Reaction to a proposal's `request_withdrawal`: its invitation comes to nothing; refuse once merged."""
    here = select(Invitation.id).where(Invitation.proposal_id == proposal.id)
    for invitation in await lock_all(act.session, Invitation, await act.session.scalars(here), TELL):
        if invitation.state == InvitationState.MERGED:
            told = "Its full proposal has begun; that one may be withdrawn."
            raise refuse(PROPOSAL, "request_withdrawal", proposal, act, [Reason("goes-on", told)])
        if invitation.state == InvitationState.SENT:
            await fire(INVITATION, "withdraw", invitation, act.given(None))


async def _first_stage(act: Act, keys: Any) -> Sequence[TopicStage]:
    """Topics in their first stage, not locked: who acts here holds the second, and locks go in one order."""
    wanted = select(TopicStage).where(TopicStage.id.in_(keys))
    return (await act.session.scalars(wanted.options(*loading(TopicStage, ("stage.call", "topic"))))).all()


async def close_the_reserve(topic_stage: TopicStage, act: Act) -> None:
    """Reaction to a topic stage's `start_checks`: with the second deadline nobody else can be invited."""
    for first in await _first_stage(act, beside(topic_stage.id, step=-1)):
        if first.state == TopicStageState.RELEASED:
            await _reject_the_reserve(first, act)


async def _reject_the_reserve(first: TopicStage, act: Act) -> None:
    here = (Proposal.topic_stage_id == first.id, Proposal.state == ProposalState.RESERVE)
    reserve = await lock_all(
        act.session, Proposal, await act.session.scalars(select(Proposal.id).where(*here))
    )
    data = Outcome.model_validate({"reason": NOT_FIRST_RANKED})
    await fire_all(PROPOSAL, "expire_reserve", reserve, act.given(data))
    await void_of([one.id for one in reserve], act)
    summarised = await give_summaries(first.stage.call, first, reserve, act)
    await write_letters(first.stage.call, first, reserve, act, summarised)


async def frame_next_rank(motion: Motion, act: Act) -> None:
    """Frame: a motion to invite the next rank names a topic in a first stage in which it can be (C-08).

    From here on applicants of the topic and its industry are out of the motion.
    """
    if motion.purpose != "invite_next":
        return
    part = await run_by(act, motion.subject_id)
    if part is None or not await _can_be_invited(part, act):
        raise refuse(INVITATION, "send", None, act, [NOBODY])
    motion.topic_id = part.topic_id


async def _can_be_invited(part: TopicStage, act: Act) -> bool:
    if part.state != TopicStageState.RELEASED:
        return False
    if await places_taken(act.session, part.id) >= await places(act.session, part.id):
        return False
    ahead = await act.session.scalars(beside(part.id, step=1))
    (following,) = await lock_all(act.session, TopicStage, ahead, ["stage"])
    stage = following.stage
    if following.state in LEFT or phase(stage.opens_at, stage.closes_at, act.now) is Phase.CLOSED:
        return False
    return await act.session.scalar(next_in_rank(part.id)) is not None


async def invite_next_by_motion(motion: Motion, act: Act) -> None:
    """Reaction to a motion's `adopt`: the next rank is selected, invited and told (C-08)."""
    if motion.purpose != "invite_next":
        return
    (part,) = await lock_all(act.session, TopicStage, [motion.subject_id], ["stage.call", "topic"])
    if not await _can_be_invited(part, act):
        raise refuse(INVITATION, "send", None, act, [NOBODY])
    (proposal,) = await lock_all(act.session, Proposal, await act.session.scalars(next_in_rank(part.id)))
    await fire(PROPOSAL, "promote", proposal, act)
    await give_summaries(part.stage.call, part, [proposal], act)
    await write_letters(part.stage.call, part, [proposal], act)
    await invite(part.stage.call, part, [proposal], act)
    await end_with_promotion([proposal.id], act)


def lapse_invitations(longest_request: timedelta) -> Due:
    """Due: invitations whose period is over, once no answer sent in time can be under way."""

    async def due(act: Act) -> None:
        over = (
            Invitation.state == InvitationState.SENT,
            Invitation.until + LAST_SECOND <= act.now - longest_request,
        )
        keys = list(await act.session.scalars(select(Invitation.id).where(*over)))
        found = await lock_all(act.session, Invitation, keys, TELL)
        lapsed = [one for one in found if one.state == InvitationState.SENT]
        await fire_all(INVITATION, "lapse", lapsed, act)

    return due
