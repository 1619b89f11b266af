"""The toys' tables, made by the owner, and worlds in which toys have routes; statements counted."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi import FastAPI
from sqlalchemy import Connection, create_engine, text

from app.core.db import APP_ROLE
from app.core.postgres import Database
from app.core.settings import Settings
from app.main import create_app
from tests.conftest import World
from tests.workflow.toy import ToyBase, install, with_toys


@pytest.fixture(scope="package")
def toy_tables(database: Database, template: Database) -> Iterator[None]:
    """In the database that is shared, and in what others are copied from."""
    for each in (database, template):
        with _owner(each) as connection:
            ToyBase.metadata.create_all(connection)
            for table in ToyBase.metadata.tables:
                connection.execute(text(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP_ROLE}"))
    yield
    for each in (database, template):
        with _owner(each) as connection:
            ToyBase.metadata.drop_all(connection)


@contextmanager
def _owner(database: Database) -> Iterator[Connection]:
    engine = create_engine(database.owner_url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


@pytest.fixture(scope="package")
def application(settings: Settings, database: Database) -> Iterator[FastAPI]:
    """The application of this folder's worlds: one more, with toys."""
    with with_toys(create_app(settings, database)) as app:
        yield app


@pytest.fixture
def toys(toy_tables: None, world: World) -> World:
    """Toys in one transaction, rolled back."""
    install()
    return world


@pytest.fixture
def live_toys(toy_tables: None, live: World) -> World:
    """Toys in a database of their own, with real commits."""
    install()
    return live
