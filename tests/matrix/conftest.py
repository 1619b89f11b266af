"""One application and one transaction for the whole matrix: each cell is undone, and all of it at the end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker

from app.core.postgres import Database
from app.core.settings import Settings
from app.workflow import following
from tests.conftest import _world
from tests.matrix.acts import acts
from tests.matrix.cast import Cast, gather
from tests.matrix.walk import Known, Looking


@asynccontextmanager
async def gathered(settings: Settings, database: Database, engine: AsyncEngine) -> AsyncIterator[Cast]:
    """Everybody before one application, in a transaction that is rolled back at the end."""
    acts()  # makes an application of its own, whose signing key must not be the last one installed
    # The walk may take longer than a token lives: everybody signs in once.
    lasting = settings.model_copy(update={"access_token_minutes": 60})
    async with _world(lasting, database) as here, engine.connect() as connection:
        outer = await connection.begin()
        here.app.state.sessions = async_sessionmaker(
            connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        )
        yield await gather(here, connection)
        await outer.rollback()


@pytest.fixture(scope="module")
async def cast(settings: Settings, database: Database, engine: AsyncEngine) -> AsyncIterator[Cast]:
    async with gathered(settings, database, engine) as cast:
        yield cast


@pytest.fixture(autouse=True)
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that is followed is told of once: in one transaction it never gets further."""
    monkeypatch.setattr(following, "LONGEST", 0.0)


@pytest.fixture
def looking(monkeypatch: pytest.MonkeyPatch) -> Looking:
    return Looking(monkeypatch)


@pytest.fixture
def known(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Known:
    return Known(monkeypatch)
