"""Process time is one for all processes, never goes back, and is asked of one place."""

import asyncio
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.core.audit import AuditEvent
from app.core.clock import Clock, advance, begin_at, machine_now, offset, process_now
from app.core.db import Base
from tests.build import person
from tests.conftest import World

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[2]
ELSEWHERE = """
import asyncio, sys
from app.core.audit import AuditEvent
from app.core.clock import process_now
from app.core.db import engine_for, sessions_for

async def tell() -> None:
    async with sessions_for(engine_for(sys.argv[1]))() as session:
        print((await process_now(session)).isoformat())

asyncio.run(tell())
"""
OTHER_CLOCKS = re.compile(
    r"func\.(now|current_|localtime|clock_|statement_)|server_default|datetime\.(now|utcnow|today)\(|date\.today"
    r"|time\.time\(|CURRENT_(TIMESTAMP|DATE)|\bnow\(\)|timestamp\(\)\s*FROM",
)
ALLOWED = {
    "app/core/clock.py": "the one place",
    "app/core/jobs.py": "the queue keeps the machine's time",
}


async def test_a_second_process_has_the_same_time(live: World) -> None:
    ahead = machine_now() + timedelta(days=400)
    async with live.sessions() as session, session.begin():
        here = await advance(session, ahead)
    command = [sys.executable, "-c", ELSEWHERE, live.database.app_url]
    told = await asyncio.to_thread(
        subprocess.run, command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    async with live.sessions() as session:
        after = await process_now(session)
    assert here <= datetime.fromisoformat(told.stdout.strip()) <= after
    assert after - here < timedelta(minutes=1)


async def test_a_request_has_the_same_time_as_a_job(live: World) -> None:
    office = await person(live, "office", "office")
    async with live.sessions() as session, session.begin():
        before = await advance(session, machine_now() + timedelta(days=400))
    await office.make("/topics", {"reference": "T-1", "title": "A topic"})
    async with live.sessions() as session:
        at = await session.scalar(select(AuditEvent.at))
        assert before <= at <= await process_now(session)


async def test_time_never_goes_back_and_a_rehearsal_leaves_its_mark(world: World) -> None:
    async with world.sessions() as session, session.begin():
        clock = (await session.scalars(select(Clock))).one()
        assert (clock.offset, clock.rehearsed) == (timedelta(0), False)
        far = await advance(session, machine_now() + timedelta(days=30))
        back = await advance(session, machine_now() - timedelta(days=30))
        assert far <= back
        await begin_at(session, machine_now() - timedelta(days=300))
        await session.refresh(clock)
        assert (clock.offset > timedelta(days=29), clock.rehearsed) == (True, True)


async def test_an_offset_that_another_has_moved_is_read_anew(live: World) -> None:
    """Whoever has the clock's row in its session must not set it back."""
    async with live.sessions() as session:
        before = (await session.scalars(select(Clock))).one()
        assert before.offset == timedelta(0)
        await session.commit()
        async with live.sessions() as other, other.begin():
            await advance(other, machine_now() + timedelta(days=30))
        await advance(session, machine_now() + timedelta(days=1))
        await session.commit()
    async with live.sessions() as session:
        assert await session.scalar(select(offset())) > timedelta(days=29)


async def test_a_new_database_begins_when_its_story_does_and_only_once(world: World) -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC)
    async with world.sessions() as session, session.begin():
        await begin_at(session, start)
        assert await process_now(session) - start < timedelta(minutes=1)
        await begin_at(session, datetime(2010, 1, 1, tzinfo=UTC))
        assert await process_now(session) >= start


def test_no_other_clock_is_read() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "app").rglob("*.py"))
        if str(path.relative_to(ROOT)) not in ALLOWED
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if OTHER_CLOCKS.search(line)
    }
    assert found == set()


@pytest.mark.parametrize(
    "line",
    [
        "at = func.now()",
        "x = mapped_column(server_default='1')",
        "datetime.now(UTC)",
        "date.today()",
        "SELECT now()",
    ],
)
def test_another_clock_would_be_found(line: str) -> None:
    assert OTHER_CLOCKS.search(line)


def test_no_table_has_a_time_of_the_servers() -> None:
    assert Base.metadata.tables
    given = [c for table in Base.metadata.tables.values() for c in table.c if c.server_default is not None]
    assert given == []
