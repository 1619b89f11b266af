"""Jobs: written in the act's transaction, done once it is committed, resumed when a worker dies."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import jobs
from app.core.db import Sessions, engine_for, sessions_for
from app.core.jobs import Tools, drain, enqueue, enqueue_all, opened, run_worker
from app.core.postgres import Database, copy_of, drop
from app.core.settings import Settings

pytestmark = pytest.mark.anyio
DONE: list[str] = []


@jobs.app.task(name="note")
async def note(word: str) -> None:
    DONE.append(word)


@jobs.app.task(name="note_slowly")
async def note_slowly(word: str) -> None:
    DONE.append("begun")
    await asyncio.sleep(0.3)
    DONE.append(word)


@pytest.fixture
async def own(template: Database, worker_name: str) -> AsyncIterator[Database]:
    DONE.clear()
    copy = copy_of(template, f"jobs_{worker_name}")
    yield copy
    drop(copy)


@pytest.fixture
async def sessions(own: Database) -> AsyncIterator[Sessions]:
    engine = engine_for(own.app_url)
    yield sessions_for(engine)
    await engine.dispose()


@pytest.fixture
async def tools(settings: Settings, sessions: Sessions) -> Tools:
    return Tools(settings, sessions)


async def waiting(session: AsyncSession) -> int:
    return (await session.execute(text("SELECT count(*) FROM procrastinate_jobs"))).scalar_one()


@asynccontextmanager
async def working(tools: Tools) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(run_worker(tools))
    yield task
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def until(word: str) -> None:
    async with asyncio.timeout(60):
        while word not in DONE:
            await asyncio.sleep(0.01)


async def test_many_jobs_are_one_statement_and_of_the_transaction_too(own: Database, tools: Tools) -> None:
    async with opened(own), tools.sessions() as session:
        assert await enqueue_all(session, note, []) == ()
        await enqueue_all(session, note, [{"word": "never"}, {"word": "ever"}])
        await session.rollback()
        assert await waiting(session) == 0
        assert len(await enqueue_all(session, note, [{"word": word} for word in ("one", "two")])) == 2
        await session.commit()
        await drain(tools)
    assert DONE == ["one", "two"]


async def test_rolled_back_there_is_no_job(own: Database, tools: Tools) -> None:
    async with tools.sessions() as session:
        await enqueue(session, note, word="never")
        assert await waiting(session) == 1
        await session.rollback()
        assert await waiting(session) == 0
    async with opened(own):
        await drain(tools)
    assert DONE == []


async def test_committed_the_job_is_done_and_gone(own: Database, tools: Tools) -> None:
    async with tools.sessions() as session, session.begin():
        await enqueue(session, note, word="said")
    async with opened(own):
        assert DONE == []
        await drain(tools)
        assert DONE == ["said"]
        async with tools.sessions() as session:
            assert await waiting(session) == 0


async def test_a_worker_sees_a_commit_at_once_and_stops_when_told(own: Database, tools: Tools) -> None:
    async with opened(own), working(tools):
        await asyncio.sleep(0.3)
        async with tools.sessions() as session, session.begin():
            await enqueue(session, note, word="heard")
        async with asyncio.timeout(2):  # far below the five seconds between two looks
            await until("heard")
    assert DONE == ["heard"]


async def test_a_job_under_way_is_finished_before_the_worker_stops(own: Database, tools: Tools) -> None:
    async with tools.sessions() as session, session.begin():
        await enqueue(session, note_slowly, word="finished")
    async with opened(own):
        async with working(tools):
            await until("begun")
        assert DONE == ["begun", "finished"]


@asynccontextmanager
async def closed(own: Database) -> AsyncIterator[None]:
    """Every connection to the database is broken off, and no other is let in."""
    url = make_url(own.owner_url)
    engine = engine_for(url.set(database="postgres").render_as_string(False), pool=1)
    async with engine.connect() as apart:
        outside = await apart.execution_options(isolation_level="AUTOCOMMIT")
        letting = f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS '
        await outside.execute(text(letting + "false"))
        ending = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
        await outside.execute(text(ending), {"name": url.database})
        yield
        await outside.execute(text(letting + "true"))
    await engine.dispose()


async def test_when_the_database_comes_back_so_does_the_worker(
    own: Database, tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    # At the turn of a minute it would be at a job just then; that one's fault would count as the test's.
    monkeypatch.setattr(jobs.app.periodic_registry, "periodic_tasks", {})
    async with opened(own), working(tools):
        async with tools.sessions() as session, session.begin():
            await enqueue(session, note, word="before")
        await until("before")
        async with closed(own):
            await asyncio.sleep(6)  # longer than between two looks
        async with tools.sessions() as session, session.begin():
            await enqueue(session, note, word="after")
        await until("after")
    assert DONE == ["before", "after"]


async def test_drain_waits_for_what_another_worker_does(own: Database, tools: Tools) -> None:
    async with opened(own), working(tools):
        async with tools.sessions() as session, session.begin():
            await enqueue(session, note_slowly, word="finished")
        await until("begun")
        await drain(tools)
        assert DONE == ["begun", "finished"]


async def test_a_job_of_a_dead_worker_is_taken_up_again(own: Database, tools: Tools) -> None:
    async with tools.sessions() as session, session.begin():
        await enqueue(session, note, word="after all")
    engine = engine_for(own.owner_url)
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat)"
                " VALUES (now() - interval '1 minute') RETURNING id)"
                " UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM dead)"
            )
        )
    await engine.dispose()
    async with opened(own):
        await jobs.resume_stalled(timestamp=0)
        await drain(tools)
    assert DONE == ["after all"]


async def test_drain_does_not_wait_without_end(own: Database, tools: Tools) -> None:
    async with opened(own), working(tools):
        async with tools.sessions() as session, session.begin():
            await enqueue(session, note_slowly, word="finished")
        await until("begun")
        with pytest.raises(TimeoutError):
            await drain(tools, patience=0.05)
