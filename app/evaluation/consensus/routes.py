"""The consensus reports' routes."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

import app.proposals.routes  # noqa: F401  # consensus reports are opened under a proposal
from app.evaluation.consensus.access import group, insider, watching
from app.evaluation.consensus.models import Consensus, Point
from app.evaluation.consensus.reading import NEEDS, workbench
from app.evaluation.consensus.schemas import (
    ConsensusForGroup,
    ConsensusItem,
    ConsensusRead,
    PointRead,
    Workbench,
)
from app.evaluation.consensus.workflow import CONSENSUS
from app.evaluation.observer.readings import record
from app.evaluation.report.readings import record_group
from app.people.access import office
from app.workflow.asked import Asking
from app.workflow.http import mount
from app.workflow.mounted import Filter, Mounted, Part
from app.workflow.route import refusals
from app.workflow.rows import loading, look

router = APIRouter(prefix="/v1")
WRITTEN = "statements.sources"
readers = group | watching


async def point(session: AsyncSession, consensus_id: UUID, criterion: str) -> Any:
    """What the consensus report says of one criterion, or None."""
    found = select(Point).where(Point.consensus_id == consensus_id, Point.criterion == criterion)
    return (await session.scalars(found.options(*loading(Point, [WRITTEN])))).one_or_none()


mount(
    router,
    Mounted(
        CONSENSUS,
        Consensus,
        "consensus_reports",
        views=((office, ConsensusRead), (insider | watching, ConsensusForGroup)),
        items=((readers, ConsensusItem),),
        needs=(f"points.{WRITTEN}", "opinions.assignment", "rapporteur"),
        parts=(Part("points", point, PointRead, group),),
        filters={"proposal_id": Filter(UUID, lambda actor, value: Consensus.proposal_id == value)},
        records=record,
    ),
)


@router.get(
    "/consensus_reports/{id}/workbench",
    responses=refusals(401, 404),
    summary="Read all that the group works on, by criterion (consensus report)",
    description=f"Who: {readers.label}. Comments of all sealed reports side by side, how far their scores "
    "lie apart, the draft with what each statement comes from, the threads. What comes from somebody who "
    "holds the seat no more is there for the office alone.",
    operation_id="consensus_workbench",
)
async def read_workbench(asked: Asking, consensus_id: Annotated[UUID, Path(alias="id")]) -> Workbench:
    consensus, held = await look(asked.session, Consensus, consensus_id, asked.actor, NEEDS, by=readers)
    if insider(held):
        await record_group(asked, consensus.sealed)
    await record(asked, "workbench", [consensus])
    return workbench(consensus, held)
