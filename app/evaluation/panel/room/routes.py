"""Seats and agenda on the wire, and what happens in the room, followed as it happens."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request
from fastapi.responses import StreamingResponse
from sqlalchemy import not_, select
from sqlalchemy.orm import selectinload

import app.evaluation.panel.routes  # noqa: F401  # seats are named under a panel
from app.calls.chosen import blind_of
from app.core.errors import NotFound
from app.evaluation.observer.cards import cards_of
from app.evaluation.observer.readings import record
from app.evaluation.observer.schemas import Cards
from app.evaluation.panel.access import sits
from app.evaluation.panel.models import WORKING, Panel
from app.evaluation.panel.room.access import (
    blind,
    holder,
    in_room,
    out_of,
    out_of_room,
    seats_watched,
    watching,
)
from app.evaluation.panel.room.models import AgendaItem, ItemState, PanelSeat
from app.evaluation.panel.room.schemas import (
    AgendaLine,
    ItemForBlindPanel,
    ItemForModerator,
    ItemForPanel,
    OutForHolder,
    SeatForHolder,
    SeatForObserver,
    SeatItem,
    SeatRead,
    SessionRead,
)
from app.evaluation.panel.room.workflow import PANEL_ITEM, PANEL_SEAT
from app.experts.models import Contract
from app.experts.queries import in_force
from app.people.access import auditor, office
from app.proposals.models import Proposal
from app.workflow.asked import Asking, Token, asked
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
        views=((running, SeatRead), (seats_watched, SeatForObserver), (holder, SeatForHolder)),
        items=((running | seats_watched | holder, SeatItem),),
        needs=("account", "exits"),
        root=(Panel, PanelSeat.panel_id),
        filters={"panel_id": Filter(UUID, lambda actor, value: PanelSeat.panel_id == value)},
        records=record,
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
            "consensuses.cross_readers.assignment",
            "changes",
            "reports.marks",
            "seats.exits",
            "seats.account",
        ),
        root=(Panel, AgendaItem.panel_id),
        filters={"panel_id": Filter(UUID, lambda actor, value: AgendaItem.panel_id == value)},
        records=record,
    ),
)


CARDS = ("panel.proposals", "panel.topic_stage.stage.call")


@router.get(
    "/panel_seats/{id}/cards",
    responses=refusals(401, 404),
    summary="Read the conflict cards of what the panel judges (seat on a panel)",
    description="All that a member reads of proposals before declaring; none of those they are out for, "
    "and none in a blind stage. "
    f"Who: {holder.label} as a member, while the panel works.",
    operation_id="panel_seat_cards",
)
async def cards(asking: Asking, key: Annotated[UUID, Path(alias="id")]) -> Cards:
    seat, _ = await look(asking.session, PanelSeat, key, asking.actor, CARDS, by=holder)
    under = select(Contract.id).where(Contract.id == seat.contract_id, in_force())
    unnamed = blind_of(seat.panel.topic_stage) is not None
    if unnamed or seat.panel.state not in WORKING or await asking.session.scalar(under) is None:
        raise NotFound
    here = [proposal.id for proposal in seat.panel.proposals]
    free = (
        select(Proposal)
        .join(PanelSeat, PanelSeat.id == key)
        .join(Contract, Contract.id == PanelSeat.contract_id)
        .where(Proposal.id.in_(here), not_(out_of(Proposal.id, Proposal.topic_id)))
        .order_by(Proposal.reference)
    )
    return await cards_of(asking.session, (await asking.session.scalars(free)).all())


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
    recorded: list[UUID] = []

    async def ask() -> SessionRead:
        async with request.app.state.sessions() as session, session.begin():
            asking = await asked(request, session, token)
            panel, _ = await look(session, Panel, key, asking.actor, by=running | sits)
            if not recorded:  # once, however long somebody listens
                recorded.append(panel.id)
                await record(asking, "session", [panel])
            return await _session(session, panel, asking.actor)

    return await following("session", ask, lambda told: told.state not in WORKING)


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
