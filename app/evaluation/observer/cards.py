"""Conflict cards of several proposals at once, for whoever declares on all of them."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from app.evaluation.observer.schemas import CardOfProposal, Cards
from app.experts.schemas import Card
from app.proposals.models import Proposal
from app.proposals.queries import last_manifests


async def cards_of(session: AsyncSession, proposals: Sequence[Proposal]) -> Cards:
    """The cards in the order of the proposals."""
    handed_in = await last_manifests(session, [proposal.id for proposal in proposals])
    return Cards(
        items=[
            CardOfProposal(proposal_id=proposal.id, card=Card.of(handed_in[proposal.id]))
            for proposal in proposals
        ]
    )
