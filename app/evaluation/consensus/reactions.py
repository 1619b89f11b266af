"""What follows from a consensus report."""

from app.evaluation.consensus.models import Consensus
from app.proposals.models import Proposal
from app.proposals.workflow import PROPOSAL
from app.workflow.rows import lock_all
from app.workflow.run import Act, fire


async def conclude_evaluation(consensus: Consensus, act: Act) -> None:
    """Reaction to `finish` and `settle`: the proposal is evaluated."""
    (proposal,) = await lock_all(act.session, Proposal, [consensus.proposal_id])
    await fire(PROPOSAL, "conclude", proposal, act)
