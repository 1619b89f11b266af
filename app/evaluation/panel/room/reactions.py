"""What follows for a panel's room: the agenda, the list, conflicts that come up."""

from collections import defaultdict
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, or_, select, update

from app.calls.models import Stage, TopicStage
from app.committee.models import Mandate
from app.committee.workflow import MANDATE
from app.core.reason import Reason
from app.evaluation.observer.reactions import refuse_if
from app.evaluation.observer.workflow import NO_OUTSIDERS
from app.evaluation.panel.models import WORKING, Panel, PanelState
from app.evaluation.panel.room.effects import leave_for
from app.evaluation.panel.room.models import AgendaItem, ItemState, PanelExit, PanelSeat, PanelSeatState
from app.evaluation.panel.room.rules import agenda
from app.evaluation.panel.room.workflow import PANEL_ITEM, PANEL_SEAT
from app.evaluation.panel.workflow import PANEL
from app.experts.conflicts.declaring import keep_declared
from app.experts.conflicts.models import Conflict
from app.experts.conflicts.queries import conflicts_between
from app.experts.models import Expert
from app.people.models import Appointment
from app.people.workflow import APPOINTMENT
from app.proposals.models import Proposal
from app.topics.programme import programme
from app.workflow.rows import lock_all
from app.workflow.run import Act, create_all, fire, fire_all, refuse


async def make_agenda(panel: Panel, act: Act) -> None:
    """Reaction to `plan`: every proposal of the list in an order for which few have to leave."""
    (panel,) = await lock_all(act.session, Panel, [panel.id], ["proposals"])
    reference = {proposal.id: proposal.reference for proposal in panel.proposals}
    out = await _who_is_out(panel, set(reference), act)
    order = agenda({reference[key]: frozenset(map(str, out[key])) for key in reference})
    place = {key: order.index(reference[key]) + 1 for key in reference}
    standing = AgendaItem.panel_id == panel.id, AgendaItem.state != ItemState.DROPPED
    keys = await act.session.scalars(select(AgendaItem.id).where(*standing))
    items = {item.proposal_id: item for item in await lock_all(act.session, AgendaItem, keys)}
    await fire_all(PANEL_ITEM, "drop", [items[key] for key in items if key not in place], act)
    new = [AgendaItem(proposal_id=key, position=place[key]) for key in place if key not in items]
    await create_all(PANEL_ITEM, "plan", new, act.given(None, panel))
    moved = [item for key, item in items.items() if key in place and item.position != place[key]]
    for item in moved:
        item.position = place[item.proposal_id]
    await fire_all(PANEL_ITEM, "move", moved, act.given(None))


async def _who_is_out(panel: Panel, proposals: set[UUID], act: Act) -> dict[UUID, set[UUID]]:
    """The members with a conflict, proposal by proposal, as data and the record show them now."""
    wanted = select(PanelSeat).where(
        PanelSeat.panel_id == panel.id,
        PanelSeat.state == PanelSeatState.NAMED,
        PanelSeat.part == "member",
    )
    seats = (await act.session.scalars(wanted.order_by(PanelSeat.id))).all()
    await act.session.execute(delete(PanelExit).where(PanelExit.seat_id.in_([seat.id for seat in seats])))
    findings = await conflicts_between(act.session, [seat.account_id for seat in seats], proposals, act.now)
    out: dict[UUID, set[UUID]] = defaultdict(set)
    for seat in seats:
        for key in proposals:
            if found := findings.of(seat.account_id, key):
                out[key].add(seat.id)
                leave_for(seat, key, found[0].path, act)
    return out


async def keep_conflicts(seat: PanelSeat, act: Act) -> None:
    """Reaction to a seat's `declare`: conflicts are on record, and put its holder out of the room."""
    (panel,) = await lock_all(act.session, Panel, [seat.panel_id], ["proposals"])
    known = {proposal.id for proposal in panel.proposals}
    reasons = [
        Reason("no-such-proposal", "This is no proposal of the panel.", f"/conflicts/{number}/proposal_id")
        for number, one in enumerate(act.data.conflicts)
        if one.proposal_id not in known
    ]
    if reasons:
        raise refuse(PANEL_SEAT, "declare", seat, act, reasons)
    await keep_declared(seat.account_id, panel.proposals, act.data.conflicts, act)


async def rank_anew(item: AgendaItem, act: Act) -> None:
    """Reaction to an item's `change`: a list made before is made anew."""
    (panel,) = await lock_all(act.session, Panel, [item.panel_id])
    if panel.state == PanelState.RANKED:
        await fire(PANEL, "lose_place", panel, act)


async def leave_the_room(conflict: Conflict, act: Act) -> None:
    """Reaction to a conflict that is found, recorded or declared: out of the room, or off the panel.

    A member is out for the proposal; whoever else, or is barred from the topic or the call, leaves the panel.
    """
    of_call = select(Stage.call_id).join(TopicStage, TopicStage.stage_id == Stage.id)
    call = of_call.join(Proposal, Proposal.topic_stage_id == TopicStage.id)
    call = call.where(Proposal.id == conflict.proposal_id)
    in_call = select(Panel.id).join(TopicStage, TopicStage.id == Panel.topic_stage_id)
    in_call = in_call.join(Stage, Stage.id == TopicStage.stage_id).where(Stage.call_id.in_(call))
    bars = programme().conflicts.by_code[conflict.situation].bars
    of_topic = PanelSeat.topic_id == conflict.topic_id
    here = or_(of_topic, PanelSeat.panel_id.in_(in_call)) if bars == "call" else of_topic
    held = (PanelSeat.account_id == conflict.account_id, PanelSeat.state == PanelSeatState.NAMED)
    keys = await act.session.scalars(select(PanelSeat.id).where(*held, here))
    for seat in await lock_all(act.session, PanelSeat, keys, ["exits"]):
        if seat.part != "member" or bars != "proposal":
            await fire(PANEL_SEAT, "bar", seat, act)
        elif not seat.is_out_of(conflict.proposal_id):
            leave_for(seat, conflict.proposal_id, conflict.path, act)


async def seat_no_observer(mandate: Mandate, act: Act) -> None:
    """Reaction to a mandate's `confirm`: the same of who observes a panel at work."""
    await refuse_if(_observes(mandate), MANDATE, mandate, act)


async def appoint_no_observer(appointment: Appointment, act: Act) -> None:
    """Reaction to an appointment's `confirm`: the same."""
    if appointment.role in NO_OUTSIDERS:
        await refuse_if(_observes(appointment), APPOINTMENT, appointment, act)


def _observes(subject: Mandate | Appointment) -> ColumnElement[bool]:
    return exists().where(
        PanelSeat.account_id == subject.account_id,
        PanelSeat.part == "observer",
        PanelSeat.state == PanelSeatState.NAMED,
        Panel.id == PanelSeat.panel_id,
        Panel.state.in_(WORKING),
    )


async def forget_exits(expert: Expert, act: Act) -> None:
    """Reaction to an expert's `anonymise`: that they were out of the room stays, why goes."""
    seats = select(PanelSeat.id).where(PanelSeat.account_id == expert.account_id)
    blank = update(PanelExit).where(PanelExit.seat_id.in_(seats)).values(path="")
    await act.session.execute(blank.execution_options(synchronize_session=False))
