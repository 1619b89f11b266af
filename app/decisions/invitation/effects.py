"""What the rows of an invitation bring about."""

from app.calls.models import Call
from app.calls.periods import answered_by
from app.calls.rule_set import pinned
from app.decisions.invitation.models import Invitation
from app.workflow.run import Act


async def issue(invitation: Invitation, act: Act) -> None:
    """Let both sides answer for as long as the rules say; `act.parent` is the call."""
    call: Call = act.parent
    invitation.consortium_id = invitation.proposal.consortium_id
    invitation.topic_id = invitation.proposal.topic_id
    invitation.until = answered_by(pinned(call), act.now)


async def propose(invitation: Invitation, act: Act) -> None:
    invitation.proposed_at = act.now


async def decline(invitation: Invitation, act: Act) -> None:
    invitation.declined_for = act.data.reason


async def withdraw(invitation: Invitation, act: Act) -> None:
    invitation.declined_for = invitation.proposal.withdrawal_text


async def report(invitation: Invitation, act: Act) -> None:
    invitation.report = act.data.report
