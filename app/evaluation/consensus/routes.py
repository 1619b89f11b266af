"""The consensus reports' routes."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

import app.proposals.routes  # noqa: F401  # consensus reports are opened under a proposal
from app.evaluation.consensus.access import of_group, rapporteur
from app.evaluation.consensus.models import Consensus, Point
from app.evaluation.consensus.schemas import ConsensusItem, ConsensusRead, PointRead
from app.evaluation.consensus.workflow import CONSENSUS
from app.people.access import office
from app.workflow.http import mount
from app.workflow.mounted import Filter, Mounted, Part

router = APIRouter(prefix="/v1")
group = office | rapporteur | of_group


async def point(session: AsyncSession, consensus_id: UUID, criterion: str) -> Any:
    """What the consensus report says of one criterion, or None."""
    found = select(Point).where(Point.consensus_id == consensus_id, Point.criterion == criterion)
    return (await session.scalars(found)).one_or_none()


mount(
    router,
    Mounted(
        CONSENSUS,
        Consensus,
        "consensus_reports",
        views=((group, ConsensusRead),),
        items=((group, ConsensusItem),),
        needs=("points", "opinions.assignment", "rapporteur"),
        parts=(Part("points", point, PointRead, group),),
        filters={"proposal_id": Filter(UUID, lambda actor, value: Consensus.proposal_id == value)},
    ),
)
