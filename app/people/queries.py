"""Looking up whom somebody names, who holds a role, and whether anything still needs to know who it is."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import Base
from app.core.errors import Malformed
from app.core.reason import Reason
from app.people.models import Account, AccountState, Appointment, AppointmentState


async def somebody(session: AsyncSession, key: UUID, path: str) -> Account:
    """Whoever has this account, which is not closed; `path` is where it was named. Raises Malformed."""
    account = await session.get(Account, key)
    if account is None or account.state == AccountState.CLOSED:
        told = "There is nobody with this account."
        raise Malformed(reasons=[Reason("no-such-person", told, path, "sender")])
    return account


async def addresses_of(session: AsyncSession, role: str, at: datetime) -> Sequence[str]:
    """The mail addresses of everybody who holds the role at that time."""
    return [account.email for account in await holders_of(session, role, at)]


async def holders_of(session: AsyncSession, role: str, at: datetime) -> Sequence[Account]:
    """Everybody who holds the role at that time, by their addresses."""
    holds = select(Appointment.account_id).where(
        Appointment.role == role,
        Appointment.state == AppointmentState.ACTIVE,
        Appointment.starts_at <= at,
        Appointment.ends_at.is_(None) | (Appointment.ends_at > at),
    )
    wanted = select(Account).where(Account.state == AccountState.ACTIVE, Account.id.in_(holds))
    return (await session.scalars(wanted.order_by(Account.email))).all()


async def needed_by(session: AsyncSession, key: UUID, but: Collection[str]) -> bool:
    """Whether any row of a table, `but` these, names this account."""
    names = [
        exists().where(column == key)
        for table in Base.metadata.sorted_tables
        if table.name not in but
        for column in table.c
        if any(link.column is Account.__table__.c.id for link in column.foreign_keys)
    ]
    return bool(await session.scalar(select(or_(*names))))
