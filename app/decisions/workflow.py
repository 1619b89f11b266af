"""The table of decisions."""

from collections.abc import Iterable

from app.core.reason import Reason
from app.decisions import effects
from app.decisions.models import Decision, DecisionState
from app.evaluation.panel.effects import digest
from app.evaluation.panel.models import Panel
from app.people.access import office
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import system

ADOPTED = DecisionState.ADOPTED
RELEASED = DecisionState.RELEASED


def list_as_closed(panel: Panel | None, ask: Ask) -> Iterable[Reason]:
    if panel is None or digest(panel) != panel.digest:
        yield Reason("list-changed", "The list is not the one that the panel closed.", who="office")


def summaries_cleared(decision: Decision, ask: Ask) -> Iterable[Reason]:
    """What is released may not tell who evaluated."""
    if held := len(decision.held_summaries):
        told = f"{held} summary reports of the list may tell who evaluated; settle what was found in them."
        yield Reason("summaries-held", told, "/summaries", "office")


DECISION = Workflow(
    "decision",
    DecisionState,
    final={RELEASED},
    transitions=(
        Transition("adopt", set(), ADOPTED, system, "The committee has adopted the list (K-03).",
                   guards=(list_as_closed,), effects=(effects.draw,)),
        Transition("release", {ADOPTED}, RELEASED, office,
                   "Release the results: outcomes are set and every coordinator gets a letter (K-01).",
                   guards=(summaries_cleared,), effects=(effects.date_release,),
                   needs=("lines", "held_summaries"), second=True),
    ),
)  # fmt: skip
