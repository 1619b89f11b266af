"""The consensus reports' routes."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

import app.proposals.routes  # noqa: F401  # consensus reports are opened under a proposal
from app.evaluation.consensus.access import comparing, group, insider, watching
from app.evaluation.consensus.meeting import CrossReader
from app.evaluation.consensus.models import Consensus, Point
from app.evaluation.consensus.reading import NEEDS, workbench
from app.evaluation.consensus.schemas import (
    ConsensusForGroup,
    ConsensusForReader,
    ConsensusItem,
    ConsensusRead,
    NoteRead,
    PointRead,
    Workbench,
)
from app.evaluation.consensus.workflow import CONSENSUS
from app.evaluation.observer.readings import record
from app.evaluation.report.readings import record_group
from app.experts.models import Assignment, Expert
from app.people.access import office
from app.workflow.asked import Asked, Asking
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


async def complete(asked: Asked, consensus: Consensus, body: Any) -> None:
    """To who compares, the note that they have given."""
    if not isinstance(body, ConsensusForReader):
        return
    mine = (
        select(CrossReader)
        .join(Assignment, Assignment.id == CrossReader.assignment_id)
        .join(Expert, Expert.id == Assignment.expert_id)
        .where(CrossReader.consensus_id == consensus.id, Expert.account_id == asked.actor.id)
        .where(CrossReader.across, CrossReader.given_at.is_not(None))
        .options(*loading(CrossReader, ["assignment"]))
    )
    given = await asked.session.scalars(mine)
    body.notes = [NoteRead.model_validate(one) for one in given]


mount(
    router,
    Mounted(
        CONSENSUS,
        Consensus,
        "consensus_reports",
        views=(
            (office, ConsensusRead),
            (insider | watching, ConsensusForGroup),
            (comparing, ConsensusForReader),
        ),
        items=((readers | comparing, ConsensusItem),),
        completes=complete,
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
