"""What the seats of a stage stand on, read in a constant number of statements."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.models import Stage, TopicStage
from app.consortia.organisations.models import Organisation
from app.experts.affinity.models import Affinity
from app.experts.affinity.queries import TO_BE_SEATED, scores
from app.experts.assigning.models import AssignmentSet, SetSeat, SetState
from app.experts.assigning.rules import Barred, Ground, Pair, Seatable, Wanted
from app.experts.conflicts.queries import conflicts_between
from app.experts.conflicts.rules import conflicting, unsettled
from app.experts.models import (
    SEATED,
    TAKEN,
    UNDER_CONTRACT,
    Assignment,
    AssignmentState,
    Contract,
    ContractState,
    Expert,
    ExpertState,
)
from app.experts.profile.queries import newcomer
from app.people.models import Account
from app.proposals.models import Proposal, ProposalState
from app.topics.programme import programme

WHY = {
    AssignmentState.DECLINED: "{name} has declined",
    AssignmentState.LAPSED: "{name} has not answered in time",
    AssignmentState.HANDED_BACK: "{name} has handed the seat back",
    AssignmentState.BLOCKED: "{name} is blocked by a conflict of interest",
    AssignmentState.VOIDED: "the seat of {name} was taken away",
    AssignmentState.RELEASED: "{name} was set free",
}
OVER = {
    ContractState.SUSPENDED: "the contract of {name} is suspended",
    ContractState.ENDED: "the contract of {name} has ended",
    ContractState.TERMINATED: "the contract of {name} is terminated",
    ContractState.DECLINED: "{name} has declined the contract",
}
REFUSED = (
    AssignmentState.DECLINED,
    AssignmentState.LAPSED,
    AssignmentState.HANDED_BACK,
    AssignmentState.BLOCKED,
)
"""Whoever is gone so is not asked for the same proposal again by a run."""


async def ground_of(session: AsyncSession, stage_id: UUID, now: datetime) -> Ground:
    """Experts under contract, proposals to be seated, conflicts, earlier seats, those that stand or did."""
    experts = await _experts(session, stage_id)
    proposals = await _proposals(session, stage_id)
    contracts, keys = [one.contract_id for one in experts], [one.proposal_id for one in proposals]
    ground = Ground(
        experts,
        proposals,
        await _barred(session, experts, keys, now),
        await _earlier(session, contracts, keys),
    )
    return await _with_seats(session, ground, stage_id)


async def _with_seats(session: AsyncSession, ground: Ground, stage_id: UUID) -> Ground:
    """With what has become of every seat; of several of one pair the one that stands counts, or the last."""
    rows = await session.execute(
        select(Assignment, Contract.state, Account.name)
        .join(Contract, Contract.id == Assignment.contract_id)
        .join(Expert, Expert.id == Contract.expert_id)
        .outerjoin(Account, Account.id == Expert.account_id)
        .where(*_on_proposals(stage_id))
        .order_by(Assignment.state.in_(SEATED), Assignment.created_at, Assignment.id)
    )
    last = {(seat.contract_id, seat.proposal_id): (seat, contract, name) for seat, contract, name in rows}
    left: dict[Pair, str] = {}
    for pair, (seat, contract, _) in last.items():
        if seat.state not in SEATED:
            left[pair] = WHY[seat.state].format(name=pair[0])
        elif contract not in UNDER_CONTRACT:
            left[pair] = OVER[contract].format(name=pair[0])
    known = {one.contract_id for one in ground.experts}
    now_under = {one.expert_id: one.contract_id for one in ground.experts}
    blocked = AssignmentState.BLOCKED
    taken = {
        (now_under[seat.expert_id], pair[1])
        for pair, (seat, _, _) in last.items()
        if seat.state in (*SEATED, blocked)
        and seat.expert_id in now_under
        and (seat.state == blocked or seat.reads_only or now_under[seat.expert_id] != pair[0])
    }
    held = {pair: seat for pair, (seat, _, _) in last.items() if seat.state in SEATED and not seat.reads_only}
    undone = await _undone(session, [seat.id for seat, _, _ in last.values()])
    return replace(
        ground,
        standing=frozenset(held),
        frozen=frozenset(pair for pair, seat in held.items() if seat.state in TAKEN),
        rapporteurs=frozenset(pair for pair, seat in held.items() if seat.rapporteur),
        left=left,
        refused=frozenset(
            pair
            for pair, (seat, _, _) in last.items()
            if seat.state in REFUSED or (seat.state == AssignmentState.VOIDED and seat.id not in undone)
        ),
        taken=frozenset(taken),
        others={str(c): name or "Somebody" for (c, _), (_, _, name) in last.items() if c not in known},
    )


async def _undone(session: AsyncSession, seats: Collection[UUID]) -> set[UUID]:
    """Those of these seats that were taken back with the set that had made them."""
    of = select(SetSeat.assignment_id).join(SetSeat.of)
    rows = await session.scalars(
        of.where(SetSeat.assignment_id.in_(seats), AssignmentSet.state == SetState.UNDONE)
    )
    return {key for key in rows if key is not None}


def _on_proposals(stage_id: UUID) -> tuple[ColumnElement[bool], ...]:
    """Assignments on what is to be seated in the stage."""
    wanted = select(Proposal.id).join(TopicStage, TopicStage.id == Proposal.topic_stage_id)
    wanted = wanted.where(TopicStage.stage_id == stage_id, Proposal.state.in_(TO_BE_SEATED))
    return (Assignment.proposal_id.in_(wanted),)


async def _barred(
    session: AsyncSession, experts: Collection[Seatable], proposals: Collection[UUID], now: datetime
) -> Barred:
    whose = {one.account_id: one.contract_id for one in experts if one.account_id is not None}
    findings = await conflicts_between(session, whose.keys(), proposals, now)
    says = programme().conflicts.by_code
    pairs = {
        (whose[account_id], proposal_id): [
            conflicting(says[one.situation].says, one.situation, one.path).text
            for one in findings.of(account_id, proposal_id)
        ]
        for (account_id, proposal_id), found in findings.found.items()
        if found
    }
    return Barred(pairs, sorted({unsettled(one).text for one in findings.open}))


async def _experts(
    session: AsyncSession, stage_id: UUID, states: Collection[ContractState] = UNDER_CONTRACT
) -> list[Seatable]:
    call = select(Stage.call_id).where(Stage.id == stage_id).scalar_subquery()
    rows = await session.execute(
        select(Contract, Expert, Account.name, Organisation.legal_name)
        .join(Expert, Expert.id == Contract.expert_id)
        .join(Account, Account.id == Expert.account_id)
        .outerjoin(Organisation, Organisation.id == Expert.organisation_id)
        .where(Contract.call_id == call, Contract.state.in_(states))
        .where(Expert.state == ExpertState.ACTIVE)
        .order_by(Account.name, Contract.id)
    )
    under = [(contract, expert, name, organisation) for contract, expert, name, organisation in rows]
    pool = select(Expert.id).where(Expert.id.in_([expert.id for _, expert, _, _ in under]), newcomer())
    new = set(await session.scalars(pool))
    return [
        Seatable(
            contract.id,
            expert.id,
            expert.account_id,
            name,
            contract.least,
            contract.most,
            expert.organisation_id,
            organisation,
            expert.country,
            expert.sector,
            expert.gender,
            frozenset(expert.languages),
            frozenset(field["term"] for field in expert.expertise),
            expert.id in new,
        )
        for contract, expert, name, organisation in under
    ]


async def _proposals(session: AsyncSession, stage_id: UUID) -> list[Wanted]:
    rows = await session.execute(
        select(Proposal.id, Proposal.reference, Proposal.state)
        .join(TopicStage, TopicStage.id == Proposal.topic_stage_id)
        .where(TopicStage.stage_id == stage_id, Proposal.state.in_(TO_BE_SEATED))
        .order_by(Proposal.reference, Proposal.id)
    )
    return [Wanted(key, reference, state == ProposalState.IN_EVALUATION) for key, reference, state in rows]


async def _earlier(
    session: AsyncSession, contracts: Collection[UUID], proposals: Collection[UUID]
) -> frozenset[Pair]:
    """Who saw the short proposal that one follows."""
    rows = await session.execute(
        select(Contract.id, Proposal.id)
        .join(Assignment, Assignment.expert_id == Contract.expert_id)
        .join(Proposal, Proposal.follows_id == Assignment.proposal_id)
        .where(Contract.id.in_(contracts), Proposal.id.in_(proposals), Assignment.state.in_(TAKEN))
    )
    return frozenset((contract, proposal) for contract, proposal in rows)


async def standing_in(session: AsyncSession, stage_id: UUID) -> dict[Pair, bool]:
    """Pairs that have an assignment already, each with whether it is the rapporteur's."""
    rows = await session.execute(
        select(Assignment.contract_id, Assignment.proposal_id, Assignment.rapporteur)
        .where(*_on_proposals(stage_id), Assignment.state.in_(SEATED), ~Assignment.reads_only)
        .order_by(Assignment.contract_id, Assignment.proposal_id)
    )
    return {(contract, proposal): drafts for contract, proposal, drafts in rows}


