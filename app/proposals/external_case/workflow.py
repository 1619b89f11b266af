"""The table of external cases."""

from collections.abc import Iterable

from app.calls.periods import day_of
from app.core.reason import Reason
from app.people.access import office
from app.proposals.external_case import effects
from app.proposals.external_case.models import ExternalCase, ExternalCaseState
from app.proposals.external_case.schemas import CloseCase, NoteCase
from app.workflow.run import Act, fill, refuse
from app.workflow.table import Ask, Transition, Workflow

Why = Iterable[Reason]
NOTED, OPEN, CLOSED = ExternalCaseState.NOTED, ExternalCaseState.OPEN, ExternalCaseState.CLOSED


def lodged_by_now(proposal: object, ask: Ask) -> Why:
    if ask.data is not None and ask.data.lodged_on > day_of(ask.now):
        yield Reason("not-yet", "The case has not been lodged by now.", "/lodged_on", "office")


def by_another_officer(case: ExternalCase, ask: Ask) -> Why:
    if ask.actor.id == case.noted_by:
        yield Reason("second-officer", "You have noted it; another officer must confirm it.", who="office")
    if ask.actor.id == case.auditor_id:
        told = "You are named to read the file; another officer must confirm it."
        yield Reason("named-to-it", told, who="office")


def closed_after_it_was_lodged(case: ExternalCase, ask: Ask) -> Why:
    if ask.data is not None and not case.lodged_on <= ask.data.closed_on <= day_of(ask.now):
        told = "A case is closed on a day since it was lodged, by now."
        yield Reason("closed-when", told, "/closed_on", "office")


async def only_by_and_for_who_stands_apart(case: ExternalCase, act: Act) -> None:
    """Effect: neither who notes it nor who is to read the file has ever applied on the topic."""
    if reasons := await effects.who_stands_in_the_way(case, act):
        raise refuse(EXTERNAL_CASE, "note", None, act, reasons)


EXTERNAL_CASE = Workflow(
    "external_case",
    ExternalCaseState,
    final={CLOSED},
    title="case before a court or the ombudsman",
    transitions=(
        Transition("note", set(), NOTED, office, "Note that a case about the proposal is under way (Z-07).",
                   guards=(lodged_by_now,),
                   effects=(only_by_and_for_who_stands_apart, fill, effects.keep), data=NoteCase,
                   under="proposal"),
        Transition("confirm", {NOTED}, OPEN, office,
                   "Confirm it, as another officer; who is named to it may read the file from now on.",
                   guards=(by_another_officer,)),
        Transition("close", {NOTED, OPEN}, CLOSED, office, "Say how it has ended, or that it was none.",
                   guards=(closed_after_it_was_lodged,), effects=(effects.close,), data=CloseCase,
                   second=True),
    ),
)  # fmt: skip
