"""Servers of their own for the tests of starting, stopping and logging in."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg

from app.core.postgres import libpq

ROOT = Path(__file__).parents[2]
MEMORY = Path("/dev/shm")
HOLD = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a suite in the background hands down to ignore it
import sys
from pathlib import Path
from app.core.embedded.cluster import cluster
with cluster(Path(sys.argv[1])) as sockets:
    print(f"postgresql+psycopg://postgres@/postgres?host={sockets}", flush=True)
    sys.stdin.read()
"""


def in_memory(room: int) -> Path | None:
    """Where files are kept in memory, if so many bytes are free: a database is copied three times as fast."""
    return MEMORY if MEMORY.exists() and shutil.disk_usage(MEMORY).free > room else None


def new_folder() -> Path:
    """Not pytest's own: as root the server runs as another user, which cannot enter that one."""
    return Path(tempfile.mkdtemp(prefix="imi-test-", dir=in_memory(2**30)))


def ask(url: str, query: str) -> object:
    with psycopg.connect(libpq(url), autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None


def superuser(sockets: Path) -> str:
    return f"postgresql+psycopg://postgres@/postgres?host={sockets}"


def servers(folder: Path) -> list[psutil.Process]:
    """The server processes whose data lie in `folder`."""
    found = []
    for process in psutil.process_iter():
        try:
            line = process.cmdline()
        except psutil.Error:
            continue
        if "-D" in line and any(part.startswith(str(folder)) for part in line):
            found.append(process)
    return found


def postmaster(folder: Path) -> psutil.Process:
    """The server's first process; a child looks like it for an instant, so it is known by its number."""
    return psutil.Process(int((folder / "postgresql-18" / "postmaster.pid").read_text().split()[0]))


def gone(folder: Path, seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while servers(folder) and time.monotonic() < end:
        time.sleep(0.02)
    return not servers(folder)


@contextmanager
def holder(folder: Path, user: str | None = None) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Another process that runs the server until its input is closed, and its URL."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        user=user,
        group=pwd.getpwnam(user).pw_gid if user else None,
        extra_groups=[] if user else None,
        env={"PATH": os.environ["PATH"], "LC_ALL": "xx_YY.nonsense"},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.stdin.close()
            process.wait(30)
