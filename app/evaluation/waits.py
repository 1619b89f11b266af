"""What waits for experts: reports; for the office: summary reports; for coordinators: hearings."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.models import TopicStage, TopicStageState
from app.consortia.access import among
from app.evaluation.consensus.meeting import CrossReader
from app.evaluation.consensus.models import Consensus, ConsensusState, Opinion
from app.evaluation.consensus.workflow import WORK
from app.evaluation.hearing.models import Hearing, HearingRound, HearingState
from app.evaluation.report.seats import by_due, seats_where, unwritten
from app.evaluation.summary.models import Summary, SummaryState
from app.experts.models import Assignment, AssignmentState, Expert
from app.people.schemas import Waiting
from app.proposals.models import Proposal, ProposalState
from app.proposals.queries import CONTACTS
from app.workflow.sight import parameters, ties, visible_ids
from app.workflow.who import Actor


async def reports_to_write(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Waiting]:
    """Accepted seats without a sealed report, what is due first before the others."""
    tie = ties(Assignment, actor).get("reviewer")
    if tie is None:
        return []
    seats = by_due(await seats_where(session, tie[0], unwritten(), actor=actor))
    return [
        Waiting(
            kind="report",
            entity="assignment",
            id=seat.assignment.id,
            title=seat.assignment.proposal.reference,
            due=seat.due,
        )
        for seat in seats[:50]
    ]


async def drafts_to_approve(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Waiting]:
    """Consensus reports before the group on which the person has said nothing this round."""
    said = exists().where(
        Opinion.consensus_id == Consensus.id,
        Opinion.round == Consensus.round,
        Opinion.assignment_id == Assignment.id,
    )
    found = (
        select(Consensus.id, Proposal.reference)
        .join(Proposal, Proposal.id == Consensus.proposal_id)
        .join(Assignment, Assignment.proposal_id == Consensus.proposal_id)
        .join(Expert, Expert.id == Assignment.expert_id)
        .where(
            Expert.account_id == actor.id,
            Assignment.state == AssignmentState.REPORTED,
            Consensus.state == ConsensusState.APPROVAL,
            Proposal.state == ProposalState.IN_EVALUATION,
            ~said,
            Consensus.id.in_(visible_ids(actor, Consensus)),
        )
    )
    rows = await session.execute(found.order_by(Proposal.reference).limit(50), parameters(actor))
    return [Waiting(kind="approve", entity="consensus", id=key, title=reference) for key, reference in rows]


async def views_to_give(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Waiting]:
    """Groups, or panels, that wait for what the person, asked to read, makes of it."""
    working = and_(Consensus.state.in_(WORK), Proposal.state == ProposalState.IN_EVALUATION)
    with_group = and_(CrossReader.across.is_(False), working)
    agreed = and_(Consensus.state == ConsensusState.FINAL, Proposal.state == ProposalState.EVALUATED)
    open_list = TopicStage.state == TopicStageState.EVALUATION
    to_compare = and_(CrossReader.across, or_(working, agreed), open_list)
    found = (
        select(Consensus.id, Proposal.reference)
        .join(Proposal, Proposal.id == Consensus.proposal_id)
        .join(TopicStage, TopicStage.id == Proposal.topic_stage_id)
        .join(CrossReader, CrossReader.consensus_id == Consensus.id)
        .join(Assignment, Assignment.id == CrossReader.assignment_id)
        .join(Expert, Expert.id == Assignment.expert_id)
        .where(
            Expert.account_id == actor.id,
            CrossReader.given_at.is_(None),
            or_(with_group, to_compare),
            Consensus.id.in_(visible_ids(actor, Consensus)),
        )
    )
    rows = await session.execute(found.order_by(Proposal.reference).limit(50), parameters(actor))
    return [Waiting(kind="read", entity="consensus", id=key, title=reference) for key, reference in rows]


async def summaries_to_settle(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Waiting]:
    """For the office: summary reports in which something was found that may tell who evaluated."""
    tie = ties(Summary, actor).get("office")
    if tie is None:
        return []
    held = select(Summary.id, Proposal.reference).join(Proposal, Proposal.id == Summary.proposal_id)
    held = held.where(Summary.state == SummaryState.HELD, tie[0]).order_by(Proposal.reference).limit(50)
    rows = await session.execute(held, parameters(actor))
    return [Waiting(kind="settle", entity="summary", id=key, title=reference) for key, reference in rows]


async def hearings_to_answer(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Waiting]:
    """Hearings of a proposal that the person coordinates, as long as they may be answered in writing."""
    found = (
        select(Hearing.id, Proposal.reference, HearingRound.answer_until)
        .join(Proposal, Proposal.id == Hearing.proposal_id)
        .join(HearingRound, HearingRound.id == Hearing.round_id)
        .where(Hearing.state == HearingState.CALLED, Hearing.answered_at.is_(None))
        .where(HearingRound.answer_until >= now)
        .where(among(Hearing.consortium_id, actor, *CONTACTS, coordinating=True))
    )
    rows = await session.execute(found.order_by(HearingRound.answer_until, Hearing.id).limit(50))
    return [
        Waiting(kind="answer", entity="hearing", id=key, title=reference, due=until)
        for key, reference, until in rows
    ]
