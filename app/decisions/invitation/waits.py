"""The invitations to the second stage that wait for somebody's answer."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consortia.access import among
from app.consortia.industry.access import industry_lead_of
from app.decisions.invitation.models import Invitation, InvitationState
from app.people.schemas import Waiting
from app.proposals.models import Proposal
from app.workflow.who import Actor


async def invitations_to_answer(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Waiting]:
    """For the coordinator each that is open; for the lead of industry each that the other side has moved."""
    moved = or_(Invitation.proposed_at.is_not(None), Invitation.report.is_not(None))
    mine = or_(
        among(Invitation.consortium_id, actor, "contact", coordinating=True),
        and_(moved, industry_lead_of(Invitation.topic_id, actor)),
    )
    found = select(Invitation.id, Proposal.reference, Invitation.until).join(
        Proposal, Proposal.id == Invitation.proposal_id
    )
    open_ = found.where(Invitation.state == InvitationState.SENT, mine).order_by(Proposal.reference)
    return [
        Waiting(kind="merge", entity="invitation", id=key, title=reference, due=until)
        for key, reference, until in await session.execute(open_)
    ]
