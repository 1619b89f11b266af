"""Who is in the room: seats give sight of the agenda, a conflict takes the matter of its proposal away."""

from typing import Any

from sqlalchemy import ColumnElement, Exists, and_, exists, not_, or_, select
from sqlalchemy.orm import aliased

from app.evaluation.observer.access import observes
from app.evaluation.panel.models import RUNNING, WORKING, Panel
from app.evaluation.panel.room.models import AgendaItem, PanelExit, PanelSeat, PanelSeatState
from app.experts.conflicts.models import Conflict
from app.experts.conflicts.queries import bars
from app.experts.models import Contract
from app.experts.queries import in_force
from app.people.access import auditor, office
from app.proposals.access import judged_blind
from app.proposals.models import Proposal
from app.workflow.sight import Sight, relation
from app.workflow.who import Actor

Condition = ColumnElement[bool]
_panel = aliased(Panel)


def _named(actor: Actor, panel_id: Any, part: str) -> Condition:
    seat = PanelSeat
    held = (seat.account_id == actor.id, seat.state == PanelSeatState.NAMED, seat.part == part)
    return and_(seat.panel_id == panel_id, *held)


def _member(actor: Actor, panel_id: Any, but: Condition | None = None) -> Exists | None:
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
    """The actor is the observer of this panel, as long as it works, or of its whole call."""
    called = _observes_panel(actor, panel_id)
    if called is None:
        return None
    live = exists().where(_named(actor, panel_id, "observer"), _working(panel_id))
    return or_(live, called)


def _working(panel_id: Any) -> Condition:
    here = select(_panel.id).where(_panel.id == panel_id, _panel.state.in_(WORKING))
    return here.correlate_except(_panel).exists()


def _observes_panel(actor: Actor, panel_id: Any) -> Condition | None:
    of_call = observes(actor, _panel.topic_stage_id)
    if of_call is None:
        return None
    return select(_panel.id).where(_panel.id == panel_id, of_call).correlate_except(_panel).exists()


def out_of(proposal_id: Any, topic_id: Any) -> Condition:
    """For the proposal in this column, the holder of the seat is out: as found for the room, or on record."""
    seat = PanelSeat
    found = exists().where(PanelExit.seat_id == seat.id, PanelExit.proposal_id == proposal_id)
    barred = exists().where(bars(Contract.expert_id, proposal_id, topic_id, Contract.id))
    # By themselves they would be tied to the seat alone, and the item or the proposal be any.
    return or_(found.correlate_except(PanelExit), barred.correlate_except(Conflict))


def _is_out(item: Any) -> Condition:
    return out_of(item.proposal_id, item.topic_id)


def _reads_as_member(actor: Actor) -> Condition | None:
    """A member who has declared, while the panel works, and is not out for the proposal."""
    on_it = _member(actor, _panel.id, not_(out_of(Proposal.id, Proposal.topic_id)))
    if on_it is None:
        return None
    here = (_panel.topic_stage_id == Proposal.topic_stage_id, _panel.state.in_(WORKING))
    on_it = on_it.where(PanelSeat.declared_at.is_not(None)).correlate_except(PanelSeat, Contract)
    declared = exists().where(*here, on_it)
    return and_(Proposal.state.in_(RUNNING), declared.correlate_except(_panel))


def hears(actor: Actor, item: Any) -> Condition | None:
    """A member who has declared, while the panel works, and is in the room for the proposal of this item."""
    here = (PanelSeat.declared_at.is_not(None), not_(_is_out(item)), _working(item.panel_id))
    return _member(actor, item.panel_id, and_(*here))


reads_proposal = relation("reader", "a member of its panel", _reads_as_member)
"""Gives a member of the panel sight of what it judges."""
holder = relation(
    "holder",
    "whoever holds the seat",
    lambda actor: and_(PanelSeat.account_id == actor.id, PanelSeat.state == PanelSeatState.NAMED),
)
in_room = relation(
    "in_room",
    "a member of the panel who is in the room",
    lambda actor: _member(actor, AgendaItem.panel_id, not_(_is_out(AgendaItem))),
)
out_of_room = relation(
    "out_of_room",
    "a member of the panel who is out of the room",
    lambda actor: _member(actor, AgendaItem.panel_id, _is_out(AgendaItem)),
)
blind = judged_blind(
    lambda: (
        select(Panel.topic_stage_id).where(Panel.id == AgendaItem.panel_id).correlate(AgendaItem)
    ).scalar_subquery()
)
watching = relation("watching", "the observer", lambda actor: watches(actor, AgendaItem.panel_id))
seats_watched = relation(
    "watching", "the observer of the call", lambda actor: _observes_panel(actor, PanelSeat.panel_id)
)

SIGHTS = {
    PanelSeat: Sight((office, auditor, seats_watched, holder), topic=PanelSeat.topic_id),
    AgendaItem: Sight((office, auditor, watching, in_room, out_of_room, blind), topic=AgendaItem.topic_id),
}
