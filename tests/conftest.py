"""A real PostgreSQL, migrated once; each test in a transaction of its own, or on a copy of its own."""

import gc
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import uuid4

import httpx2
import pytest
import structlog
from fastapi import FastAPI
from hypothesis import HealthCheck
from hypothesis import settings as drawing
from sqlalchemy import Engine, event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, AsyncTransaction, async_sessionmaker

from app import process
from app.calls import rule_set
from app.core import jobs, logs
from app.core.db import engine_for, migrate, sessions_for
from app.core.postgres import Database, connect_external, copy_of, drop, embedded
from app.core.settings import Settings, load_settings
from app.main import create_app
from tests.core.running import in_memory
from tests.grounds import KEPT, Grounds, Roaming, copy_for, inside, remembering

SERVER = os.environ.get("IMI_TEST_DATABASE_URL")
P = ParamSpec("P")
R = TypeVar("R")
ROOM = 4 * 2**30  # bytes; a worker needs about one gigabyte
VERSION = int(os.environ.get("IMI_TEST_POSTGRES", "18"))

# How fast examples are drawn says something of the machine, nothing of the code.
drawing.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
drawing.load_profile("untimed")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def plain_logs() -> None:
    """Tracebacks in a few lines: the form that shows every local variable takes seconds."""
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, structlog.processors.add_log_level, plain]
    )


@pytest.fixture(scope="session")
def worker_name(request: pytest.FixtureRequest) -> str:
    return str(getattr(request.config, "workerinput", {}).get("workerid", "main"))


@pytest.fixture(scope="session")
def template(worker_name: str) -> Iterator[Database]:
    """A migrated database that nobody connects to, so that it can be copied at any moment."""
    if SERVER:
        base = connect_external(SERVER)
        mine = copy_of(base, f"imi_test_{worker_name}")
        migrate(mine.owner_url)
        yield mine
        drop(mine)
        return
    # Not under pytest's own folder: as root the server runs as another user, who could not enter it.
    with (
        TemporaryDirectory(prefix="imi-test-", dir=in_memory(ROOM)) as folder,
        embedded(Path(folder), f"imi_{worker_name}", version=VERSION, throwaway=True) as mine,
    ):
        migrate(mine.owner_url)
        yield mine


@pytest.fixture(scope="session")
def database(template: Database, worker_name: str) -> Iterator[Database]:
    """The database that most tests share; each rolls back what it did."""
    shared = copy_of(template, f"imi_shared_{worker_name}")
    yield shared
    if SERVER:
        drop(shared)


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("data")
    found = load_settings(
        data_dir=folder, rehearsal=True, worker_inside=False, public_url="http://test", log_level="error"
    )
    logs.configure(found)
    return found


@dataclass
class World:
    """A running application over one database: its sessions, and clients for whoever acts."""

    app: FastAPI
    settings: Settings
    database: Database
    grounds: Grounds | None = None
    _undo: AsyncTransaction | None = None

    def __deepcopy__(self, memo: dict[int, Any]) -> "World":
        return self  # one that is not the ground's own

    @property
    def sessions(self) -> async_sessionmaker[AsyncSession]:
        return self.app.state.sessions

    def client(self, token: str | None = None) -> httpx2.AsyncClient:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        transport = httpx2.ASGITransport(app=self.app, raise_app_exceptions=False)
        return httpx2.AsyncClient(transport=transport, base_url="http://test", headers=headers)

    async def prepared(
        self, build: Callable[Concatenate["World", P], Awaitable[R]], *args: P.args, **named: P.kwargs
    ) -> R:
        """What `build` makes in this world, built by the first test that asks for it; all undo to it.

        The first thing that a test does. The same builder with the same arguments is the same ground, so
        it must depend on nothing else: not on what the test has patched.
        """
        assert self.grounds is not None, "Real commits stand on nothing that is undone."
        assert not self.grounds.touched, "A ground comes before all else that a test does."
        key = (build, args, tuple(sorted(named.items())))
        ground = await self.grounds.find(key, self, lambda: build(self, *args, **named))
        self.database = ground.database
        self.app.state.sessions = inside(ground.connection)
        self._undo = await ground.connection.begin_nested()
        rule_set._pinned.clear()  # another test may have given the same call other rules
        return copy_for(ground, self)

    async def undo(self) -> None:
        """Take the ground back to what it was when the test came."""
        if self._undo is not None and self._undo.is_active:
            await self._undo.rollback()


@pytest.fixture(scope="session")
def application(settings: Settings, database: Database) -> FastAPI:
    """One application for all tests: the first request to a new one takes most of a second.

    What is there by then stays to the end, and is not looked through again for what is garbage.
    """
    app = create_app(settings, database)
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    return app


@asynccontextmanager
async def _world(settings: Settings, database: Database, app: FastAPI | None = None) -> AsyncIterator[World]:
    app = app or create_app(settings, database)
    process.install(settings)  # limits begin anew
    async with jobs.opened(database):
        yield World(app, settings, database)


@pytest.fixture(scope="session")
async def engine(database: Database) -> AsyncIterator[AsyncEngine]:
    """One connection for all tests: it keeps the statements that are compiled, prepared and planned."""
    engine = remembering(engine_for(database.app_url, pool=1))
    yield engine
    await engine.dispose()


@pytest.fixture(scope="session")
async def grounds(template: Database, database: Database, worker_name: str) -> AsyncIterator[Grounds]:
    roaming = Roaming(engine_for(template.app_url, pool=1 + KEPT))
    kept = Grounds(roaming, template, database, f"imi_ground_{worker_name}")
    yield kept
    await kept.close()
    for copy in kept.copies if SERVER else ():  # a server of our own goes as a whole
        drop(copy)


@pytest.fixture
async def world(
    settings: Settings, database: Database, application: FastAPI, grounds: Grounds
) -> AsyncIterator[World]:
    """Everything happens inside one transaction that is rolled back; refusals that must survive do not."""
    async with _world(settings, database, application) as here, grounds.empty() as sessions:
        here.app.state.sessions, here.grounds = sessions, grounds
        yield here
        await here.undo()


@pytest.fixture(scope="session")
def roaming(template: Database) -> Roaming:
    return Roaming(engine_for(template.app_url))


@pytest.fixture
async def live(
    settings: Settings, template: Database, application: FastAPI, roaming: Roaming
) -> AsyncIterator[World]:
    """A database of its own, with real commits: for races, the queue, and what survives a refusal."""
    roaming.named = f"imi_{uuid4().hex[:12]}"
    copy = copy_of(template, roaming.named)
    async with _world(settings, copy, application) as here:
        here.app.state.sessions = sessions_for(roaming.engine)
        yield here
    await roaming.engine.dispose()
    drop(copy)


Counting = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def counting() -> Counting:
    """The statements that are sent inside the block, by their beginning; savepoints are the test's own.

    Jobs are asked for on the bare connection, past the engine's events.
    """
    manager = jobs.app.job_manager
    defer = manager.batch_defer_jobs_async

    @contextmanager
    def count() -> Iterator[list[str]]:
        sent: list[str] = []

        def note(*given: Any) -> None:
            if "SAVEPOINT" not in given[2]:
                sent.append(" ".join(given[2].split()[:3]))

        def note_jobs(*given: Any, **named: Any) -> Any:
            sent.append("SELECT procrastinate_defer_jobs")
            return defer(*given, **named)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(manager, "batch_defer_jobs_async", note_jobs)
                yield sent
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    return count
