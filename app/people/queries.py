"""Looking up whom somebody names, and whether anything still needs to know who it is."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import Base
from app.core.errors import Malformed
from app.core.reason import Reason
from app.people.models import Account, AccountState


async def somebody(session: AsyncSession, key: UUID, path: str) -> Account:
    """Whoever has this account, which is not closed; `path` is where it was named. Raises Malformed."""
    account = await session.get(Account, key)
    if account is None or account.state == AccountState.CLOSED:
        told = "There is nobody with this account."
        raise Malformed(reasons=[Reason("no-such-person", told, path, "sender")])
    return account


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
