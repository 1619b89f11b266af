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


async def put_on_agenda(item: AgendaItem, act: Act) -> None:
    panel: Panel = act.parent
    item.panel, item.topic_id = panel, panel.topic_id
    item.proposal_id, item.position = act.data.proposal_id, act.data.position


async def move(item: AgendaItem, act: Act) -> None:
    item.position = act.data.position


async def call_out(item: AgendaItem, act: Act) -> None:
    """Look again who has a conflict with the proposal; what was decided of it is open again."""
    item.outcome = item.reason = item.decided_at = None
    members = {seat.account_id: seat for seat in item.seats if seat.part == "member"}
    findings = await conflicts_between(act.session, members, [item.proposal_id], act.now)
    for account_id, seat in members.items():
        found = findings.of(account_id, item.proposal_id)
        if found and item.proposal_id not in {one.proposal_id for one in seat.exits}:
            leave_for(seat, item.proposal_id, found[0].path, act)
    act.note(out=sorted(str(s.account_id) for s in members.values() if is_out(s, item)))


def is_out(seat: PanelSeat, item: AgendaItem) -> bool:
    return item.proposal_id in {one.proposal_id for one in seat.exits}


def leave_for(seat: PanelSeat, proposal_id: object, path: str, act: Act) -> None:
    """Whoever holds the seat is out of the room for this proposal."""
    gone = PanelExit(id=uuid4(), seat=seat, proposal_id=proposal_id, path=path)
    act.session.add(gone)


async def leave_as_is(item: AgendaItem, act: Act) -> None:
    """Nothing is changed now; what was changed before of the same report stands."""
    _decide(item, "changed" if _standing(item) else "kept", act)


async def change(item: AgendaItem, act: Act) -> None:
    """Keep the panel's scores and comments beside the consensus report, which stays as it was (V-19)."""
    assert act.actor.id is not None
    last = select(func.coalesce(func.max(PanelChange.number), 0))
    number = await act.session.scalar(last.where(PanelChange.panel_id == item.panel_id)) or 0
    (consensus,) = item.consensuses
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


def _standing(item: AgendaItem) -> list[PanelChange]:
    """What the panel has changed of the consensus report that counts."""
    counts = {consensus.id for consensus in item.consensuses}
    return [one for one in item.changes if one.consensus_id in counts]


def _decide(item: AgendaItem, outcome: str, act: Act) -> None:
    item.outcome, item.reason, item.decided_at = outcome, act.data.reason, act.now
