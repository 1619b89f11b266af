"""The table of opinions."""

from collections.abc import Iterable
from typing import Any

from app.core.reason import Reason
from app.people.access import office
from app.topics.attachments import Attach
from app.topics.models import Topic
from app.topics.opinions import effects
from app.topics.opinions.access import ADVANCED, advisory_chair, chair_of_its_body
from app.topics.opinions.models import OpinionState
from app.topics.opinions.schemas import GiveOpinion, WithdrawOpinion
from app.topics.workflow import not_being_voted_on
from app.workflow.run import fill
from app.workflow.table import Ask, Transition, Workflow

Why = Iterable[Reason]
GIVEN, WITHDRAWN = OpinionState.GIVEN, OpinionState.WITHDRAWN


def advanced(topic: Topic, ask: Ask) -> Why:
    if topic.state not in ADVANCED:
        yield Reason("not-advanced", "An opinion is about a text in consultation or a final draft.")


def its_text_open(opinion: Any, ask: Ask) -> Why:
    yield from advanced(opinion.topic, ask)
    yield from not_being_voted_on(opinion.topic, ask)


OPINION = Workflow(
    "topic_opinion",
    OpinionState,
    final={WITHDRAWN},
    title="opinion",
    transitions=(
        Transition("give", set(), GIVEN, office | advisory_chair,
                   "Say what an advisory body thinks of the text (T-05).",
                   guards=(advanced, not_being_voted_on), effects=(fill, effects.give), data=GiveOpinion,
                   under="topic", needs=("opinions", "votes")),
        Transition("attach", {GIVEN}, None, office | chair_of_its_body, "Attach its PDF, before the vote.",
                   guards=(its_text_open,), effects=(fill,), data=Attach, needs=("topic.votes",),
                   custom_route=True),
        Transition("withdraw", {GIVEN}, WITHDRAWN, office | chair_of_its_body,
                   "Take back what was given in error, before the vote.",
                   guards=(its_text_open,), effects=(fill,), data=WithdrawOpinion, needs=("topic.votes",)),
    ),
)  # fmt: skip
