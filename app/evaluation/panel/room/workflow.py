"""The tables of seats on a panel and of the items of its agenda."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from app.calls.chosen import blind_of, scheme_of
from app.core.reason import Reason
from app.evaluation.observer.schemas import Declare
from app.evaluation.observer.workflow import unfit
from app.evaluation.panel.models import WORKING, Panel
from app.evaluation.panel.room import effects
from app.evaluation.panel.room.access import holder
from app.evaluation.panel.room.models import AgendaItem, ItemState, PanelSeat, PanelSeatState
from app.evaluation.panel.room.schemas import Change, Keep, NameSeat
from app.evaluation.rules import off_scale
from app.experts.conflicts.queries import conflicts_between
from app.experts.conflicts.rules import conflicting, unsettled
from app.experts.models import Contract, Expert
from app.experts.queries import in_force
from app.people.access import office, roles_of
from app.topics.programme import programme
from app.workflow.run import Act, refuse
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import system

Why = Iterable[Reason]
NAMED = PanelSeatState.NAMED
LEFT = PanelSeatState.LEFT
PLANNED = ItemState.PLANNED
CURRENT = ItemState.CURRENT
DECIDED = ItemState.DECIDED
DROPPED = ItemState.DROPPED


def panel_works(panel: Panel, ask: Ask) -> Why:
    if panel.state not in WORKING:
        yield Reason("panel-closed", "The panel has ended its work.", who="office")


def its_panel_works(item: Any, ask: Ask) -> Why:
    yield from panel_works(item.panel, ask)


def is_member(seat: PanelSeat, ask: Ask) -> Why:
    if seat.part != "member":
        yield Reason("no-member", "Members declare; others of the panel read by what else they are.")


def names_may_be_read(seat: PanelSeat, ask: Ask) -> Why:
    """Cards name who applies: in a blind stage members have the agenda alone (V-25)."""
    if blind_of(seat.panel.topic_stage) is not None:
        yield Reason("blind", "In a blind stage members read of proposals what is on the agenda.")


def nothing_else_is_current(item: AgendaItem, ask: Ask) -> Why:
    for other in item.beside:
        if other.state == CURRENT:
            yield Reason("another-is-current", "Another proposal is under discussion.", who="office")


def report_is_final(item: AgendaItem, ask: Ask) -> Why:
    if not item.final:
        yield Reason("no-consensus", "It has no final consensus report.", who="experts")


def changes_fit(item: AgendaItem, ask: Ask) -> Why:
    if ask.data is None or not item.final:
        return
    scheme = scheme_of(item.panel.topic_stage)
    known, seen = {criterion.code for criterion in scheme.criteria}, set[str]()
    for number, given in enumerate(ask.data.changes):
        path = f"/changes/{number}"
        if given.criterion not in known:
            yield Reason("no-criterion", "The scheme has no such criterion.", f"{path}/criterion", "office")
        if given.criterion in seen:
            yield Reason("changed-twice", "A criterion is changed once.", f"{path}/criterion", "office")
        seen.add(given.criterion)
        if given.score is None and given.comment is None:
            yield Reason("nothing-changed", "Neither score nor comment is given.", path, "office")
        for reason in off_scale(given.score, scheme):
            yield replace(reason, path=f"{path}/score", who="office")


async def fit_for_it(seat: PanelSeat, act: Act) -> None:
    """Refuse whoever may not sit there; note for which proposals a member is out of the room."""
    panel: Panel = act.parent
    keys = [proposal.id for proposal in panel.proposals]
    findings = await conflicts_between(act.session, [seat.account_id], keys, act.now)
    found = [(key, one) for key in keys for one in findings.of(seat.account_id, key)]
    says = programme().conflicts.by_code
    if seat.part == "member":
        held = await _contract(seat, panel, act)
        # Whoever is barred from more than single proposals could be in the room for none.
        out = [one for _, one in found if says[one.situation].bars != "proposal"]
        reasons = [] if held else [_unfit("no-contract", "The expert has no contract in force for the call.")]
        reasons += [unsettled(one) for key in keys for one in findings.open_for(seat.account_id, key)]
        seat.contract = held
        for key in dict.fromkeys(key for key, _ in found):
            path = next(one.path for found_key, one in found if found_key == key)
            effects.leave_for(seat, key, path, act)
    else:
        roles = await act.session.scalar(select(roles_of(seat.account_id, act.now))) or ()
        out = [one for _, one in found]
        if seat.part == "observer":
            reasons = unfit(roles)
        else:
            reasons = [] if "office" in roles else [_unfit("no-role", "This is nobody of the office.")]
    reasons += [
        conflicting(says[code].says, code, path)
        for code, path in {one.situation: one.path for one in out}.items()
    ]
    if reasons:
        raise refuse(PANEL_SEAT, "name", seat, act, list(dict.fromkeys(reasons)))


def _unfit(code: str, told: str) -> Reason:
    return Reason(code, told, "/account_id", "office")


async def _contract(seat: PanelSeat, panel: Panel, act: Act) -> Contract | None:
    wanted = select(Contract).join(Expert, Expert.id == Contract.expert_id)
    here = (Expert.account_id == seat.account_id, Contract.call_id == panel.topic_stage.stage.call_id)
    return (await act.session.scalars(wanted.where(*here, in_force()))).one_or_none()


PANEL_SEAT = Workflow(
    "panel_seat",
    PanelSeatState,
    final={LEFT},
    title="seat on a panel",
    transitions=(
        Transition("name", set(), NAMED, office, "Name a member under contract, the moderator, an observer.",
                   guards=(panel_works,), effects=(effects.take_seat, fit_for_it), data=NameSeat,
                   under="panel", needs=("topic_stage.stage", "proposals")),
        Transition("declare", {NAMED}, None, holder,
                   "Declare what conflicts there are; from then on a member reads what the panel judges.",
                   guards=(its_panel_works, is_member, names_may_be_read),
                   effects=(effects.date_declaration,), data=Declare,
                   needs=("panel.topic_stage.stage.call",)),
        Transition("leave", {NAMED}, LEFT, office, "Take somebody off the panel.", guards=(its_panel_works,),
                   needs=("panel",)),
        Transition("bar", {NAMED}, LEFT, system, "A conflict bars from the topic or the call."),
    ),
)  # fmt: skip

DISCUSSED = ("consensuses", "changes", "panel.topic_stage.stage.call")
PANEL_ITEM = Workflow(
    "panel_item",
    ItemState,
    final={DROPPED},
    title="item of a panel's agenda",
    transitions=(
        Transition("plan", set(), PLANNED, system, "It is put on the agenda.", under="panel",
                   effects=(effects.put_on_agenda,)),
        Transition("move", {PLANNED, CURRENT, DECIDED}, None, system, "The agenda is made anew.",
                   effects=(effects.note_place,)),
        Transition("take_up", {PLANNED, DECIDED}, CURRENT, office,
                   "Take it up; who has a conflict with the proposal leaves the room.",
                   guards=(its_panel_works, nothing_else_is_current), effects=(effects.call_out,),
                   needs=("panel", "beside", "seats.exits", "seats.account")),
        Transition("keep", {CURRENT}, DECIDED, office, "The panel leaves the consensus report as it is.",
                   guards=(its_panel_works, report_is_final), effects=(effects.leave_as_is,), data=Keep,
                   needs=DISCUSSED),
        Transition("change", {CURRENT}, DECIDED, office,
                   "Record the panel's own scores or comments, beside the consensus report (V-19).",
                   guards=(its_panel_works, report_is_final, changes_fit), effects=(effects.change,),
                   data=Change, needs=DISCUSSED),
        Transition("defer", {CURRENT}, PLANNED, office, "Leave it for later."),
        Transition("drop", {PLANNED, CURRENT, DECIDED}, DROPPED, system,
                   "Its proposal is not evaluated any more.", effects=(effects.put_off,)),
    ),
)  # fmt: skip
