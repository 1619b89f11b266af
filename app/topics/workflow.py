"""The table of topics."""

from collections.abc import Iterable

from app.core.reason import Reason
from app.people.access import office
from app.topics.models import Topic, TopicState
from app.topics.rules import unwritten
from app.topics.schemas import Draft, Edit
from app.workflow.run import fill
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import system

DRAFTING = TopicState.DRAFTING
FINAL_DRAFT = TopicState.FINAL_DRAFT
ADOPTED = TopicState.ADOPTED
IN_CALL = TopicState.IN_CALL
CLOSED = TopicState.CLOSED


def complete(topic: Topic, ask: Ask) -> Iterable[Reason]:
    yield from unwritten(topic)


TOPIC = Workflow(
    "topic",
    TopicState,
    final={CLOSED},
    transitions=(
        Transition("draft", set(), DRAFTING, office, "Begin a draft (T-03).", effects=(fill,), data=Draft),
        Transition("edit", {DRAFTING}, None, office, "Change the draft.", effects=(fill,), data=Edit),
        Transition("finalise", {DRAFTING}, FINAL_DRAFT, office, "Hold the draft ready for the vote.",
                   guards=(complete,)),
        Transition("redraft", {FINAL_DRAFT}, DRAFTING, office, "Take it back for more work."),
        Transition("adopt", {FINAL_DRAFT}, ADOPTED, system, "The deciding body has voted for it (T-06)."),
        Transition("put_in_call", {ADOPTED}, IN_CALL, system, "Its call is published (T-07)."),
        Transition("close", {IN_CALL}, CLOSED, system, "The results of its last stage are released."),
    ),
)  # fmt: skip