async def terms_released_last(session: AsyncSession, stage_id: UUID) -> dict[str, Any] | None:
    """The terms of the set of the stage that was released last, if one is."""
    here = (AssignmentSet.stage_id == stage_id, AssignmentSet.state == SetState.RELEASED)
    last = select(AssignmentSet.terms).where(*here).order_by(AssignmentSet.released_at.desc()).limit(1)
    return await session.scalar(last)


async def names_in(session: AsyncSession, stage_id: UUID) -> dict[str, str]:
    """How everybody who is or was under contract for the call is called, and every proposal of the stage."""
    proposals = select(Proposal.id, Proposal.reference)
    proposals = proposals.join(TopicStage, TopicStage.id == Proposal.topic_stage_id)
    found = await session.execute(proposals.where(TopicStage.stage_id == stage_id))
    wanted = [Wanted(key, reference, True) for key, reference in found]
    return Ground(await _experts(session, stage_id, list(ContractState)), wanted).names()


async def scores_on(
    session: AsyncSession, ground: Ground, proposals: Collection[UUID] | None = None
) -> dict[Pair, float]:
    """Affinities of everybody, by contract and proposal; of these proposals, or all."""
    every = [one.proposal_id for one in ground.proposals] if proposals is None else proposals
    contracts = {one.expert_id: one.contract_id for one in ground.experts}
    return {
        (contracts[expert], proposal): score
        for (expert, proposal), score in (await scores(session, every)).items()
        if expert in contracts
    }


