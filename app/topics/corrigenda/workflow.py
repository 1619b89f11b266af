"""The table of corrigenda."""

from collections.abc import Iterable, Iterator
from typing import Any

from app.core.reason import Reason
from app.people.access import office
from app.topics.corrigenda import effects
from app.topics.corrigenda.models import Corrigendum, CorrigendumState
from app.topics.corrigenda.schemas import DraftCorrigendum, EditCorrigendum
from app.topics.models import Topic, TopicState
from app.topics.programme import programme
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import system

Why = Iterable[Reason]
DRAFTED, ADOPTED = CorrigendumState.DRAFTED, CorrigendumState.ADOPTED
NOT_ADOPTED, WITHDRAWN = CorrigendumState.NOT_ADOPTED, CorrigendumState.WITHDRAWN
FROZEN = (TopicState.ADOPTED, TopicState.IN_CALL)


def frozen(topic: Topic, ask: Ask) -> Why:
    if topic.state not in FROZEN:
        yield Reason("not-adopted", "A corrigendum changes an adopted text that is not closed.", who="office")


def none_drafted(topic: Any, ask: Ask) -> Why:
    if any(each.state == DRAFTED for each in topic.corrigenda):
        yield Reason("corrigendum-drafted", "Another corrigendum is drafted.", "/corrigenda", "office")


def changes_something(subject: object, ask: Ask) -> Why:
    if ask.data is None or "changes" not in ask.data.model_fields_set:
        return
    named = ask.data.changes.model_fields_set
    if not named:
        yield Reason("no-change", "It does not say what changes.", "/body/changes", "sender")
    yield from _refused(ask.data.changes, named)


def _refused(changes: Any, named: set[str]) -> Iterator[Reason]:
    """The reference stays; what every topic must say is not taken out of an adopted one."""
    if "reference" in named:
        told = "A topic keeps its reference once it is adopted."
        yield Reason("reference-stays", told, "/body/changes/reference", "sender")
    for name, words in programme().fields.items():
        if name in named and not getattr(changes, name):
            told = f"The topic would no longer say {words}."
            yield Reason(f"{name.replace('_', '-')}-missing", told, f"/body/changes/{name}", "sender")


def not_being_voted_on(corrigendum: Corrigendum, ask: Ask) -> Why:
    if corrigendum.votes:
        yield Reason("being-voted-on", "The committee is voting on this corrigendum.", who="committee")


CORRIGENDUM = Workflow(
    "corrigendum",
    CorrigendumState,
    final={ADOPTED, NOT_ADOPTED, WITHDRAWN},
    transitions=(
        Transition("draft", set(), DRAFTED, office, "Draft a change of an adopted text (T-07).",
                   guards=(frozen, none_drafted, changes_something), effects=(effects.place,),
                   data=DraftCorrigendum, under="topic", needs=("corrigenda",)),
        Transition("edit", {DRAFTED}, None, office, "Change the draft of it.",
                   guards=(not_being_voted_on, changes_something), effects=(effects.write,),
                   data=EditCorrigendum, needs=("votes",)),
        Transition("withdraw", {DRAFTED}, WITHDRAWN, office, "Give it up.", guards=(not_being_voted_on,),
                   needs=("votes",)),
        Transition("adopt", {DRAFTED}, ADOPTED, system, "The deciding body has voted for it (T-07).",
                   effects=(effects.number_it,)),
        Transition("reject", {DRAFTED}, NOT_ADOPTED, system, "The deciding body has voted against it."),
    ),
)  # fmt: skip
