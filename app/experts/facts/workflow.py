"""The tables of employments and collaborations."""

from collections.abc import Iterable
from typing import Any

from app.core.reason import Reason
from app.experts.access import oneself
from app.experts.facts import effects
from app.experts.facts.access import collaborator, employed
from app.experts.facts.models import FactState
from app.experts.facts.schemas import CollaborationData, EmploymentData
from app.experts.models import Expert
from app.people.access import office
from app.workflow.run import fill
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import Who, system

Why = Iterable[Reason]
STATED, WITHDRAWN = FactState.STATED, FactState.WITHDRAWN
NAMED = ("organisation_id", "organisation_name")


def _after(fact: Any, ask: Ask, name: str) -> Any:
    """A field as it would be: what is sent, or else what the fact says; a new one is under its expert yet."""
    new = isinstance(fact, Expert)
    return getattr(ask.data if new or name in ask.data.model_fields_set else fact, name)


def begins_before_it_ends(fact: Any, ask: Ask) -> Why:
    if ask.data is not None:
        since, until = _after(fact, ask, "since"), _after(fact, ask, "until")
        if since is not None and until is not None and until < since:
            yield Reason("ends-too-early", "It ends before it begins.", "/body/until", "sender")


def organisation_once(fact: Any, ask: Ask) -> Why:
    if (
        ask.data is not None
        and _after(fact, ask, "organisation_id")
        and _after(fact, ask, "organisation_name")
    ):
        told = "An organisation is named by its id, or else by its name."
        yield Reason("named-twice", told, "/body/organisation_name", "sender")


def somewhere(fact: Any, ask: Ask) -> Why:
    if ask.data is not None and not any(_after(fact, ask, name) for name in NAMED):
        yield Reason("nowhere", "It does not say where.", "/body/organisation_name", "sender")


def with_somebody(fact: Any, ask: Ask) -> Why:
    someone = (*NAMED, "person_name", "person_email")
    if ask.data is not None and not any(_after(fact, ask, name) for name in someone):
        yield Reason("with-nobody", "It does not say with whom.", "/body/person_name", "sender")


def _table(entity: str, who: Who, data: type[Any], named: Any, doc: str) -> Workflow:
    guards = (named, organisation_once, begins_before_it_ends)
    return Workflow(
        entity,
        FactState,
        final={WITHDRAWN},
        transitions=(
            Transition("add", set(), STATED, office | oneself, doc, guards=guards, data=data,
                       effects=(effects.of_expert, effects.organisation_known, fill), under="expert"),
            Transition("edit", {STATED}, None, office | who, "Correct it.", guards=guards, data=data,
                       effects=(effects.organisation_known, fill)),
            Transition("withdraw", {STATED}, WITHDRAWN, office | who, "Take it back: it was an error."),
            Transition("follow_merge", {STATED}, None, system, "The organisation was merged into another.",
                       effects=(effects.follow,)),
        ),
    )  # fmt: skip


EMPLOYMENT = _table(
    "employment", employed, EmploymentData, somewhere, "State where the expert works or has worked."
)
COLLABORATION = _table(
    "collaboration", collaborator, CollaborationData, with_somebody,
    "State with whom the expert works or has worked.",
)  # fmt: skip
