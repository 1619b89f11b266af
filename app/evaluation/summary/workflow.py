"""The table of summary reports."""

from collections.abc import Iterable

from app.core.reason import Reason
from app.evaluation.summary import effects
from app.evaluation.summary.models import Summary, SummaryState
from app.evaluation.summary.passages import overlapping, standing
from app.evaluation.summary.schemas import RedactPassage, SettleFinding
from app.people.access import office
from app.workflow.table import Ask, State, Transition, Workflow
from app.workflow.who import system

Why = Iterable[Reason]
HELD = SummaryState.HELD
CLEARED = SummaryState.CLEARED
RELEASED = SummaryState.RELEASED
WITHHELD = SummaryState.WITHHELD
SUPERSEDED = SummaryState.SUPERSEDED
VOIDED = SummaryState.VOIDED


def finding_is_open(summary: Summary, ask: Ask) -> Why:
    if ask.data is not None and ask.data.finding not in {one.number for one in summary.open_findings}:
        yield Reason("no-open-finding", "No finding with this number is open.", "/finding", "office")


def nothing_open(summary: Summary, ask: Ask) -> Why:
    if left := len(summary.open_findings):
        yield Reason("findings-open", f"{left} findings of it are open.", "/findings", "office")


def passage_stands(summary: Summary, ask: Ask) -> Why:
    """It stands there word for word, and is no finding that waits to be settled."""
    if ask.data is None:
        return
    found = standing(summary, ask.data.criterion, ask.data.text)
    if not found:
        told = "It does not stand there word for word, or is taken out already."
        yield Reason("no-such-passage", told, "/text", "office")
    length = len(ask.data.text)
    inside = [one for place, offset in found for one in overlapping(summary, place, offset, length)]
    for one in inside:
        if one.settled is None:
            told = f"It is part of finding {one.number}; settle that one."
            yield Reason("is-a-finding", told, f"/findings/{one.number}", "office")


FOUND = ("versions", "findings")
UNTOLD: frozenset[State] = frozenset({HELD, CLEARED})
SUMMARY = Workflow(
    "summary",
    SummaryState,
    final={RELEASED, WITHHELD, SUPERSEDED, VOIDED},
    title="evaluation summary report",
    transitions=(
        Transition("write", set(), HELD, system,
                   "The panel has closed its list: what applicants will read is made and searched (V-21).",
                   effects=(effects.note_content,), under="panel"),
        Transition("dismiss_finding", {HELD}, None, office,
                   "Say why a finding does not tell who evaluated.",
                   guards=(finding_is_open,), effects=(effects.dismiss,), data=SettleFinding, needs=FOUND),
        Transition("redact_finding", {HELD}, None, office,
                   "Take the passage of a finding out: the next version; the one before is kept.",
                   guards=(finding_is_open,), effects=(effects.redact,), data=SettleFinding, needs=FOUND),
        Transition("redact_passage", {HELD, CLEARED}, None, office,
                   "Take a passage out that tells who evaluated and was not found: the next version.",
                   guards=(passage_stands,), effects=(effects.redact_passage,), data=RedactPassage,
                   needs=FOUND),
        Transition("clear", {HELD}, CLEARED, system, "Nothing in it may tell who evaluated.",
                   guards=(nothing_open,), needs=FOUND),
        Transition("release", {CLEARED}, RELEASED, system,
                   "The outcome of its proposal is released: its consortium reads it."),
        Transition("withhold", {CLEARED}, WITHHELD, system,
                   "Its proposal goes on to the next stage: its consortium reads no scores (V-23)."),
        Transition("supersede", UNTOLD, SUPERSEDED, system,
                   "The list is made anew; the next version of it makes the next report."),
        Transition("void", UNTOLD, VOIDED, system,
                   "Its call is cancelled, or its proposal has left before the outcome."),
    ),
)  # fmt: skip
