"""Tables, sessions and the schema's version: what every stage's models and requests stand on."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, ClassVar
from uuid import UUID, uuid4

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from fastapi import Depends, Request
from sqlalchemy import Date, DateTime, Enum, Integer, MetaData, Numeric, Text, create_engine, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

APP_ROLE = "imi_app"
LOCK_SECONDS = 10
STATEMENTS = 3000  # kept compiled: there are about a thousand, and the default of 500 throws them away
Sessions = async_sessionmaker[AsyncSession]


class Base(DeclarativeBase):
    """The declarative base; constraint names are predictable, so that an error can name its rule."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        datetime: DateTime(timezone=True),
        date: Date(),
        Decimal: Numeric(14, 2),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
        list[str]: JSONB(),
    }


class Keyed:
    """A random id: it tells nothing of order or time."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)


class Entity(Keyed):
    """An entity of the process: its state is written by `fire` alone, its audit chain ends here."""

    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    audit_seq: Mapped[int] = mapped_column(Integer, default=0)
    audit_head: Mapped[str] = mapped_column(Text, default="")


class Versioned:
    """Something that several people edit: `version` is its ETag and rises by one with each change."""

    version: Mapped[int] = mapped_column(Integer, default=1)


def state_of(states: type[Any]) -> Any:
    """The `state` column of an entity, held to its enum by a named CHECK."""
    kind = Enum(
        states,
        native_enum=False,
        create_constraint=True,
        length=32,
        name="state",
        values_callable=lambda members: [member.value for member in members],
    )
    return mapped_column(kind, index=True)


def one_of(*values: str, name: str, default: str | None = None) -> Any:
    """A text column that takes one of a few words, held to them by a CHECK called `name`."""
    kind = Enum(*values, native_enum=False, create_constraint=True, length=40, name=name)
    return mapped_column(kind) if default is None else mapped_column(kind, default=default)


def engine_for(url: str, *, pool: int = 10) -> AsyncEngine:
    """An engine whose connections are checked before use and never wait for a lock without end."""
    engine = create_async_engine(
        url,
        pool_size=pool,
        max_overflow=5,
        pool_timeout=10,
        pool_pre_ping=True,
        query_cache_size=STATEMENTS,
        connect_args={"prepare_threshold": 5},
    )
    event.listen(engine.sync_engine, "connect", _impatient)
    return engine


def _impatient(connection: Any, _: Any) -> None:
    # Not in connect_args: the URL's own options, which may set the role, would be lost.
    connection.cursor().execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
    connection.commit()


def sessions_for(engine: AsyncEngine) -> Sessions:
    """The factory of sessions; nothing expires at commit, since an answer is made after it."""
    return async_sessionmaker(engine, expire_on_commit=False)


async def transaction(request: Request) -> AsyncIterator[AsyncSession]:
    """One request, one transaction: committed before the answer is sent, rolled back by any refusal."""
    async with request.app.state.sessions() as session, session.begin():
        yield session


Transaction = Annotated[AsyncSession, Depends(transaction, scope="function")]


def config_for(owner_url: str) -> Config:
    """Alembic's configuration for one database."""
    root = Path(__file__).resolve().parents[2]
    config = Config()
    config.set_main_option("script_location", str(root / "migrations"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("prepend_sys_path", str(root))
    config.attributes["url"] = owner_url
    return config


def migrate(owner_url: str) -> None:
    """Bring the schema to this code's version, as its owner; each revision is one transaction."""
    command.upgrade(config_for(owner_url), "head")


def schema_version(owner_url: str) -> tuple[str | None, str | None]:
    """The revision the database stands at, and the one this code wants."""
    engine = create_engine(owner_url)
    try:
        with engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    return found, ScriptDirectory.from_config(config_for(owner_url)).get_current_head()


def known_revisions(owner_url: str) -> frozenset[str]:
    """Every revision that this code knows."""
    return frozenset(r.revision for r in ScriptDirectory.from_config(config_for(owner_url)).walk_revisions())
