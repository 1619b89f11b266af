"""What the rows of a grant bring about."""

from app.grants.models import Grant
from app.grants.rules import identified
from app.workflow.run import Act


async def take_from_proposal(grant: Grant, act: Act) -> None:
    """The amount is what was asked for: there is no negotiation (K-08)."""
    assert act.actor.id is not None
    grant.proposal, grant.amount, grant.prepared_by = act.parent, act.parent.requested, act.actor.id


async def keep_failure(grant: Grant, act: Act) -> None:
    grant.failed_reason, grant.failed_text = act.data.reason, act.data.text


async def put_signature(grant: Grant, act: Act) -> None:
    grant.signed_by, grant.signed_at = act.actor.id, act.now
    act.note(amount=str(grant.amount), number=grant.number)
    if missing := [str(one.legal_name) for one in grant.partners if not identified(one)]:
        act.note(unidentified=missing, unidentified_reason=grant.unidentified_reason)
