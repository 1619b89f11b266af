"""What the seats of a stage stand on, read in a constant number of statements."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.models import Stage, TopicStage
from app.consortia.organisations.models import Organisation
from app.experts.affinity.models import Affinity
from app.experts.affinity.queries import TO_BE_SEATED, UNDER_CONTRACT, scores
from app.experts.assigning.models import SetSeat
from app.experts.assigning.rules import Barred, Ground, Pair, Seatable, Wanted
from app.experts.conflicts.queries import conflicts_between
from app.experts.conflicts.rules import conflicting, unsettled
from app.experts.models import Assignment, AssignmentState, Contract, Expert, ExpertState
from app.experts.profile.queries import newcomer
from app.people.models import Account
from app.proposals.models import Proposal, ProposalState
from app.topics.programme import programme

SAW = (AssignmentState.ACCEPTED, AssignmentState.REPORTED)
STANDS = (AssignmentState.PROPOSED, AssignmentState.INVITED, *SAW)


async def ground_of(session: AsyncSession, stage_id: UUID, now: datetime) -> Ground:
    """Experts under contract, the proposals to be seated, conflicts, earlier seats and those that stand."""
    experts = await _experts(session, stage_id)
    proposals = await _proposals(session, stage_id)
    contracts, keys = [one.contract_id for one in experts], [one.proposal_id for one in proposals]
    return Ground(
        experts,
        proposals,
        await _barred(session, experts, keys, now),
        await _earlier(session, contracts, keys),
        await standing_in(session, stage_id),
    )


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


async def _experts(session: AsyncSession, stage_id: UUID) -> list[Seatable]:
    call = select(Stage.call_id).where(Stage.id == stage_id).scalar_subquery()
    rows = await session.execute(
        select(Contract, Expert, Account.name, Organisation.legal_name)
        .join(Expert, Expert.id == Contract.expert_id)
        .join(Account, Account.id == Expert.account_id)
        .outerjoin(Organisation, Organisation.id == Expert.organisation_id)
        .where(Contract.call_id == call, Contract.state.in_(UNDER_CONTRACT))
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
        .where(Contract.id.in_(contracts), Proposal.id.in_(proposals), Assignment.state.in_(SAW))
    )
    return frozenset((contract, proposal) for contract, proposal in rows)


async def standing_in(session: AsyncSession, stage_id: UUID) -> frozenset[Pair]:
    """Pairs that have an assignment already."""
    rows = await session.execute(
        select(Assignment.contract_id, Assignment.proposal_id)
        .join(Proposal, Proposal.id == Assignment.proposal_id)
        .join(TopicStage, TopicStage.id == Proposal.topic_stage_id)
        .where(TopicStage.stage_id == stage_id, Proposal.state.in_(TO_BE_SEATED))
        .where(Assignment.state.in_(STANDS))
        .order_by(Assignment.contract_id, Assignment.proposal_id)
    )
    return frozenset((contract, proposal) for contract, proposal in rows)


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
