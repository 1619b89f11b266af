"""What observers and auditors read of an evaluation: on record each time, never how long it took."""

from collections.abc import Callable, Collection, Sequence
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Path, Query
from sqlalchemy import select

from app.calls.models import Call, Stage, TopicStage
from app.core.pages import List, Order, Wanted
from app.evaluation.observer.models import EvaluationReading
from app.evaluation.observer.schemas import ReadingPage, ReadingRead
from app.evaluation.panel.models import Panel
from app.people.access import CALL_AUDITOR, audited_calls, auditor, office
from app.people.models import Account
from app.proposals.models import Proposal
from app.workflow.asked import Asked, Asking
from app.workflow.route import refusals
from app.workflow.rows import look
from app.workflow.sight import parameters, ties

router = APIRouter()
running = office | auditor
ON_RECORD = frozenset({"auditor", CALL_AUDITOR, "observer"})
"""Roles whose readings are kept."""


async def record(asked: Asked, entity: str, rows: Sequence[Any]) -> None:
    """Write down that an observer or auditor reads these rows; nothing of anybody else.

    Each row is of a proposal or of a panel, or has a topic in a stage itself.
    """
    if asked.actor.roles.isdisjoint(ON_RECORD) or asked.actor.id is None or not rows:
        return
    part_of = await _parts(asked, rows)
    role_in = await _role(asked, {part_of(row) for row in rows})
    for row in rows:
        proposal, part = getattr(row, "proposal_id", None), part_of(row)
        role = role_in(part)
        if role is None:
            continue
        found = EvaluationReading(id=uuid4(), topic_stage_id=part, proposal_id=proposal, entity=entity)
        found.entity_id, found.account_id, found.role, found.at = row.id, asked.actor.id, role, asked.now
        asked.session.add(found)


async def _role(asked: Asked, parts: Collection[UUID]) -> Callable[[UUID], str | None]:
    """What tells as what the actor reads: who audits one call may observe another."""
    roles = asked.actor.roles
    otherwise = next((one for one in ("auditor", "observer") if one in roles), None)
    if CALL_AUDITOR not in roles or otherwise == "auditor":
        return lambda part: otherwise
    audited = Stage.call_id.in_(audited_calls(asked.actor))
    wanted = select(TopicStage.id).join(Stage).where(TopicStage.id.in_(parts), audited)
    mine = set(await asked.session.scalars(wanted, parameters(asked.actor)))
    return lambda part: "auditor" if part in mine else otherwise


async def _parts(asked: Asked, rows: Sequence[Any]) -> Callable[[Any], UUID]:
    """What tells the topic in a stage that a row is about."""
    kind = type(rows[0])
    if hasattr(kind, "topic_stage_id"):
        return lambda row: row.topic_stage_id
    of, name = (Proposal, "proposal_id") if hasattr(kind, "proposal_id") else (Panel, "panel_id")
    keys = {getattr(row, name) for row in rows}
    found = await asked.session.execute(select(of.id, of.topic_stage_id).where(of.id.in_(keys)))
    parts = {row[0]: row[1] for row in found}
    return lambda row: parts[getattr(row, name)]


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
    _, held = await look(asked.session, Call, key, asked.actor, by=running)
    role = next(one for one in ("office", "auditor") if one in held)
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
