"""The table of amendments."""

from collections.abc import Iterable, Iterator

from app.calls.access import impartial
from app.calls.amendments import effects
from app.calls.amendments.effects import new_deadline, next_to_close
from app.calls.amendments.models import AmendmentState
from app.calls.amendments.schemas import Correct
from app.calls.models import Call, CallState
from app.calls.rules import instant
from app.core.reason import Reason
from app.people.access import office
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import system

Why = Iterable[Reason]
PUBLISHED = AmendmentState.PUBLISHED


def call_is_out(call: Call, ask: Ask) -> Why:
    if call.state not in (CallState.PUBLISHED, CallState.RUNNING):
        yield Reason("call-not-published", "Only a published call is amended.", who="office")


def gives_time(call: Call, ask: Ask) -> Iterator[Reason]:
    """What touches scope, eligibility or budget comes with more time, as the rules of the call say."""
    if ask.data is None or not ask.data.touches:
        if ask.data is not None and ask.data.deadline is not None:
            told = "A corrigendum that touches nothing moves no deadline; extend the stage."
            yield Reason("deadline-not-asked", told, "/deadline", "office")
        return
    stage = next_to_close(call, ask.now)
    if stage is None:
        told = "The deadline has passed: what was applied for is changed no more."
        yield Reason("deadline-passed", told, "/touches", "office")
        return
    least = new_deadline(call, stage, None)
    if ask.data.deadline is None and least is None:
        told = "The rules of the call name no days; say until when applicants have time."
        yield Reason("no-deadline", told, "/deadline", "office")
    elif ask.data.deadline is not None:
        bound = instant(least) if least is not None else stage.closes_at
        if instant(ask.data.deadline) < bound:
            told = f"Applicants have time until {least or stage.deadline} at least."
            yield Reason("too-soon", told, "/deadline", "office")


AMENDMENT = Workflow(
    "amendment",
    AmendmentState,
    final={PUBLISHED},
    transitions=(
        Transition("publish", set(), PUBLISHED, system, "What was changed is published, with its reason.",
                   effects=(effects.number,)),
        Transition("correct", set(), PUBLISHED, office & impartial,
                   "Issue a corrigendum; what touches scope, eligibility or budget gives more time.",
                   guards=(call_is_out, gives_time), effects=(effects.write, effects.number), data=Correct,
                   under="call", needs=("stages",)),
    ),
)  # fmt: skip
