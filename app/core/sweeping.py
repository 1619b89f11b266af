"""Files that nothing names any more: swept away after a while, never while one is about to be named."""

from collections.abc import Sequence
from datetime import timedelta
from typing import IO, Any

import structlog
from sqlalchemy import Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.core.clock import machine_now
from app.core.db import Sessions
from app.core.files import Files, StoredFile
from app.core.uploads import chunks

log = structlog.get_logger(__name__)
AGE = timedelta(hours=1)  # much longer than any upload takes
BATCH = 100
LOCK = func.hashtext("files are named")
Named = Sequence[Select[Any]]
"""Statements of one column each, the digests that some table names."""
Beside = Sequence[InstrumentedAttribute[str]]
"""Columns of digests whose rows are kept beside a file, name nothing and go with it."""


async def hold(session: AsyncSession, kept: Files, stored: StoredFile, file: IO[bytes]) -> None:
    """Keep a file that has been stored until this transaction names it; stored again if it was just swept."""
    await session.execute(select(func.pg_advisory_xact_lock_shared(LOCK)))
    if not await kept.has(stored.digest):
        await kept.store(chunks(file), stored.size)


async def sweep(sessions: Sessions, kept: Files, named: Named, beside: Beside = ()) -> int:
    """Remove files older than `AGE` that nothing names, and what broken uploads have left; how many."""
    before = machine_now() - AGE
    await kept.remove_left(before)
    old = await kept.older(before)
    async with sessions() as session:
        old -= await _named(session, named)
    found, swept = sorted(old), 0
    for at in range(0, len(found), BATCH):
        swept += await _sweep(sessions, kept, named, beside, set(found[at : at + BATCH]))
    if swept:
        log.info("files.swept", count=swept)
    return swept


async def _sweep(sessions: Sessions, kept: Files, named: Named, beside: Beside, digests: set[str]) -> int:
    """Of these, what is still not named once nobody can name it; none if somebody is about to name one."""
    async with sessions() as session, session.begin():
        if not await session.scalar(select(func.pg_try_advisory_xact_lock(LOCK))):
            return 0
        digests -= await _named(session, named, digests)
        for column in beside:
            await session.execute(delete(column.class_).where(column.in_(digests)))
        await kept.remove(digests)
        return len(digests)


async def _named(session: AsyncSession, named: Named, among: set[str] | None = None) -> set[str]:
    found: set[str] = set()
    for statement in named:
        (column,) = statement.subquery().c
        wanted = select(column) if among is None else select(column).where(column.in_(among))
        found |= {digest for digest in await session.scalars(wanted) if digest is not None}
    return found
