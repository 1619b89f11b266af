"""What ties an expert to calls, and the contracts and seats that wait for an answer."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.chosen import scheme_of
from app.calls.models import Call
from app.experts.models import Assignment, AssignmentState, Contract, ContractState, Expert
from app.people.schemas import Tie, Waiting
from app.proposals.models import Proposal, ProposalState
from app.workflow.rows import loading
from app.workflow.sight import parameters, ties, visible_ids
from app.workflow.who import Actor

GONE = (AssignmentState.BLOCKED, AssignmentState.VOIDED, AssignmentState.DECLINED)
SEATED = (
    AssignmentState.PROPOSED,
    AssignmentState.INVITED,
    AssignmentState.ACCEPTED,
    AssignmentState.REPORTED,
)


async def contracts(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Tie]:
    """The calls that the person is under contract for."""
    mine = (Expert.account_id == actor.id, Contract.state == ContractState.SIGNED)
    found = select(Contract.id, Call.reference).join(Expert).join(Call, Call.id == Contract.call_id)
    rows = await session.execute(found.where(*mine).order_by(Call.reference))
    return [Tie(kind="expert", entity="contract", id=key, title=reference) for key, reference in rows]


async def contracts_to_sign(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Waiting]:
    """Contracts offered to the person."""
    mine = (Expert.account_id == actor.id, Contract.state == ContractState.OFFERED)
    found = select(Contract.id, Call.reference).join(Expert).join(Call, Call.id == Contract.call_id)
    rows = await session.execute(found.where(*mine).order_by(Call.reference))
    return [Waiting(kind="sign", entity="contract", id=key, title=reference) for key, reference in rows]


async def briefings_to_acknowledge(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Waiting]:
    """Contracts that the person has signed, under which there is no access before the briefing."""
    mine = (Expert.account_id == actor.id, Contract.state == ContractState.SIGNED)
    found = select(Contract.id, Call.reference).join(Expert).join(Call, Call.id == Contract.call_id)
    rows = await session.execute(found.where(*mine, Contract.briefed_at.is_(None)).order_by(Call.reference))
    return [Waiting(kind="acknowledge", entity="contract", id=key, title=ref) for key, ref in rows]


async def seats_to_answer(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Waiting]:
    """Seats that the person, under a signed contract, is to accept or to declare a conflict for."""
    mine = (Expert.account_id == actor.id, Contract.state == ContractState.SIGNED)
    found = (
        select(Assignment.id, Proposal.reference)
        .join(Expert, Expert.id == Assignment.expert_id)
        .join(Contract, Contract.id == Assignment.contract_id)
        .join(Proposal, Proposal.id == Assignment.proposal_id)
        .where(*mine, Assignment.state == AssignmentState.INVITED)
        .where(Assignment.id.in_(visible_ids(actor, Assignment)))
    )
    rows = await session.execute(found.order_by(Proposal.reference).limit(50), parameters(actor))
    return [Waiting(kind="declare", entity="assignment", id=key, title=reference) for key, reference in rows]


async def seats_to_replace(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Waiting]:
    """For the office: proposals that lost a seat, and have fewer experts than they need (V-10)."""
    if "office" not in actor.roles:
        return []
    gone = Assignment.state.in_(GONE)
    there = func.count().filter(Assignment.state.in_(SEATED))
    counts = (
        select(Assignment.proposal_id, there.label("seats"))
        .group_by(Assignment.proposal_id)
        .having(func.count().filter(gone) > 0)
        .subquery()
    )
    found = (
        select(Proposal, counts.c.seats)
        .join(counts, counts.c.proposal_id == Proposal.id)
        .where(Proposal.state == ProposalState.IN_EVALUATION, ties(Proposal, actor)["office"][0])
        .options(*loading(Proposal, ["topic_stage.stage.call"]))
        .order_by(Proposal.reference)
    )
    rows = await session.execute(found, parameters(actor))
    return [
        Waiting(kind="replace", entity="proposal", id=proposal.id, title=proposal.reference)
        for proposal, seats in rows
        if seats < scheme_of(proposal.topic_stage).least_experts
    ][:50]