async def scores_in(session: AsyncSession, *sets: UUID) -> dict[Pair, float]:
    """Affinities of the seats of these sets."""
    same = and_(Affinity.expert_id == Contract.expert_id, Affinity.proposal_id == SetSeat.proposal_id)
    rows = await session.execute(
        select(SetSeat.contract_id, SetSeat.proposal_id, Affinity.score)
        .join(Contract, Contract.id == SetSeat.contract_id)
        .join(Affinity, same)
        .where(SetSeat.set_id.in_(sets))
    )
    return {(contract, proposal): score for contract, proposal, score in rows}


async def unmeasured_in(session: AsyncSession, ground: Ground) -> int:
    """Pairs whose affinity is not computed yet."""
    experts = {one.expert_id for one in ground.experts}
    proposals = {one.proposal_id for one in ground.proposals}
    here = (Affinity.expert_id.in_(experts), Affinity.proposal_id.in_(proposals))
    found = await session.scalar(select(func.count()).select_from(Affinity).where(*here))
    return len(experts) * len(proposals) - (found or 0)


async def fixed_in(session: AsyncSession, set_id: UUID) -> list[Pair]:
    rows = await session.execute(
        select(SetSeat.contract_id, SetSeat.proposal_id)
        .where(SetSeat.set_id == set_id, SetSeat.fixed)
        .order_by(SetSeat.contract_id, SetSeat.proposal_id)
    )
    return [(contract, proposal) for contract, proposal in rows]
