"""Roles that exclude being an expert, contracts that are alive, proposals that lost experts."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.chosen import scheme_of
from app.experts.models import (
    NOT_OVER,
    SEATED,
    UNDER_CONTRACT,
    Assignment,
    AssignmentState,
    Contract,
    ContractState,
    Expert,
)
from app.people.access import CALL_AUDITOR, roles_of
from app.proposals.models import Proposal, ProposalState
from app.workflow.rows import loading
from app.workflow.sight import parameters, ties
from app.workflow.who import Actor

APART = frozenset(
    {
        "office",
        "signatory",
        "auditor",
        CALL_AUDITOR,
        "observer",
        "committee",
        "committee_chair",
        "advisory_member",
    }
)
"""Roles that exclude being an expert, and the other way round (D8)."""


def in_force() -> ColumnElement[bool]:
    """There is access under it: signed, the briefing acknowledged, neither suspended nor over."""
    return and_(Contract.state == ContractState.SIGNED, Contract.briefed_at.is_not(None))


async def seats_apart(session: AsyncSession, account_id: UUID | None, now: datetime) -> list[str]:
    """The roles of this account that exclude being an expert (D8)."""
    held = await session.scalar(select(roles_of(account_id, now)))
    return sorted(APART & set(held or []))


def live_contracts(account_id: UUID) -> ColumnElement[bool]:
    """The account has a contract as an expert that is not over."""
    mine = select(Contract.id).join(Contract.expert).where(Expert.account_id == account_id)
    return mine.where(Contract.state.in_(NOT_OVER)).exists()


GONE = (
    AssignmentState.BLOCKED,
    AssignmentState.VOIDED,
    AssignmentState.DECLINED,
    AssignmentState.LAPSED,
    AssignmentState.HANDED_BACK,
    AssignmentState.RELEASED,
)


async def short_of_experts(
    session: AsyncSession, actor: Actor, among: Collection[UUID] | None = None
) -> list[tuple[Proposal, int]]:
    """Proposals in evaluation that lost a seat and have fewer experts than they need (V-10), with how many.

    Of those `among` them, if given; to an officer alone, and none of a topic that takes them their sight. A
    seat is lost, too, whose contract is suspended or over; seats from which one only reads do not count.
    """
    if "office" not in actor.roles:
        return []
    here = Contract.state.in_(UNDER_CONTRACT)
    gone = or_(Assignment.state.in_(GONE), and_(Assignment.state.in_(SEATED), ~here))
    there = func.count().filter(Assignment.state.in_(SEATED), here)
    counts = (
        select(Assignment.proposal_id, there.label("seats"))
        .join(Contract, Contract.id == Assignment.contract_id)
        .where(~Assignment.reads_only)
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
    if among is not None:
        found = found.where(Proposal.id.in_(among))
    rows = await session.execute(found, parameters(actor))
    return [(one, seats) for one, seats in rows if seats < scheme_of(one.topic_stage).least_experts]
