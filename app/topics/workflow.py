"""The table of topics."""

from collections.abc import Iterable
from typing import Any

from app.core.reason import Reason
from app.people.access import office
from app.topics import effects
from app.topics.access import co_author, proposer
from app.topics.consultation.models import ConsultationState
from app.topics.models import Topic, TopicState
from app.topics.programme import programme
from app.topics.rules import OF_AN_IDEA, SOURCES, unheard, unsaid, unwritten
from app.topics.schemas import Draft, Edit, Idea, Text
from app.workflow.run import fill
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import signed_in, system

Why = Iterable[Reason]
SKETCH = TopicState.SKETCH
IDEA = TopicState.IDEA
DRAFTING = TopicState.DRAFTING
CONSULTATION = TopicState.CONSULTATION
FINAL_DRAFT = TopicState.FINAL_DRAFT
ADOPTED = TopicState.ADOPTED
IN_CALL = TopicState.IN_CALL
CLOSED = TopicState.CLOSED
REJECTED = TopicState.REJECTED
MERGED = TopicState.MERGED
WITHDRAWN = TopicState.WITHDRAWN


def complete(topic: Topic, ask: Ask) -> Why:
    yield from unwritten(topic, programme().fields)


def every_kind_heard(topic: Any, ask: Ask) -> Why:
    yield from unheard(topic.rounds, programme().kinds)


def of_the_idea(topic: Topic, ask: Ask) -> Why:
    """A proposer writes what an idea says; the rest is the office's, once it drafts."""
    if ask.data is not None:
        for name in sorted(ask.data.model_fields_set - set(Idea.model_fields)):
            yield Reason(
                "not-of-an-idea", f"An idea has no {name.replace('_', ' ')}.", f"/body/{name}", "office"
            )


def _says(topic: Topic) -> dict[str, Any]:
    return {name: getattr(topic, name) for name in (*OF_AN_IDEA, *SOURCES)}


def says_enough(topic: Topic, ask: Ask) -> Why:
    yield from unsaid(_says(topic))


def still_says_enough(topic: Topic, ask: Ask) -> Why:
    """What has been handed in stays complete."""
    if ask.data is not None:
        sent = {name: getattr(ask.data, name) for name in ask.data.model_fields_set}
        yield from unsaid(_says(topic) | sent)


def not_being_voted_on(topic: Topic, ask: Ask) -> Why:
    if topic.votes:
        yield Reason("being-voted-on", "The committee is voting on this text.", who="committee")


def no_round_open(topic: Any, ask: Ask) -> Why:
    for each in topic.rounds:
        if each.state == ConsultationState.OPEN:
            yield Reason(
                "round-open", f"Round {each.number} of the consultation is open.", "/rounds", "office"
            )


TOPIC = Workflow(
    "topic",
    TopicState,
    final={CLOSED, REJECTED, MERGED, WITHDRAWN},
    transitions=(
        Transition("sketch", set(), SKETCH, signed_in, "Begin an idea, for oneself alone (T-01).",
                   effects=(effects.known_areas, fill, effects.name_idea), data=Idea, custom_route=True),
        Transition("draft", set(), DRAFTING, office, "Begin a draft (T-03).", effects=(fill,), data=Draft),
        Transition("edit", {SKETCH}, None, proposer, "Change one's own idea, or the draft (T-03).",
                   guards=(of_the_idea,), effects=(effects.known_areas, fill), data=Edit,
                   needs=("focus_links",)),
        Transition("edit", {IDEA}, None, proposer, "Change one's own idea until it is voted on.",
                   guards=(of_the_idea, still_says_enough, not_being_voted_on),
                   effects=(effects.known_areas, fill), data=Edit, needs=("focus_links", "votes")),
        Transition("edit", {DRAFTING}, None, office | co_author, "Change the draft (T-03).",
                   effects=(effects.known_areas, fill), data=Edit, needs=("focus_links",)),
        Transition("submit_idea", {SKETCH}, IDEA, proposer, "Hand it in to be screened (T-01).",
                   guards=(says_enough,), effects=(effects.date_idea,), needs=("focus_links",)),
        Transition("withdraw_idea", {SKETCH, IDEA}, WITHDRAWN, proposer,
                   "Take one's own idea back, for good.", guards=(not_being_voted_on,), needs=("votes",)),
        Transition("take_up", {IDEA}, DRAFTING, system, "The committee has voted for the idea (T-02)."),
        Transition("turn_down", {IDEA}, REJECTED, system, "The committee has voted against the idea (T-02)."),
        Transition("merge", {IDEA}, MERGED, system, "The committee has voted to merge it (T-02).",
                   effects=(effects.keep_target,)),
        Transition("absorb", {IDEA, DRAFTING}, None, system, "An idea has been merged into it (T-02).",
                   effects=(effects.note_merged,)),
        Transition("consult", {DRAFTING}, CONSULTATION, system, "A round of consultation opens (T-05)."),
        Transition("finalise", {DRAFTING, CONSULTATION}, FINAL_DRAFT, office,
                   "Hold the draft ready for the vote (T-05).",
                   guards=(complete, no_round_open, every_kind_heard), needs=("rounds.bodies",)),
        Transition("redraft", {CONSULTATION, FINAL_DRAFT}, DRAFTING, office, "Take it back for more work.",
                   guards=(no_round_open, not_being_voted_on), needs=("rounds", "votes")),
        Transition("adopt", {FINAL_DRAFT}, ADOPTED, system, "The deciding body has voted for it (T-06).",
                   effects=(effects.freeze,)),
        Transition("correct", {ADOPTED, IN_CALL}, None, system, "The vote has adopted a corrigendum (T-07).",
                   effects=(fill, effects.begin_edition), data=Text),
        Transition("put_in_call", {ADOPTED}, IN_CALL, system, "Its call is published (T-07)."),
        Transition("close", {IN_CALL}, CLOSED, system, "The results of its last stage are released."),
        Transition("relaunch", {IN_CALL}, ADOPTED, system,
                   "It has left its call, withdrawn or cancelled, and may stand in another."),
    ),
)  # fmt: skip
