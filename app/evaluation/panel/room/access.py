"""Who is in the room: seats give sight of the agenda, a conflict takes the matter of its proposal away."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, not_, or_

from app.evaluation.panel.room.models import AgendaItem, PanelExit, PanelSeat, PanelSeatState
from app.experts.conflicts.queries import bars
from app.experts.models import Contract
from app.experts.queries import in_force
from app.people.access import auditor, office
from app.workflow.sight import Sight, relation
from app.workflow.who import Actor

Condition = ColumnElement[bool]


def _named(actor: Actor, panel_id: Any, part: str) -> Condition:
    seat = PanelSeat
    held = (seat.account_id == actor.id, seat.state == PanelSeatState.NAMED, seat.part == part)
    return and_(seat.panel_id == panel_id, *held)


def _member(actor: Actor, panel_id: Any, but: Condition | None = None) -> Condition | None:
    """The actor is a member of the panel in this column, under a contract in force."""
    if "expert" not in actor.roles:
        return None
    here = (_named(actor, panel_id, "member"), Contract.id == PanelSeat.contract_id, in_force())
    return exists().where(*here) if but is None else exists().where(*here, but)


def sits_on(actor: Actor, panel_id: Any) -> Condition | None:
    """The actor is a member of the panel in this column, or its observer."""
    tests = [test for test in (_member(actor, panel_id), watches(actor, panel_id)) if test is not None]
    return or_(*tests) if tests else None


def watches(actor: Actor, panel_id: Any) -> Condition | None:
    return exists().where(_named(actor, panel_id, "observer")) if "observer" in actor.roles else None


def _is_out(item: Any) -> Condition:
    """For the proposal, the holder of the seat: by what was found for the room, or is on record."""
    seat = PanelSeat
    found = exists().where(PanelExit.seat_id == seat.id, PanelExit.proposal_id == item.proposal_id)
    barred = exists().where(bars(Contract.expert_id, item.proposal_id, item.topic_id, Contract.id))
    # By themselves they would be tied to the seat alone, and the item be any.
    return or_(found.correlate(seat, item), barred.correlate(Contract, item))


def inside(actor: Actor, item: Any) -> Condition | None:
    """The actor is a member of the panel and in the room for what is about a proposal of it."""
    return _member(actor, item.panel_id, not_(_is_out(item)))


holder = relation(
    "holder",
    "whoever holds the seat",
    lambda actor: and_(PanelSeat.account_id == actor.id, PanelSeat.state == PanelSeatState.NAMED),
)
in_room = relation(
    "in_room", "a member of the panel who is in the room", lambda actor: inside(actor, AgendaItem)
)
out_of_room = relation(
    "out_of_room",
    "a member of the panel who is out of the room",
    lambda actor: _member(actor, AgendaItem.panel_id, _is_out(AgendaItem)),
)
watching = relation("watching", "the observer", lambda actor: watches(actor, AgendaItem.panel_id))

SIGHTS = {
    PanelSeat: Sight((office, auditor, holder), topic=PanelSeat.topic_id),
    AgendaItem: Sight((office, auditor, watching, in_room, out_of_room), topic=AgendaItem.topic_id),
}
