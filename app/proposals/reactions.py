"""What follows for proposals when their topic goes on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select

from app.calls.amendments.models import Amendment
from app.calls.models import Call, Stage, TopicStage, TopicStageState
from app.calls.rules import LAST_SECOND
from app.calls.stage.workflow import STAGE
from app.calls.topic_stage.workflow import TOPIC_STAGE
from app.core.reason import Reason
from app.proposals.letters import write_amendments, write_endings
from app.proposals.models import Check, Proposal, ProposalState
from app.proposals.workflow import HANDED_IN, PROPOSAL
from app.workflow.rows import lock_all
from app.workflow.run import Act, fire_all, refuse

NEVER_EVALUATED = (ProposalState.INADMISSIBLE, ProposalState.INELIGIBLE)


def live_draft(now: datetime) -> ColumnElement[bool]:
    """A draft that may still be handed in."""
    still_open = select(TopicStage.id).join(Stage).where(Stage.closes_at + LAST_SECOND > now)
    return and_(Proposal.state == ProposalState.DRAFT, Proposal.topic_stage_id.in_(still_open))


async def _of(topic_stage: TopicStage, act: Act, *states: ProposalState) -> Sequence[Proposal]:
    here = select(Proposal.id).where(Proposal.topic_stage_id == topic_stage.id, Proposal.state.in_(states))
    found: Sequence[Proposal] = await lock_all(act.session, Proposal, await act.session.scalars(here))
    return found


async def evaluate_the_eligible(topic_stage: TopicStage, act: Act) -> None:
    """Reaction to a topic stage's `begin_evaluation`: no proposal may be left without a finding."""
    found = await _of(topic_stage, act, ProposalState.SUBMITTED, ProposalState.ELIGIBLE)
    if left := sorted(p.reference for p in found if p.state == ProposalState.SUBMITTED):
        told = f"{len(left)} of the proposals are still to be found eligible or not: {', '.join(left)}."
        reason = Reason("still-to-be-checked", told, who="office")
        raise refuse(TOPIC_STAGE, "begin_evaluation", topic_stage, act, [reason])
    await fire_all(PROPOSAL, "begin_evaluation", found, act)


async def release_findings(topic_stage: TopicStage, act: Act) -> list[Proposal]:
    """Release what was found of those that were never evaluated and are not yet told; these proposals."""
    found = await _of(topic_stage, act, *NEVER_EVALUATED)
    untold = [proposal for proposal in found if proposal.released_at is None]
    await fire_all(PROPOSAL, "release", untold, act)
    return untold


async def keep_what_is_checked(stage: Stage, act: Act) -> None:
    """Reaction to a stage's `extend`: no proposal is replaced that somebody has looked into.

    They are locked first, so that a check under way is seen, or sees that the topic is open again.
    """
    of_stage = select(TopicStage.id).where(TopicStage.stage_id == stage.id)
    here = select(Proposal.id).where(Proposal.topic_stage_id.in_(of_stage))
    keys = [one.id for one in await lock_all(act.session, Proposal, await act.session.scalars(here))]
    if await act.session.scalar(select(Check.id).where(Check.proposal_id.in_(keys)).limit(1)):
        told = "A check of one of its proposals is on record."
        raise refuse(STAGE, "extend", stage, act, [Reason("check-recorded", told, who="office")])


async def discontinue_of_topic(topic_stage: TopicStage, act: Act) -> None:
    """Reaction to a topic's `withdraw_from_call`: nothing is evaluated; drafts stay as they are."""
    await _discontinue(Proposal.topic_stage_id == topic_stage.id, "topic", act)


async def discontinue_of_call(call: Call, act: Act) -> None:
    """Reaction to a call's `cancel`: what was handed in goes no further; drafts stay as they are.

    What was told stays as well: who was never evaluated keeps the finding, and gets no second letter.
    """
    await _discontinue(Proposal.topic_stage_id.in_(_parts(call.id)), "call", act)


def _parts(call_id: UUID) -> Select[UUID]:
    """The topics that have not been taken out of a call, in each of its stages."""
    here = select(TopicStage.id).join(Stage).where(Stage.call_id == call_id)
    return here.where(TopicStage.state != TopicStageState.WITHDRAWN)


async def _discontinue(here: Any, what: str, act: Act) -> None:
    # All are locked, also those withdrawn: one that is being revived is seen, or sees that it is too late.
    every = await act.session.scalars(select(Proposal.id).where(here))
    found = await lock_all(act.session, Proposal, every)
    over = [proposal for proposal in found if proposal.state in HANDED_IN and not _told_why(proposal)]
    await fire_all(PROPOSAL, "discontinue", over, act)
    live = set(await act.session.scalars(select(Proposal.id).where(here, live_draft(act.now))))
    drafts = [proposal for proposal in found if proposal.id in live]
    await write_endings(drafts, what, act)


def _told_why(proposal: Proposal) -> bool:
    return proposal.state in NEVER_EVALUATED and proposal.released_at is not None


async def tell_of_amendment(amendment: Amendment, act: Act) -> None:
    """Reaction to an amendment: who writes a proposal for the call, or waits for its outcome, is told.

    Whose topic or call has ended gets a letter of that.
    """
    if amendment.kind in ("withdrawal", "cancellation"):
        return
    waiting = and_(Proposal.state.in_(HANDED_IN), Proposal.released_at.is_(None))
    here = select(Proposal).where(
        Proposal.topic_stage_id.in_(_parts(amendment.call_id)), or_(waiting, live_draft(act.now))
    )
    await write_amendments(amendment, list(await act.session.scalars(here.order_by(Proposal.id))), act)
