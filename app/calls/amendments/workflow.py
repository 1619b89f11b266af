"""The table of amendments."""

from collections.abc import Iterable

from app.calls.access import impartial
from app.calls.amendments import effects
from app.calls.amendments.models import AmendmentState
from app.calls.amendments.schemas import Correct
from app.calls.models import Call
from app.calls.workflow import call_is_out
from app.core.reason import Reason
from app.people.access import office
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import system

Why = Iterable[Reason]
PUBLISHED = AmendmentState.PUBLISHED


def gives_time(call: Call, ask: Ask) -> Why:
    """What touches scope, eligibility or budget comes with more time, as the rules of the call say."""
    if ask.data is None:
        return
    if not ask.data.touches and ask.data.deadline is not None:
        told = "A corrigendum that touches nothing moves no deadline; extend the stage."
        yield Reason("deadline-not-asked", told, "/deadline", "office")
    yield from effects.no_time(call, ask.data.touches, ask.data.deadline, ask.now)


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
