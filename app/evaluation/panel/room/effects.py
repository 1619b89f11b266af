"""What the rows of seats and of the agenda bring about."""

from uuid import uuid4

from sqlalchemy import func, select

from app.evaluation.panel.models import Panel, PanelChange
from app.evaluation.panel.room.models import AgendaItem, PanelExit, PanelSeat
from app.experts.conflicts.queries import conflicts_between
from app.workflow.run import Act


async def take_seat(seat: PanelSeat, act: Act) -> None:
    """Place somebody on the panel, the act's parent."""
    panel: Panel = act.parent
    seat.panel, seat.topic_id = panel, panel.topic_id
    seat.account_id, seat.part, seat.exits = act.data.account_id, act.data.part, []


async def date_declaration(seat: PanelSeat, act: Act) -> None:
    seat.declared_at = act.now


async def put_on_agenda(item: AgendaItem, act: Act) -> None:
    """Of whom and where is said of it already."""
    panel: Panel = act.parent
    item.panel, item.topic_id = panel, panel.topic_id
    await note_place(item, act)


async def note_place(item: AgendaItem, act: Act) -> None:
    act.note(proposal_id=str(item.proposal_id), position=item.position)


async def call_out(item: AgendaItem, act: Act) -> None:
    """Look again who has a conflict with the proposal; what was decided of it is open again."""
    item.outcome = item.reason = item.decided_at = None
    members = {seat.account_id: seat for seat in item.seats if seat.part == "member"}
    findings = await conflicts_between(act.session, members, [item.proposal_id], act.now)
    for account_id, seat in members.items():
        found = findings.of(account_id, item.proposal_id)
        if found and not seat.is_out_of(item.proposal_id):
            leave_for(seat, item.proposal_id, found[0].path, act)
    act.note(out=sorted(str(s.account_id) for s in members.values() if s.is_out_of(item.proposal_id)))


def leave_for(seat: PanelSeat, proposal_id: object, path: str, act: Act) -> None:
    """Whoever holds the seat is out of the room for this proposal."""
    gone = PanelExit(id=uuid4(), seat=seat, proposal_id=proposal_id, path=path)
    act.session.add(gone)


async def leave_as_is(item: AgendaItem, act: Act) -> None:
    """Nothing is changed now; what was changed before of the same report stands."""
    _decide(item, "changed" if item.standing_changes else "kept", act)


async def change(item: AgendaItem, act: Act) -> None:
    """Keep the panel's scores and comments beside the consensus report, which stays as it was (V-19)."""
    assert act.actor.id is not None
    last = select(func.coalesce(func.max(PanelChange.number), 0))
    number = await act.session.scalar(last.where(PanelChange.panel_id == item.panel_id)) or 0
    (consensus,) = item.final
    for given in act.data.changes:
        number += 1
        made = PanelChange(id=uuid4(), panel_id=item.panel_id, proposal_id=item.proposal_id, number=number)
        made.consensus_id, made.criterion = consensus.id, given.criterion
        made.score, made.comment = given.score, given.comment
        made.reason, made.by, made.at = act.data.reason, act.actor.id, act.now
        act.session.add(made)
    _decide(item, "changed", act)


async def put_off(item: AgendaItem, act: Act) -> None:
    item.outcome = item.reason = item.decided_at = None


def _decide(item: AgendaItem, outcome: str, act: Act) -> None:
    item.outcome, item.reason, item.decided_at = outcome, act.data.reason, act.now
