"""Observations on the wire, the cards of a declaration, and what was read."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from sqlalchemy import not_

import app.calls.routes  # noqa: F401  # observers are named under a call
from app.core.errors import NotFound
from app.evaluation.observer.access import appointed
from app.evaluation.observer.cards import cards_of
from app.evaluation.observer.models import Observation, ObservationState
from app.evaluation.observer.queries import declared_on
from app.evaluation.observer.readings import record
from app.evaluation.observer.readings import router as readings
from app.evaluation.observer.schemas import Cards, ObservationItem, ObservationRead
from app.evaluation.observer.workflow import OBSERVATION
from app.experts.conflicts.access import partial_to
from app.people.access import auditor, office
from app.proposals.models import Proposal
from app.workflow.asked import Asking
from app.workflow.http import mount
from app.workflow.mounted import Filter, Mounted
from app.workflow.route import refusals
from app.workflow.rows import look

router = APIRouter(prefix="/v1")
whoever = office | auditor | appointed

mount(
    router,
    Mounted(
        OBSERVATION,
        Observation,
        "observations",
        views=((whoever, ObservationRead),),
        items=((whoever, ObservationItem),),
        needs=("account",),
        filters={"call_id": Filter(UUID, lambda actor, value: Observation.call_id == value)},
    ),
)
router.include_router(readings)


@router.get(
    "/observations/{id}/cards",
    responses=refusals(401, 404),
    summary="Read the conflict cards of a call (observation of a call)",
    description="All that there is to see before declaring, of every proposal handed in by a deadline that "
    f"is over; nothing of a topic in which they apply. Who: {appointed.label}, within the dates.",
    operation_id="observation_cards",
)
async def cards(asked: Asking, key: Annotated[UUID, Path(alias="id")]) -> Cards:
    observation, _ = await look(asked.session, Observation, key, asked.actor, by=appointed)
    in_time = observation.starts_at <= asked.now < observation.ends_at
    if observation.state == ObservationState.ENDED or not in_time or "observer" not in asked.actor.roles:
        raise NotFound
    here = declared_on(observation.call_id, asked.now)
    impartial = not_(partial_to(asked.actor, Proposal.topic_id))
    proposals = (await asked.session.scalars(here.where(impartial))).all()
    await record(asked, "card", proposals)
    return await cards_of(asked.session, proposals)
