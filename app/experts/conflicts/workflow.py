"""The tables of conflicts of interest and of settled identities."""

from collections.abc import Iterable

from app.core.reason import Reason
from app.experts.conflicts import effects
from app.experts.conflicts.models import Conflict, ConflictState, IdentityState
from app.experts.conflicts.schemas import (
    Concerns,
    Correct,
    Decide,
    Detected,
    NameConflict,
    OfPerson,
    Record,
    Settle,
)
from app.experts.models import Expert
from app.people.access import office
from app.topics.programme import programme
from app.workflow.run import Act, refuse
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import system

Why = Iterable[Reason]
FOUND = ConflictState.FOUND
DECLARED = ConflictState.DECLARED
BLOCKING = ConflictState.BLOCKING
WAIVED = ConflictState.WAIVED
WITHDRAWN = ConflictState.WITHDRAWN
SETTLED = IdentityState.SETTLED


def only_potential(conflict: Conflict, ask: Ask) -> Why:
    if programme().conflicts.by_code[conflict.situation].disqualifies:
        yield Reason("disqualifying", f"{conflict.situation} disqualifies and is never waived.")


def of_another(conflict: Conflict, ask: Ask) -> Why:
    if conflict.account_id == ask.actor.id:
        yield Reason("own-conflict", "Nobody decides on a conflict of their own.", who="another officer")


async def there_is_one(conflict: Conflict, act: Act) -> None:
    """Effect: refuse to record what neither data nor a text show."""
    if not conflict.path:
        told = f"Data show no {act.data.situation} with this proposal; say what it is."
        reason = Reason("nothing-found", told, "/body/text", "office")
        raise refuse(CONFLICT, "record", conflict, act, [reason])


def a_person_or_a_name(expert: Expert, ask: Ask) -> Why:
    if ask.data is None:
        return
    person, name = ask.data.person_id is not None, ask.data.name is not None
    if person == name or name != (ask.data.organisation_id is not None):
        told = "It names a person of a partner, or else a name and an organisation."
        yield Reason("who-is-meant", told, "/body/person_id", "sender")


CONFLICT = Workflow(
    "conflict",
    ConflictState,
    final={WAIVED, WITHDRAWN},
    title="conflict of interest",
    transitions=(
        Transition("find", set(), FOUND, office, "Record a conflict that has come to light.",
                   effects=(effects.name_seat,), data=NameConflict, under="assignment", needs=("expert",)),
        Transition("record", set(), FOUND, office,
                   "Record a conflict of anybody with a proposal: of experts, members, officers, observers.",
                   effects=(effects.take_what_data_show, there_is_one), data=Record, under="proposal"),
        Transition("detect", set(), FOUND, system, "Data have come to show it.",
                   effects=(effects.take_what_was_detected,), data=Detected),
        Transition("declare", set(), DECLARED, system, "The expert has declared it.",
                   effects=(effects.name_seat,)),
        Transition("declare_oneself", set(), DECLARED, system, "Who was to read the proposal declares it.",
                   effects=(effects.take_of_person,), data=OfPerson),
        Transition("detect_of_person", set(), FOUND, system, "Data show it of who was to read the proposal.",
                   effects=(effects.take_of_person,), data=OfPerson),
        Transition("declare_listed", set(), DECLARED, system,
                   "The expert has declared it with an applicant of a blind stage.",
                   effects=(effects.take_what_it_concerns,), data=Concerns),
        Transition("confirm", {FOUND, DECLARED}, BLOCKING, office, "Confirm, with the reason, that it bars.",
                   guards=(of_another,), effects=(effects.keep_reason,), data=Decide),
        Transition("waive", {FOUND, DECLARED, BLOCKING}, WAIVED, office,
                   "Waive it, with the reason; never one that disqualifies.",
                   guards=(only_potential, of_another), effects=(effects.keep_reason,), data=Decide,
                   second=True),
        Transition("withdraw", {FOUND, DECLARED, BLOCKING}, WITHDRAWN, office,
                   "Withdraw, with the reason, what was an error; what data show stays found.",
                   guards=(of_another,), effects=(effects.keep_reason,), data=Decide, second=True),
    ),
)  # fmt: skip

IDENTITY = Workflow(
    "identity",
    IdentityState,
    final={SETTLED},
    title="settled identity",
    transitions=(
        Transition("settle", set(), SETTLED, office,
                   "Settle whether two are one: an expert and a person, a name and an organisation.",
                   guards=(a_person_or_a_name,), effects=(effects.name_both, effects.settle), data=Settle,
                   under="expert"),
        Transition("correct", {SETTLED}, None, office, "Settle it the other way, with the reason.",
                   effects=(effects.settle,), data=Correct),
    ),
)  # fmt: skip
