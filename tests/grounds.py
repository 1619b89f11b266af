"""Grounds: what many tests stand on is built once, kept in an open transaction, and undone to a savepoint."""

from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass
from time import monotonic
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncTransaction, async_sessionmaker

from app.core.db import STATEMENTS, Sessions
from app.core.postgres import Database, copy_of

KEPT = 3
"""Grounds at a time: tests of a module take turns on a few. Each has a database of its own, so that
no test waits for a lock or a unique key that the open transaction of another ground holds."""
LONGEST = 300.0
"""Seconds that a ground is kept: tokens live for 900, and what is `just over` shall not be long ago."""


def remembering(engine: AsyncEngine) -> AsyncEngine:
    """An engine whose connections keep every statement prepared and planned, from the second time on.

    Out of the box they keep the last hundred, and a server plans each five times by its values: of about a
    thousand, most were planned whenever they were asked. Tables of tests are so small that any plan will do.
    """
    event.listen(engine.sync_engine, "connect", _remember)
    return engine


def _remember(connection: Any, _: Any) -> None:
    connection.driver_connection.prepared_max = STATEMENTS
    connection.driver_connection.prepare_threshold = 1
    connection.cursor().execute("SET plan_cache_mode = force_generic_plan")
    connection.commit()


class Roaming:
    """An engine that connects to whichever database is `named`, and keeps the statements it has compiled."""

    def __init__(self, engine: AsyncEngine, named: str = "") -> None:
        self.engine, self.named = remembering(engine), named
        event.listen(engine.sync_engine, "do_connect", self._go)

    def _go(self, dialect: Any, record: Any, args: Any, parameters: dict[str, Any]) -> None:
        parameters["dbname"] = self.named

    async def connect(self, database: Database) -> AsyncConnection:
        """A connection to this database, which must not be given back to the pool."""
        self.named = make_url(database.app_url).database or ""
        return await self.engine.connect()


def inside(connection: AsyncConnection) -> Sessions:
    """Sessions whose commit ends a savepoint of the connection's transaction."""
    return async_sessionmaker(connection, expire_on_commit=False, join_transaction_mode="create_savepoint")


@dataclass
class Ground:
    """An open transaction on a database of its own, in which something was built."""

    connection: AsyncConnection
    database: Database
    outer: AsyncTransaction
    world: Any
    made: Any = None
    since: float = 0.0

    @property
    def stands(self) -> bool:
        return self.outer.is_active and not broken(self.connection) and monotonic() - self.since < LONGEST


class Grounds:
    """The grounds of one worker, by what built them; the one that was used longest ago gives way."""

    def __init__(self, roaming: Roaming, template: Database, shared: Database, prefix: str) -> None:
        self.roaming, self.template, self.shared, self.prefix = roaming, template, shared, prefix
        self.by_key: OrderedDict[Hashable, Ground] = OrderedDict()
        self.free: list[tuple[AsyncConnection, Database]] = []
        self.copies: list[Database] = []
        self.bare: AsyncConnection | None = None
        self.touched = False
        event.listen(roaming.engine.sync_engine, "savepoint", self._note)

    def _note(self, *_: Any) -> None:
        self.touched = True

    @asynccontextmanager
    async def empty(self) -> AsyncIterator[Sessions]:
        """A transaction on the shared database, which is rolled back."""
        if self.bare is None or broken(self.bare):
            self.bare = await self.roaming.connect(self.shared)
        outer = await self.bare.begin()
        self.touched = False
        yield inside(self.bare)
        await outer.rollback()

    async def find(self, key: Hashable, world: Any, build: Callable[[], Awaitable[Any]]) -> Ground:
        """The ground of this key; `build` makes it when there is none yet."""
        found = self.by_key.get(key)
        if found is not None and found.stands:
            self.by_key.move_to_end(key)
            return found
        if found is not None:
            await self._leave(key)
        while len(self.by_key) >= KEPT:
            await self._leave(next(iter(self.by_key)))
        self.touched = True  # a ground stands on no other
        connection, database = self.free.pop() if self.free else await self._copied()
        ground = Ground(connection, database, await connection.begin(), world)
        before = world.app.state.sessions
        world.app.state.sessions = inside(connection)
        try:
            ground.made = await build()
        except BaseException:
            world.app.state.sessions = before
            await self._give_back(ground)
            raise
        ground.since = monotonic()
        self.by_key[key] = ground
        return ground

    async def _copied(self) -> tuple[AsyncConnection, Database]:
        self.copies.append(copy_of(self.template, f"{self.prefix}_{len(self.copies)}"))
        return await self.roaming.connect(self.copies[-1]), self.copies[-1]

    async def _leave(self, key: Hashable) -> None:
        await self._give_back(self.by_key.pop(key))

    async def _give_back(self, ground: Ground) -> None:
        """The connection is used again, with what it has prepared; a broken one and its database are not."""
        if ground.outer.is_active and not broken(ground.connection):
            await ground.outer.rollback()
            self.free.append((ground.connection, ground.database))
        elif not ground.connection.closed:
            await ground.connection.invalidate()  # so that the pool hands on its place, not the connection
            await ground.connection.close()

    async def forget(self) -> None:
        """Let every ground go: for a test that does what no savepoint undoes."""
        while self.by_key:
            await self._leave(next(iter(self.by_key)))

    async def close(self) -> None:
        await self.forget()
        for connection in (*(connection for connection, _ in self.free), self.bare):
            if connection is not None:
                await connection.close()
        await self.roaming.engine.dispose()


def broken(connection: AsyncConnection) -> bool:
    return connection.closed or connection.invalidated


def copy_for(ground: Ground, world: Any) -> Any:
    """What was built, shared with no other test, and with this test's world in place of the first."""
    return deepcopy(ground.made, {id(ground.world): world, id(world.app): world.app})
