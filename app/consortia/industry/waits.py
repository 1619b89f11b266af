"""What ties somebody to the industry consortia of topics."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consortia.industry.models import IndustryMember, IndustryMemberState
from app.people.schemas import Tie
from app.topics.models import Topic
from app.workflow.who import Actor


async def memberships(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Tie]:
    """The topics whose industry consortium the person acts in, or leads."""
    mine = (IndustryMember.account_id == actor.id, IndustryMember.state == IndustryMemberState.NAMED)
    found = select(IndustryMember.id, IndustryMember.leads, Topic.reference).join(Topic).where(*mine)
    rows = await session.execute(found.order_by(Topic.reference))
    return [
        Tie(
            kind="industry_lead" if leads else "industry",
            entity="industry_member",
            id=key,
            title=reference,
        )
        for key, leads, reference in rows
    ]
