"""The table of letters."""

from app.decisions.letter import effects
from app.decisions.letter.models import LetterState
from app.workflow.table import Transition, Workflow
from app.workflow.who import system

SENT, OPENED = LetterState.SENT, LetterState.OPENED

LETTER = Workflow(
    "letter",
    LetterState,
    final={OPENED},
    title="letter to applicants",
    transitions=(
        Transition("write", set(), SENT, system, "It is written from what the proposal now is, and sent.",
                   effects=(effects.seal,)),
        Transition("open", {SENT}, OPENED, system, "The first of the contacts reads it (Z-01).",
                   effects=(effects.keep_opening,), needs=("openings",)),
        Transition("open", {OPENED}, None, system, "Another of the contacts reads it for the first time.",
                   effects=(effects.keep_opening,), needs=("openings",)),
    ),
)  # fmt: skip
