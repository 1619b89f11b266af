"""A database as it was before a revision, for what the revision must do to what is in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
from alembic import command
from alembic.script import ScriptDirectory

from app.core.db import config_for
from app.core.postgres import Database, copy_of, drop, libpq


@contextmanager
def before_revision(revision: str, template: Database, *rows: str) -> Iterator[Database]:
    """A database at the revision that comes before this one, with these rows (SQL) in it."""
    copy = copy_of(template, f"imi_{revision}_{uuid4().hex[:12]}")
    with psycopg.connect(libpq(copy.owner_url)) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    config = config_for(copy.owner_url)
    command.upgrade(config, str(ScriptDirectory.from_config(config).get_revision(revision).down_revision))
    with psycopg.connect(libpq(copy.owner_url)) as connection:
        for some in rows:
            connection.execute(some.encode())
    yield copy
    drop(copy)
