"""The table of requests for full texts."""

from collections.abc import Iterable

from app.core.reason import Reason
from app.decisions.full_text.models import FullTextRequest, FullTextState
from app.decisions.full_text.schemas import AskForText
from app.evaluation.panel.access import decider
from app.evaluation.panel.models import Panel
from app.workflow.run import Act, fill
from app.workflow.table import Ask, Transition, Workflow


def above_the_thresholds(panel: Panel, ask: Ask) -> Iterable[Reason]:
    """One answer for what is below a threshold and what is not there at all."""
    above = {place.proposal_id for place in panel.places if place.above}
    if ask.data is not None and ask.data.proposal_id not in above:
        told = "This is no proposal above the thresholds of this list."
        yield Reason("not-above", told, "/proposal_id", "sender")


async def ask_for(request: FullTextRequest, act: Act) -> None:
    panel: Panel = act.parent
    assert act.actor.id is not None
    request.panel_id, request.topic_id, request.account_id = panel.id, panel.topic_id, act.actor.id


FULL_TEXT_REQUEST = Workflow(
    "full_text_request",
    FullTextState,
    final={FullTextState.GIVEN},
    title="request for a full text",
    transitions=(
        Transition("ask", set(), FullTextState.GIVEN, decider,
                   "Read what a proposal above the thresholds has handed in, with the reason; a copy names "
                   "its reader, and each reading is on record.",
                   guards=(above_the_thresholds,), effects=(fill, ask_for), data=AskForText, under="panel",
                   needs=("places",)),
    ),
)  # fmt: skip
