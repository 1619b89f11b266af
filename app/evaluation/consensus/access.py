"""Who sees a consensus report: the group, who moderates or reads for it, the office, the observer."""

from sqlalchemy import ColumnElement, and_, exists, not_
from sqlalchemy.orm import aliased

from app.evaluation.consensus.meeting import CrossReader, Moderator
from app.evaluation.consensus.models import Consensus, ConsensusState
from app.evaluation.observer.access import observes_proposal
from app.evaluation.report.access import has_sealed
from app.experts.access import free_in
from app.experts.conflicts.queries import bars
from app.experts.models import SEATED, Assignment, AssignmentState, Contract, Expert
from app.experts.queries import in_force
from app.people.access import office
from app.proposals.models import Proposal
from app.workflow.sight import Sight, relation
from app.workflow.who import Actor

Condition = ColumnElement[bool]
_seat = aliased(Assignment)


def _drafted_by(actor: Actor) -> Condition | None:
    free = free_in(actor, AssignmentState.REPORTED)
    return None if free is None else exists().where(Assignment.id == Consensus.rapporteur_id, free)


def _moderated_by(actor: Actor) -> Condition | None:
    """The office has named the actor: an officer, or an expert free of conflict and with no seat there."""
    stands = Consensus.state != ConsensusState.VOIDED
    named = and_(stands, Moderator.consensus_id == Consensus.id, Moderator.until.is_(None))
    if "office" in actor.roles:
        return exists().where(named, Moderator.account_id == actor.id)
    return exists().where(named, _free_without_seat(actor)) if "expert" in actor.roles else None


def _free_without_seat(actor: Actor) -> Condition:
    theirs = and_(
        Contract.id == Moderator.contract_id,
        Expert.id == Contract.expert_id,
        Expert.account_id == actor.id,
        in_force(),
    )
    barred = exists().where(bars(Contract.expert_id, Consensus.proposal_id, Consensus.topic_id, Contract.id))
    seated = exists().where(
        _seat.expert_id == Contract.expert_id,
        _seat.proposal_id == Consensus.proposal_id,
        _seat.state.in_(SEATED),
    )
    return and_(theirs, not_(barred), not_(seated))


def _read_by(actor: Actor, across: bool) -> Condition | None:
    free = free_in(actor, AssignmentState.ACCEPTED)
    if free is None:
        return None
    return exists().where(
        Consensus.state != ConsensusState.VOIDED,
        CrossReader.consensus_id == Consensus.id,
        CrossReader.across.is_(across),
        Assignment.id == CrossReader.assignment_id,
        free,
    )


def _read_by_moderator(actor: Actor) -> Condition | None:
    """Officers read proposals as staff; an expert who moderates reads the one."""
    moderates = None if "office" in actor.roles else _moderated_by(actor)
    if moderates is None:
        return None
    here = and_(Consensus.proposal_id == Proposal.id, Consensus.state != ConsensusState.VOIDED)
    return exists().where(here, moderates)


rapporteur = relation("rapporteur", "the rapporteur", _drafted_by)
of_group = relation(
    "of_group",
    "an expert whose report is the group's",
    lambda actor: has_sealed(actor, Consensus.proposal_id, together=True),
)
moderator = relation("moderator", "the moderator", _moderated_by)
cross_reader = relation("cross_reader", "an expert asked to read", lambda actor: _read_by(actor, False))
comparing = relation(
    "comparing", "an expert of another panel, asked to compare", lambda actor: _read_by(actor, True)
)
watching = relation("watching", "the observer", lambda actor: observes_proposal(actor, Consensus.proposal_id))
insider = rapporteur | of_group | moderator | cross_reader
group = office | insider
reads_proposal = relation("reader", "the moderator of its group", _read_by_moderator)
"""Gives an expert who moderates sight of the proposal."""

SIGHTS = {
    Consensus: Sight(
        (rapporteur, of_group, moderator, cross_reader, comparing, watching, office), topic=Consensus.topic_id
    )
}
