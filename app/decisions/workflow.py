"""The table of decisions."""

from collections.abc import Iterable

from app.core.reason import Reason
from app.decisions import effects, preview
from app.decisions.models import Decision, DecisionState
from app.decisions.schemas import Release
from app.evaluation.panel.effects import digest
from app.evaluation.panel.models import Panel
from app.people.access import office
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import system

ADOPTED = DecisionState.ADOPTED
RELEASED = DecisionState.RELEASED
SUPERSEDED = DecisionState.SUPERSEDED


def list_as_closed(panel: Panel | None, ask: Ask) -> Iterable[Reason]:
    if panel is None or digest(panel) != panel.digest:
        yield Reason("list-changed", "The list is not the one that the panel closed.", who="office")


def nothing_fell(panel: Panel | None, ask: Ask) -> Iterable[Reason]:
    """A report that became void after the closing stands behind nothing that is decided."""
    if panel is not None and any(one.counts for one in panel.fallen):
        told = (
            "A report that the list stands on became void after it was closed; two officers reopen the list."
        )
        yield Reason("list-fell", told, "/fallen", "office")


def nothing_fell_since(decision: Decision, ask: Ask) -> Iterable[Reason]:
    if any(one.counts for one in decision.fallen):
        told = "A report that the list stands on became void; the committee returns the list to its panel."
        yield Reason("list-fell", told, "/fallen", "committee")


def as_previewed(decision: Decision, ask: Ask) -> Iterable[Reason]:
    """Nobody releases what they have not looked at."""
    if ask.data is not None and ask.data.digest != preview.digest_of(decision):
        told = "What would be released is not what this digest was made of; look at the preview again."
        yield Reason("preview-changed", told, "/digest", "office")


def summaries_cleared(decision: Decision, ask: Ask) -> Iterable[Reason]:
    """What is released may not tell who evaluated."""
    if held := len(decision.held_summaries):
        told = f"{held} summary reports of the list may tell who evaluated; settle what was found in them."
        yield Reason("summaries-held", told, "/summaries", "office")


DECISION = Workflow(
    "decision",
    DecisionState,
    final={RELEASED, SUPERSEDED},
    transitions=(
        Transition("adopt", set(), ADOPTED, system, "The committee has adopted the list (K-03).",
                   guards=(list_as_closed, nothing_fell), effects=(effects.draw,)),
        Transition("release", {ADOPTED}, RELEASED, office,
                   "Release the results as they were previewed, by the digest of the preview: outcomes are "
                   "set and every coordinator gets a letter (K-01).",
                   guards=(summaries_cleared, nothing_fell_since, as_previewed),
                   effects=(effects.date_release,), data=Release, needs=preview.NEEDS, second=True),
        Transition("supersede", {ADOPTED}, SUPERSEDED, system,
                   "The committee has returned its list to the panel; it stays as it was (A-01).",
                   effects=(effects.date_return,)),
    ),
)  # fmt: skip
