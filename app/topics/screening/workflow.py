"""The table of screenings."""

from collections.abc import Iterable

from app.core.reason import Reason
from app.people.access import committee, committee_chair
from app.topics.access import screener
from app.topics.models import Topic, TopicState
from app.topics.screening import effects
from app.topics.screening.access import judge
from app.topics.screening.models import Screening, ScreeningState
from app.topics.screening.schemas import Edit, Give
from app.topics.workflow import not_being_voted_on
from app.workflow.run import fill
from app.workflow.table import Ask, Transition, Workflow

Why = Iterable[Reason]
GIVEN = ScreeningState.GIVEN


def still_an_idea(topic: Topic, ask: Ask) -> Why:
    if topic.state != TopicState.IDEA:
        yield Reason("not-an-idea", "Only an idea that waits to be screened is scored.")


def not_decided(screening: Screening, ask: Ask) -> Why:
    yield from still_an_idea(screening.topic, ask)
    yield from not_being_voted_on(screening.topic, ask)


SCREENING = Workflow(
    "screening",
    ScreeningState,
    final={GIVEN},
    transitions=(
        Transition("score", set(), GIVEN, screener,
                   "Score an idea against the objectives of the programme (T-02).",
                   guards=(still_an_idea, not_being_voted_on), effects=(fill, effects.judge), data=Give,
                   under="topic", needs=("votes",)),
        Transition("edit", {GIVEN}, None, judge & (committee | committee_chair),
                   "Change it until the idea is voted on.", guards=(not_decided,),
                   effects=(fill, effects.of_this_version), data=Edit, needs=("topic.votes",)),
    ),
)  # fmt: skip
