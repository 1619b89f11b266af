"""Seats and agenda on the wire, and what happens in the room, followed as it happens."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request
from fastapi.responses import StreamingResponse
from sqlalchemy.orm import selectinload

import app.evaluation.panel.routes  # noqa: F401  # seats are named under a panel
from app.evaluation.panel.access import sits
from app.evaluation.panel.models import Panel, PanelState
from app.evaluation.panel.room.access import blind, holder, in_room, out_of_room, watching
from app.evaluation.panel.room.models import AgendaItem, ItemState, PanelSeat
from app.evaluation.panel.room.schemas import (
    AgendaLine,
    ItemForBlindPanel,
    ItemForModerator,
    ItemForPanel,
    OutForHolder,
    SeatForHolder,
    SeatItem,
    SeatRead,
    SessionRead,
)
from app.evaluation.panel.room.workflow import PANEL_ITEM, PANEL_SEAT
from app.people.access import auditor, office
from app.workflow.asked import Token, asked
from app.workflow.following import EVENTS, following
from app.workflow.http import mount
from app.workflow.mounted import Filter, Mounted
from app.workflow.route import refusals
from app.workflow.rows import look
from app.workflow.sight import held_in, parameters, seen

router = APIRouter(prefix="/v1")
running = office | auditor
moderating = running | watching

mount(
    router,
    Mounted(
        PANEL_SEAT,
        PanelSeat,
        "panel_seats",
        views=((running, SeatRead), (holder, SeatForHolder)),
        items=((running | holder, SeatItem),),
        needs=("account", "exits"),
        root=(Panel, PanelSeat.panel_id),
        filters={"panel_id": Filter(UUID, lambda actor, value: PanelSeat.panel_id == value)},
    ),
)
mount(
    router,
    Mounted(
        PANEL_ITEM,
        AgendaItem,
        "panel_items",
        views=(
            (moderating, ItemForModerator),
            (in_room & blind, ItemForBlindPanel),
            (in_room, ItemForPanel),
            (out_of_room, OutForHolder),
        ),
        items=((moderating | in_room | out_of_room, AgendaLine),),
        needs=(
            "proposal",
            "consensuses.points.statements",
            "changes",
            "reports.marks",
            "seats.exits",
            "seats.account",
        ),
        root=(Panel, AgendaItem.panel_id),
        filters={"panel_id": Filter(UUID, lambda actor, value: AgendaItem.panel_id == value)},
    ),
)


@router.get(
    "/panels/{id}/session",
    response_class=StreamingResponse,
    responses=refusals(401, 404) | EVENTS,
    summary="Follow the session of a panel (panel)",
    description="Server-sent events named `session`: what is under discussion, who is out of the room, what "
    "was decided, as far as whoever listens may know it; until the panel has closed its list. After ten "
    "minutes whoever listens asks again. Who: those who run the panel or sit on it.",
    operation_id="panel_session",
)
async def follow(request: Request, token: Token, key: Annotated[UUID, Path(alias="id")]) -> StreamingResponse:
    async def ask() -> SessionRead:
        async with request.app.state.sessions() as session, session.begin():
            asking = await asked(request, session, token)
            panel, _ = await look(session, Panel, key, asking.actor, by=running | sits)
            return await _session(session, panel, asking.actor)

    working = (PanelState.OPEN.value, PanelState.RANKED.value)
    return await following("session", ask, lambda told: told.state not in working)


async def _session(session: Any, panel: Panel, actor: Any) -> SessionRead:
    wanted = (
        seen(actor, AgendaItem)
        .where(AgendaItem.panel_id == panel.id, AgendaItem.state.in_((ItemState.CURRENT, ItemState.DECIDED)))
        .order_by(AgendaItem.position)
        .options(
            selectinload(AgendaItem.proposal),
            selectinload(AgendaItem.seats).options(
                selectinload(PanelSeat.exits), selectinload(PanelSeat.account)
            ),
        )
    )
    fresh = {"populate_existing": True}
    rows = (await session.execute(wanted, parameters(actor), execution_options=fresh)).all()
    told = [(row[0], _told(row[0], (moderating | in_room)(held_in(row, actor)))) for row in rows]
    current = [one for item, one in told if item.state == ItemState.CURRENT]
    decided = [one for item, one in told if item.state == ItemState.DECIDED]
    return SessionRead(
        panel_id=panel.id,
        state=panel.state.value,
        current=current[0] if current else None,
        decided=[one for one in decided if not one["out"]],
    )


def _told(item: AgendaItem, inside: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"id": str(item.id), "reference": item.reference, "out": not inside}
    if inside:
        told |= {"title": item.title, "leaving": item.leaving}
        told |= {"outcome": item.outcome, "reason": item.reason}
    return told
