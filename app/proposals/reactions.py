"""What follows for proposals when their topic goes on."""

from collections.abc import Sequence

from sqlalchemy import select

from app.calls.models import TopicStage
from app.calls.workflow import TOPIC_STAGE
from app.core.reason import Reason
from app.proposals.models import Proposal, ProposalState
from app.proposals.workflow import PROPOSAL
from app.workflow.rows import lock_all
from app.workflow.run import Act, fire_all, refuse


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
    found = await _of(topic_stage, act, ProposalState.INADMISSIBLE, ProposalState.INELIGIBLE)
    untold = [proposal for proposal in found if proposal.released_at is None]
    await fire_all(PROPOSAL, "release", untold, act)
    return untold
