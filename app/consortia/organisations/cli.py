"""Taking the published organisations into the register."""

import asyncio
import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consortia.organisations.models import Organisation
from app.consortia.organisations.schemas import Register
from app.consortia.organisations.workflow import ORGANISATION
from app.core.clock import process_now
from app.core.db import engine_for, sessions_for
from app.core.postgres import Database
from app.workflow.run import create, system_act

PUBLISHED = Path(__file__).parent / "data" / "organisations.csv"
LOCK = 1_034
"""The advisory lock under which one process at a time loads."""


def load(database: Database) -> None:
    """Register each published organisation whose PIC is not there yet, and say how many."""
    made, known = asyncio.run(_run(database))
    sys.stdout.write(f"{made} organisations registered, {known} were there.\n")


async def _run(database: Database) -> tuple[int, int]:
    engine = engine_for(database.app_url)
    try:
        async with sessions_for(engine)() as session, session.begin():
            return await load_into(session)
    finally:
        await engine.dispose()


async def load_into(session: AsyncSession) -> tuple[int, int]:
    """How many were registered, and how many had been before; all in one transaction."""
    await session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    there = set(await session.scalars(select(Organisation.pic).where(Organisation.pic.is_not(None))))
    act = system_act(session, await process_now(session))
    published = list(_published())
    missing = [one for one in published if one.pic not in there]
    for one in missing:
        await create(ORGANISATION, "load", Organisation(), act.given(one))
    return len(missing), len(published) - len(missing)


def _published() -> Iterator[Register]:
    with PUBLISHED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Register(
                legal_name=row["legal_name"], country=row["country_iso2"], kind="other", pic=row["pic"]
            )
