"""Roles that exclude being an expert, and contracts that are alive."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.experts.models import Contract, ContractState, Expert
from app.people.access import roles_of

APART = frozenset(
    {"office", "signatory", "auditor", "observer", "committee", "committee_chair", "advisory_member"}
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
    """The account has a contract as an expert that is offered or signed."""
    live = (ContractState.OFFERED, ContractState.SIGNED, ContractState.SUSPENDED)
    mine = select(Contract.id).join(Contract.expert).where(Expert.account_id == account_id)
    return mine.where(Contract.state.in_(live)).exists()
