"""What observers and auditors read of an evaluation: on record each time, never how long it took."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Path, Query
from sqlalchemy import select

from app.calls.models import Call, Stage, TopicStage
from app.core.errors import NotFound
from app.core.pages import List, Order, Wanted
from app.evaluation.observer.models import EvaluationReading
from app.evaluation.observer.schemas import ReadingPage, ReadingRead
from app.people.access import auditor, office
from app.people.models import Account
from app.proposals.models import Proposal
from app.workflow.asked import Asked, Asking
from app.workflow.route import refusals
from app.workflow.rows import look
from app.workflow.sight import parameters, ties

router = APIRouter()
running = office | auditor


async def record(asked: Asked, entity: str, rows: Sequence[Any]) -> None:
    """Write down that an observer or auditor reads these rows; nothing of anybody else.

    Each row is of a proposal, or has a topic in a stage itself.
    """
    role = next((one for one in ("auditor", "observer") if one in asked.actor.roles), None)
    if role is None or asked.actor.id is None or not rows:
        return
    proposals = {row.proposal_id for row in rows if hasattr(row, "proposal_id")}
    wanted = select(Proposal.id, Proposal.topic_stage_id).where(Proposal.id.in_(proposals))
    parts: dict[UUID, UUID] = {}
    if proposals:
        parts = {row[0]: row[1] for row in await asked.session.execute(wanted)}
    for row in rows:
        proposal = getattr(row, "proposal_id", None)
        part = row.topic_stage_id if proposal is None else parts[proposal]
        found = EvaluationReading(id=uuid4(), topic_stage_id=part, proposal_id=proposal, entity=entity)
        found.entity_id, found.account_id, found.role, found.at = row.id, asked.actor.id, role, asked.now
        asked.session.add(found)


@router.get(
    "/calls/{id}/evaluation_readings",
    responses=refusals(401, 404),
    summary="List what observers and auditors have read of its evaluation (call)",
    description=f"The last first. Who: {running.label}; nothing of a topic in which they apply.",
    operation_id="call_evaluation_readings",
)
async def list_readings(
    asked: Asking, key: Annotated[UUID, Path(alias="id")], wanted: Annotated[Wanted, Query()]
) -> ReadingPage:
    await look(asked.session, Call, key, asked.actor)
    role = next((one for one in ("office", "auditor") if one in asked.actor.roles), None)
    if role is None:
        raise NotFound
    columns: tuple[Any, ...] = (EvaluationReading, Account.name)
    found = (
        select(*columns)
        .join(Account, Account.id == EvaluationReading.account_id)
        .join(TopicStage, TopicStage.id == EvaluationReading.topic_stage_id)
        .join(Stage, Stage.id == TopicStage.stage_id)
        .where(Stage.call_id == key, ties(TopicStage, asked.actor)[role][0])
    )
    order = Order(EvaluationReading.at, descending=True)
    pages = List("evaluation_readings", {"of": key}, order, EvaluationReading.id)
    rows, more = await pages.page(asked.session, found, wanted, parameters(asked.actor))
    return ReadingPage(items=[_told(*tuple(row)[:2]) for row in rows], next_page_token=more)


def _told(reading: EvaluationReading, name: str) -> ReadingRead:
    facts = {field: getattr(reading, field) for field in ReadingRead.model_fields if field != "name"}
    return ReadingRead(**facts, name=name)
