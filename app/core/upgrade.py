"""Bringing the schema to this program's version before anything else touches the database."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from app.core.db import known_revisions, migrate, schema_version
from app.core.postgres import Database, DatabaseError, libpq


def upgrade(database: Database) -> None:
    """Migrate as the owner, one process at a time. Raises DatabaseError, with nothing half done."""
    url = database.owner_url
    try:
        with _alone(url):
            found, wanted = schema_version(url)
            if found is not None and found not in known_revisions(url):
                raise DatabaseError(
                    f"The database's schema ({found}) is newer than this program ({wanted}); "
                    "install the newer program."
                )
            if found != wanted:
                migrate(url)
    except (SQLAlchemyError, CommandError, psycopg.Error) as error:
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0].rstrip(".")
        raise DatabaseError(f"The schema cannot be brought to this version: {cause}.") from None


@contextmanager
def _alone(url: str) -> Iterator[None]:
    with psycopg.connect(libpq(url), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext('imi schema'))")
        yield


def rehearsed(database: Database) -> bool:
    """Whether process time was ever moved here; such a database is marked for good."""
    with psycopg.connect(libpq(database.app_url)) as connection:
        row = connection.execute("SELECT rehearsed FROM clock").fetchone()
    return bool(row and row[0])
