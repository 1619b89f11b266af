"""`imi serve` as somebody at a terminal meets it: it comes up, it stops, and it says what is wrong."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from app.core.postgres import embedded
from tests.core.running import ROOT, ask, gone, new_folder, servers

IMI = [sys.executable, "-m", "app"]
PIPE = subprocess.PIPE


@pytest.fixture
def folder() -> Iterator[Path]:
    path = new_folder()
    yield path
    shutil.rmtree(path)


def environment(folder: Path, **variables: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "IMI_DATA_DIR": str(folder), **variables}


def refused(folder: Path, *command: str, **variables: str) -> str:
    """The one line on stderr of a command that ends with code 1."""
    env = environment(folder, **variables)
    done = subprocess.run([*IMI, *command], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    return line


@contextmanager
def serving(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server on a free port, once it says that it is up, and its address."""
    command = [*IMI, "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, env=environment(folder), stdout=PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            assert said.startswith("API docs: http://127.0.0.1:")
            yield process, said.removeprefix("API docs: ").removesuffix("/docs\n")
        finally:
            process.kill()


def test_it_serves_and_stops_with_everything_it_started(folder: Path) -> None:
    with serving(folder) as (process, address):
        assert httpx2.get(f"{address}/healthz").json() == {"status": "alive"}
        assert httpx2.get(f"{address}/readyz").json() == {"status": "ready"}
        assert httpx2.get(f"{address}/docs").status_code == 200
        assert len(servers(folder)) == 1
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert servers(folder) == []


def test_a_worker_joins_the_database_and_stops_alone(folder: Path) -> None:
    with serving(folder) as (process, address):
        with subprocess.Popen([*IMI, "worker"], cwd=ROOT, env=environment(folder)) as worker:
            while ask(owner(folder), "SELECT count(*) FROM procrastinate_workers") != 2:
                assert worker.poll() is None
                time.sleep(0.1)
            worker.terminate()
            assert worker.wait(30) == 0
        assert httpx2.get(f"{address}/readyz").status_code == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert servers(folder) == []


def test_killed_it_leaves_nothing_and_the_database_starts_again(folder: Path) -> None:
    with serving(folder) as (process, _):
        process.kill()
    with embedded(folder) as database:
        assert ask(database.owner_url, "SELECT count(*) FROM alembic_version") == 1
    assert gone(folder)


def owner(folder: Path) -> str:
    return f"postgresql+psycopg://imi_owner@/imi?host={folder}/postgresql-18"


def test_a_busy_port_is_told_before_a_database_is_started(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert refused(folder, "serve", "--port", str(port)) == (
            f"The program cannot listen on 127.0.0.1, port {port}: it is in use; choose another with --port."
        )
    assert list(folder.iterdir()) == []


def test_a_wrong_setting_is_told(folder: Path) -> None:
    assert refused(folder, "serve", IMI_MODE="staging") == (
        "IMI_MODE is wrong: input should be 'development' or 'production'."
    )


def test_an_unreachable_database_is_told(folder: Path) -> None:
    url = "postgresql://user:hidden-word@127.0.0.1:1/imi"
    assert refused(folder, "serve", "--port", "0", DATABASE_URL=url) == (
        'DATABASE_URL cannot be reached: connection to server at "127.0.0.1", port 1 failed: '
        "Connection refused."
    )


def test_a_schema_that_does_not_fit_is_told(folder: Path) -> None:
    with embedded(folder) as database:
        ask(database.owner_url, "CREATE TABLE alembic_version (version_num text)")
        ask(database.owner_url, "INSERT INTO alembic_version VALUES ('9999')")
        said = refused(folder, "migrate")
        assert said.startswith("The database's schema (9999) is newer than this program (")
        assert said.endswith("); install the newer program.")

        ask(database.owner_url, "DROP TABLE alembic_version")
        ask(database.owner_url, "CREATE TABLE outbox (n int)")
        assert refused(folder, "migrate") == (
            'The schema cannot be brought to this version: relation "outbox" already exists.'
        )
