"""Who sees experts, contracts and assignments, and what an assignment lets an expert see of a proposal."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, literal, not_, select

from app.experts.conflicts.queries import bars
from app.experts.models import Assignment, AssignmentState, Contract, Expert
from app.experts.queries import in_force
from app.people.access import office
from app.proposals.access import judged_blind
from app.proposals.models import Proposal
from app.workflow.sight import Sight, relation
from app.workflow.who import Actor

PROPOSED = AssignmentState.PROPOSED
INVITED = AssignmentState.INVITED
ACCEPTED = AssignmentState.ACCEPTED
REPORTED = AssignmentState.REPORTED
DECLINED = AssignmentState.DECLINED
LAPSED = AssignmentState.LAPSED
HANDED_BACK = AssignmentState.HANDED_BACK
BLOCKED = AssignmentState.BLOCKED
VOIDED = AssignmentState.VOIDED
SET_FREE = AssignmentState.RELEASED
Condition = ColumnElement[bool]


def contract_roles(account_id: Any, at: Any) -> Select[Any]:
    """A contract in force makes its expert one."""
    signed = select(literal("expert")).select_from(Contract).join(Contract.expert)
    return signed.where(Expert.account_id == account_id, in_force()).distinct()


def held_by(actor: Actor, *states: AssignmentState) -> Condition | None:
    """Assignments in these states under the actor's contracts in force, whatever conflict there is."""
    if "expert" not in actor.roles:
        return None
    mine = select(Contract.id).join(Contract.expert).where(Expert.account_id == actor.id)
    return and_(
        Assignment.contract_id.in_(mine.where(in_force())),
        Assignment.state.in_(states),
    )


def free_in(actor: Actor, *states: AssignmentState) -> Condition | None:
    """The same, as long as no conflict stands against it: what gives an expert any sight of a proposal."""
    held = held_by(actor, *states)
    if held is None:
        return None
    a = Assignment
    return and_(held, not_(exists().where(bars(a.expert_id, a.proposal_id, a.topic_id, a.contract_id))))


def reviewing(actor: Actor, proposal_id: Any) -> Condition | None:
    """The actor has accepted a seat on the proposal in this column."""
    free = free_in(actor, ACCEPTED, REPORTED)
    return None if free is None else exists().where(Assignment.proposal_id == proposal_id, free)


oneself = relation("oneself", "the expert", lambda actor: Expert.account_id == actor.id)
contractor = relation(
    "contractor",
    "the expert",
    lambda actor: Contract.expert_id.in_(select(Expert.id).where(Expert.account_id == actor.id)),
)
assignee = relation(
    "assignee",
    "the expert under a signed contract",
    lambda actor: held_by(
        actor, INVITED, ACCEPTED, REPORTED, BLOCKED, DECLINED, LAPSED, HANDED_BACK, SET_FREE
    ),
)
invited = relation("invited", "the invited expert", lambda actor: free_in(actor, INVITED))
reviewer = relation("reviewer", "the assigned expert", lambda actor: free_in(actor, ACCEPTED, REPORTED))
reader = relation("reader", "an assigned reviewer", lambda actor: reviewing(actor, Proposal.id))
"""Gives a reviewer sight of the proposal."""
blind = judged_blind(
    lambda: (
        select(Proposal.topic_stage_id).where(Proposal.id == Assignment.proposal_id).correlate(Assignment)
    ).scalar_subquery()
)

SIGHTS = {
    Expert: Sight((oneself, office)),
    Contract: Sight((contractor, office)),
    Assignment: Sight((assignee, invited, reviewer, blind, office), topic=Assignment.topic_id),
}
