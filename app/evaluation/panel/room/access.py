"""Who is in the room: seats give sight of the agenda, a conflict takes the matter of its proposal away."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select

from app.evaluation.panel.models import Panel
from app.evaluation.panel.room.models import AgendaItem, PanelExit, PanelSeat, PanelSeatState
from app.experts.conflicts.queries import bars
from app.experts.models import Contract
from app.experts.queries import in_force
from app.people.access import auditor, office
from app.proposals.access import judged_blind
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


def _is_out() -> Condition:
    """For the item's proposal, the holder of the seat: by what was found for the room, or is on record."""
    item, seat = AgendaItem, PanelSeat
    found = exists().where(PanelExit.seat_id == seat.id, PanelExit.proposal_id == item.proposal_id)
    barred = exists().where(bars(Contract.expert_id, item.proposal_id, item.topic_id, Contract.id))
    # By themselves they would be tied to the seat alone, and the item be any.
    return or_(found.correlate(seat, item), barred.correlate(Contract, item))


def _where(out: Callable[[], Condition]) -> Callable[[Actor], Condition | None]:
    return lambda actor: _member(actor, AgendaItem.panel_id, out())


holder = relation(
    "holder",
    "whoever holds the seat",
    lambda actor: and_(PanelSeat.account_id == actor.id, PanelSeat.state == PanelSeatState.NAMED),
)
in_room = relation("in_room", "a member of the panel who is in the room", _where(lambda: not_(_is_out())))
out_of_room = relation("out_of_room", "a member of the panel who is out of the room", _where(_is_out))
blind = judged_blind(
    lambda: (
        select(Panel.topic_stage_id).where(Panel.id == AgendaItem.panel_id).correlate(AgendaItem)
    ).scalar_subquery()
)
watching = relation("watching", "the observer", lambda actor: watches(actor, AgendaItem.panel_id))

SIGHTS = {
    PanelSeat: Sight((office, auditor, holder), topic=PanelSeat.topic_id),
    AgendaItem: Sight((office, auditor, watching, in_room, out_of_room, blind), topic=AgendaItem.topic_id),
}
