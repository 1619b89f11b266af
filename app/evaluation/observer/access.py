"""Who observes: named by the office, has declared, within the dates; a conflict takes the topic away."""

from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from app.calls.models import Call, Stage, TopicStage
from app.evaluation.observer.models import Observation, ObservationState
from app.people.access import auditor, office
from app.proposals.access import NOT_HANDED_IN, impartial
from app.proposals.models import Proposal
from app.workflow.sight import Relation, Sight, name_of, relation
from app.workflow.who import Actor

Condition = ColumnElement[bool]
# Once, and under names of their own: the statements that ask may have topics and proposals beside.
_part, _stage, _read, _held = aliased(TopicStage), aliased(Stage), aliased(Proposal), aliased(Observation)


def observes(actor: Actor, topic_stage_id: Any) -> Condition | None:
    """The actor observes the call of the topic in this column, whose proposals were in when they declared."""
    if "observer" not in actor.roles:
        return None
    return (
        exists()
        .where(_part.id == topic_stage_id, _stage.id == _part.stage_id, _held.call_id == _stage.call_id)
        .where(_held.account_id == actor.id, _held.state == ObservationState.WATCHING)
        .where(_held.starts_at <= actor.at, actor.at < _held.ends_at, _stage.closes_at < _held.declared_at)
        .correlate_except(_part, _stage, _held)
    )


def observes_proposal(actor: Actor, proposal_id: Any) -> Condition | None:
    """The same of the proposal in this column, once it is handed in."""
    test = observes(actor, _read.topic_stage_id)
    if test is None:
        return None
    here = (_read.id == proposal_id, _read.state.not_in(NOT_HANDED_IN))
    return select(_read.id).where(*here, test).correlate_except(_read).exists()


def _of_call(actor: Actor) -> Condition | None:
    test = observes(actor, Proposal.topic_stage_id)
    return None if test is None else Proposal.state.not_in(NOT_HANDED_IN) & test


def impartially(role: Relation, model: Any) -> Relation:
    """The role, of whoever applies in no topic of the call that a row of this model is about."""

    def test(actor: Actor) -> Condition | None:
        free = impartial.predicate(actor) if name_of(role) in actor.roles else None
        if free is None:
            return None
        return select(Call.id).where(Call.id == model.call_id, free).correlate(model).exists()

    return relation(name_of(role), role.label, test)


appointed = relation("appointed", "the observer", lambda actor: Observation.account_id == actor.id, own=True)
reads_proposal = relation("reader", "the observer of its call", _of_call)
"""Gives the observer sight of what was handed in, as reviewers have it."""

SIGHTS = {
    Observation: Sight((appointed, impartially(office, Observation), impartially(auditor, Observation)))
}
