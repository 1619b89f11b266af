"""What the rows of an external case bring about."""

from app.proposals.external_case.models import ExternalCase
from app.proposals.models import Proposal
from app.workflow.run import Act


async def keep(case: ExternalCase, act: Act) -> None:
    """About which proposal, and by whom it was noted."""
    proposal: Proposal = act.parent
    assert act.actor.id is not None
    case.proposal, case.topic_id, case.noted_by = proposal, proposal.topic_id, act.actor.id


async def close(case: ExternalCase, act: Act) -> None:
    case.closed_on, case.closed_for = act.data.closed_on, act.data.reason
