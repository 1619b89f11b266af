"""References that tell nothing of how many there are: drawn by lot, and never by two acts at once."""

import secrets
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession


async def drawn(session: AsyncSession, prefix: str, known: Any) -> str:
    """Six digits after the prefix, in no row of the column `known` and drawn by no other act under way.

    Who draws it holds it until the end of the transaction. The column is read in a statement of its own: one
    that also took the lock would not see what was committed just before it.
    """
    while True:
        reference = f"{prefix}-{secrets.randbelow(1_000_000):06}"
        held = select(func.pg_try_advisory_xact_lock(func.hashtextextended(reference, 0)))
        taken = select(exists().where(known == reference))
        if await session.scalar(held) and not await session.scalar(taken):
            return reference
