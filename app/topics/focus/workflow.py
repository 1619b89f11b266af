"""The table of focus areas."""

from app.people.access import office
from app.topics.focus.models import FocusAreaState
from app.topics.focus.schemas import Add, Relabel
from app.workflow.run import fill
from app.workflow.table import Transition, Workflow

ACTIVE, RETIRED = FocusAreaState.ACTIVE, FocusAreaState.RETIRED

FOCUS_AREA = Workflow(
    "focus_area",
    FocusAreaState,
    final={RETIRED},
    title="focus area",
    transitions=(
        Transition("add", set(), ACTIVE, office, "Add a term to the vocabulary.", effects=(fill,), data=Add),
        Transition("edit", {ACTIVE}, None, office, "Change its label.", effects=(fill,), data=Relabel),
        Transition("retire", {ACTIVE}, RETIRED, office, "Offer it no more; it stays where it was chosen."),
    ),
)  # fmt: skip
