"""`imi audit` and `imi invariants`: what they say, and the code they end with."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.audit_verify import verify as verify_all
from app.core.checkpoint import take
from app.core.clock import process_now
from app.core.db import engine_for, sessions_for
from app.core.invariants import Invariant, broken
from app.core.postgres import Database
from app.core.settings import Settings


def verify(settings: Settings, database: Database) -> int:
    """Check the whole trail; one line if it is good (0), else one line per fault (1)."""

    async def look(session: AsyncSession) -> int:
        found = await verify_all(session, settings.key)
        seen = f"{found.chains} chains, {found.events} events, {found.checkpoints} checkpoints"
        if found.faults:
            say(*found.faults, f"{len(found.faults)} faults in {seen}.")
            return 1
        say(f"{seen} good." + (f" {found.erased} details erased." if found.erased else ""))
        return 0

    return within(database, look, read_only=True)


def checkpoint(settings: Settings, database: Database) -> int:
    """Take a checkpoint, and say its root, to be kept elsewhere."""

    async def sign(session: AsyncSession) -> int:
        taken = await take(session, settings.key, await process_now(session))
        say(f"Checkpoint {taken.number} over {taken.leaves} heads: {taken.root}")
        return 0

    return within(database, sign)


def invariants(database: Database, known: Sequence[Invariant]) -> int:
    """Ask every invariant; one line if all hold (0), else one line per row that breaks one (1)."""

    async def ask(session: AsyncSession) -> int:
        faults = [fault async for fault in broken(session, known)]
        say(*faults, f"{len(faults)} rows break them." if faults else f"{len(known)} invariants hold.")
        return 1 if faults else 0

    return within(database, ask, read_only=True)


def within(
    database: Database, work: Callable[[AsyncSession], Awaitable[int]], *, read_only: bool = False
) -> int:
    """Do it in one transaction; the code to end with."""
    return asyncio.run(_with(database, work, read_only=read_only))


async def _with(
    database: Database, work: Callable[[AsyncSession], Awaitable[int]], *, read_only: bool
) -> int:
    engine = engine_for(database.app_url, pool=1)
    # Everything is compared with everything as of one instant, while others go on writing.
    one_instant = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True} if read_only else {}
    try:
        async with sessions_for(engine)() as session, session.begin():
            await session.connection(execution_options=one_instant)
            return await work(session)
    finally:
        await engine.dispose()


def say(*lines: str) -> None:
    """One line each, to whoever has called."""
    sys.stdout.write("\n".join(lines) + "\n")
