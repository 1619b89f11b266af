"""The information requests that wait for a coordinator."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consortia.access import among
from app.people.schemas import Waiting
from app.proposals.information.models import InformationRequest, InformationState
from app.proposals.models import Proposal
from app.proposals.queries import CONTACTS
from app.workflow.who import Actor


async def requests_to_answer(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Waiting]:
    """Questions of the office about a proposal that the person coordinates."""
    mine = among(InformationRequest.consortium_id, actor, *CONTACTS, coordinating=True)
    found = (
        select(InformationRequest.id, Proposal.reference, InformationRequest.until)
        .join(Proposal, Proposal.id == InformationRequest.proposal_id)
        .where(InformationRequest.state == InformationState.ASKED, InformationRequest.until > now, mine)
        .order_by(InformationRequest.until, InformationRequest.id)
        .limit(50)
    )
    return [
        Waiting(kind="answer", entity="information_request", id=key, title=reference, due=until)
        for key, reference, until in await session.execute(found)
    ]
