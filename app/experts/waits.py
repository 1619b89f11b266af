"""What ties an expert to calls, and the contracts and seats that wait for an answer."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.models import Call
from app.experts.models import Assignment, AssignmentState, Contract, ContractState, Expert
from app.experts.queries import short_of_experts
from app.people.schemas import Tie, Waiting
from app.proposals.models import Proposal
from app.workflow.sight import parameters, visible_ids
from app.workflow.who import Actor


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
    return [
        Waiting(kind="replace", entity="proposal", id=proposal.id, title=proposal.reference)
        for proposal, _ in (await short_of_experts(session, actor))[:50]
    ]
