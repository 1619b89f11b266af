"""The table of co-authors."""

from collections.abc import Iterable

from app.core.reason import Reason
from app.people.access import office
from app.topics.co_authors import effects
from app.topics.co_authors.access import oneself
from app.topics.co_authors.models import CoAuthor, CoAuthorState
from app.topics.co_authors.schemas import InviteAuthor
from app.topics.models import Topic, TopicState
from app.workflow.run import fill
from app.workflow.table import Ask, Transition, Workflow

Why = Iterable[Reason]
INVITED, ACTIVE, ENDED = CoAuthorState.INVITED, CoAuthorState.ACTIVE, CoAuthorState.ENDED


def being_drafted(topic: Topic, ask: Ask) -> Why:
    if topic.state != TopicState.DRAFTING:
        yield Reason("not-a-draft", "Co-authors are invited to a text that is being drafted.", who="office")


def still_open(author: CoAuthor, ask: Ask) -> Why:
    """A final draft may be voted on, and its writers are taken out of a vote when it opens."""
    if author.topic.state not in (TopicState.DRAFTING, TopicState.CONSULTATION):
        yield Reason("not-a-draft", "The text is no longer being drafted.", who="office")


CO_AUTHOR = Workflow(
    "co_author",
    CoAuthorState,
    final={ENDED},
    title="co-author",
    transitions=(
        Transition("invite", set(), INVITED, office, "Ask somebody to write with the office (T-03).",
                   guards=(being_drafted,), effects=(fill, effects.ask_to_write), data=InviteAuthor,
                   under="topic"),
        Transition("accept", {INVITED}, ACTIVE, oneself, "Take part in the draft; one does not vote on it.",
                   guards=(still_open,), effects=(effects.take_part,), needs=("topic",)),
        Transition("end", {INVITED, ACTIVE}, ENDED, office | oneself, "Decline, or write no more."),
    ),
)  # fmt: skip
