"""Servers of their own for the tests of starting, stopping and logging in."""

import shutil
import tempfile
from pathlib import Path

import psycopg

from app.core.postgres import libpq

MEMORY = Path("/dev/shm")
ROOMY = MEMORY.exists() and shutil.disk_usage(MEMORY).free > 2**30


def new_folder() -> Path:
    """Not pytest's own: as root the server runs as another user, which cannot enter that one."""
    return Path(tempfile.mkdtemp(prefix="imi-test-", dir=MEMORY if ROOMY else None))


def ask(url: str, query: str) -> object:
    with psycopg.connect(libpq(url), autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None
