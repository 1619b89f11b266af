"""Who sees an ethics screening: its experts and staff; its outcome, committee and applicant too."""

from sqlalchemy import ColumnElement, and_, exists, not_, select

from app.consortia.access import within
from app.evaluation.ethics.models import (
    AT_WORK,
    OUTCOMES,
    EthicsScreening,
    EthicsSeat,
    EthicsSeatState,
)
from app.evaluation.panel.access import SITTING
from app.evaluation.panel.models import Panel
from app.evaluation.panel.room.access import watches
from app.experts.conflicts.access import uninvolved_in
from app.experts.conflicts.queries import bars
from app.experts.models import Contract, Expert
from app.experts.queries import in_force
from app.people.access import auditor, office
from app.proposals.models import Proposal, ProposalState
from app.workflow.sight import Relation, Sight, relation
from app.workflow.who import Actor

Condition = ColumnElement[bool]
LIKELY = (ProposalState.EVALUATED, ProposalState.SELECTED, ProposalState.RESERVE)
"""Where a proposal is that may be funded yet: of any other an ethics expert sees nothing more."""


def _held(actor: Actor) -> Condition | None:
    """Seats under the actor's contracts in force, whatever conflict there is."""
    if "expert" not in actor.roles:
        return None
    mine = select(Contract.id).join(Contract.expert).where(Expert.account_id == actor.id)
    return EthicsSeat.contract_id.in_(mine.where(in_force()))


def _free(actor: Actor, state: EthicsSeatState) -> Condition | None:
    """Those in this state while there is something to screen, as long as no conflict stands against it."""
    held, seat = _held(actor), EthicsSeat
    if held is None:
        return None
    at_work = exists().where(
        EthicsScreening.id == seat.screening_id,
        EthicsScreening.state.in_(AT_WORK),
        Proposal.id == EthicsScreening.proposal_id,
        Proposal.state.in_(LIKELY),
    )
    barred = exists().where(bars(seat.expert_id, seat.proposal_id, seat.topic_id, seat.contract_id))
    here = at_work.correlate_except(EthicsScreening, Proposal)
    return and_(held, seat.state == state, here, not_(barred.correlate(seat)))


def _screened_by(actor: Actor) -> Condition | None:
    free = _free(actor, EthicsSeatState.ACCEPTED)
    if free is None:
        return None
    return exists().where(EthicsSeat.screening_id == EthicsScreening.id, free).correlate(EthicsScreening)


def _read_by(actor: Actor) -> Condition | None:
    free = _free(actor, EthicsSeatState.ACCEPTED)
    if free is None:
        return None
    return exists().where(EthicsSeat.proposal_id == Proposal.id, free).correlate(Proposal)


def _decided_by(actor: Actor) -> Condition | None:
    if not actor.roles & SITTING:
        return None
    closed = exists().where(Panel.id == EthicsScreening.panel_id, Panel.digest.is_not(None))
    return and_(EthicsScreening.state.in_(OUTCOMES), closed)


_released = (
    exists()
    .where(Proposal.id == EthicsScreening.proposal_id, Proposal.released_at.is_not(None))
    .correlate(EthicsScreening)
)


def _once_released(tie: Relation) -> Relation:
    (name,) = tie.names

    def held(actor: Actor) -> Condition:
        mine = tie.predicate(actor)
        assert mine is not None
        return and_(EthicsScreening.state.in_(OUTCOMES), _released, mine)

    return relation(name, tie.label, held, own=True)


ethics_expert = relation("ethics_expert", "an ethics expert of it", _screened_by)
watching = relation("watching", "the observer", lambda actor: watches(actor, EthicsScreening.panel_id))
decider = relation("decider", "a member of the committee, once the list is closed", _decided_by)
holder = relation("holder", "whoever holds the seat", _held)
invited = relation("invited", "the invited expert", lambda actor: _free(actor, EthicsSeatState.INVITED))
at_work = relation("at_work", "the ethics expert", lambda actor: _free(actor, EthicsSeatState.ACCEPTED))
reads_proposal = relation("reader", "an ethics expert of it", _read_by)
"""Gives an ethics expert sight of the proposal, as reviewers have it."""
uninvolved = uninvolved_in(lambda: EthicsScreening.proposal_id)
in_seat = uninvolved_in(lambda: EthicsSeat.proposal_id)

SIGHTS = {
    EthicsScreening: Sight(
        (
            office,
            auditor,
            ethics_expert,
            watching,
            decider,
            uninvolved,
            *map(_once_released, within(EthicsScreening.consortium_id)),
        ),
        topic=EthicsScreening.topic_id,
    ),
    EthicsSeat: Sight((office, auditor, holder, invited, at_work, in_seat), topic=EthicsSeat.topic_id),
}
