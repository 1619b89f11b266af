"""How campaigns and invitations stand on the wire."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.experts.campaign.models import Campaign, ExpertInvitation, InvitationState
from app.experts.campaign.schemas import (
    CampaignItem,
    CampaignRead,
    ExpertInvitationItem,
    ExpertInvitationRead,
)
from app.experts.campaign.workflow import CAMPAIGN, EXPERT_INVITATION
from app.people.access import office
from app.workflow.asked import Asked
from app.workflow.mounted import Filter, Mounted


async def _count(asked: Asked, campaign: Campaign, body: Any) -> None:
    counted = select(ExpertInvitation.state, func.count()).group_by(ExpertInvitation.state)
    found = await asked.session.execute(counted.where(ExpertInvitation.campaign_id == campaign.id))
    body.answers = {state.value: number for state, number in sorted(found.all())}


CAMPAIGNS = Mounted(
    CAMPAIGN,
    Campaign,
    "campaigns",
    views=((office, CampaignRead),),
    items=((office, CampaignItem),),
    completes=_count,
    filters={"call_id": Filter(UUID, lambda actor, value: Campaign.call_id == value)},
)
EXPERT_INVITATIONS = Mounted(
    EXPERT_INVITATION,
    ExpertInvitation,
    "expert_invitations",
    views=((office, ExpertInvitationRead),),
    items=((office, ExpertInvitationItem),),
    filters={
        "campaign_id": Filter(UUID, lambda actor, value: ExpertInvitation.campaign_id == value),
        "state": Filter(InvitationState, lambda actor, value: ExpertInvitation.state == value),
    },
)
