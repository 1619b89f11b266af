"""The embedded PostgreSQL through every way of starting and ending."""

import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from importlib.machinery import ModuleSpec
from pathlib import Path
from uuid import uuid4

import pytest

from app.core import postgres
from app.core.embedded import place
from app.core.embedded.cluster import cluster
from app.core.postgres import DatabaseError
from tests.core.running import HOLD, ROOT, ask, gone, holder, new_folder, postmaster, servers, superuser

IS_ROOT = os.geteuid() == 0


@pytest.fixture
def folder() -> Iterator[Path]:
    path = new_folder()
    yield path
    shutil.rmtree(path)


def test_start_stop_and_start_again_keep_the_data(folder: Path) -> None:
    with postgres.embedded(folder) as database:
        ask(database.owner_url, "CREATE TABLE kept AS SELECT 7 AS n")
        assert len(servers(folder)) == 1
    assert servers(folder) == []
    with postgres.embedded(folder) as database:
        assert ask(database.owner_url, "SELECT n FROM kept") == 7
    assert servers(folder) == []


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_server_ends_with_its_owner_and_starts_again(folder: Path, end: signal.Signals) -> None:
    with holder(folder) as (process, url):
        ask(url, "CREATE TABLE kept AS SELECT 7 AS n")
        assert len(servers(folder)) == 1
        process.send_signal(end)
        process.wait(10)
        # At once, while the old server may still be shutting down.
        with cluster(folder) as sockets:
            assert ask(superuser(sockets), "SELECT n FROM kept") == 7
    assert gone(folder)


def test_a_server_whose_owner_is_gone_is_replaced(folder: Path) -> None:
    with cluster(folder) as sockets:
        ask(superuser(sockets), "CREATE TABLE kept AS SELECT 7 AS n")
    where = place.find_place(folder / "postgresql-18", 18)
    with where.log.open("w") as log:
        options = ("-D", str(where.data), "-o", f"-k {where.data} -h ''", "-w")
        assert where.start("pg_ctl", "start", *options, output=log).wait() == 0
    (left,) = servers(folder)
    with cluster(folder) as sockets:
        assert not left.is_running()
        assert ask(superuser(sockets), "SELECT n FROM kept") == 7
    assert servers(folder) == []


def test_killed_in_the_middle_of_work_it_starts_again_once_the_work_is_over(folder: Path) -> None:
    """A process of the killed server computes on without a look at whether that is still there."""
    with ExitStack() as first, ThreadPoolExecutor(1) as thread:
        url = superuser(first.enter_context(cluster(folder)))
        ask(url, "CREATE TABLE kept AS SELECT 7 AS n")
        counting = thread.submit(ask, url, "SELECT count(*) FROM generate_series(1, 20000000)")
        at_work = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%20000000)'"
        while ask(url, at_work) != 1:
            assert not counting.done()
        postmaster(folder).kill()
        first.close()
        with cluster(folder) as sockets:
            assert ask(superuser(sockets), "SELECT n FROM kept") == 7
            counting.exception(60)
    assert gone(folder)


def test_a_process_number_that_is_another_programs_now_is_left_alone(folder: Path) -> None:
    with cluster(folder):
        pass
    where = place.find_place(folder / "postgresql-18", 18)
    stranger = subprocess.Popen(["sleep", "60"], user=where.account)
    try:
        pid_file = where.data / "postmaster.pid"
        pid_file.write_text(f"{stranger.pid}\n{where.data}\n0\n5432\n{where.data}\n")
        where.give(pid_file)
        with cluster(folder) as sockets:
            assert ask(superuser(sockets), "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_start_broken_off_while_the_data_were_made_does_no_harm(folder: Path) -> None:
    draft = folder / "postgresql-18.new"
    draft.mkdir()
    (draft / "PG_VERSION").write_text("18\n")
    with cluster(folder) as sockets:
        assert ask(superuser(sockets), "SELECT 1") == 1


def test_a_second_process_joins_and_leaves_it_running(folder: Path) -> None:
    with holder(folder) as (_, url), holder(folder) as (second, joined):
        assert joined == url
        with postgres.embedded(folder, name="other") as third:
            assert ask(third.owner_url, "SELECT current_database()") == "other"
        second.communicate()
        assert ask(url, "SELECT 1") == 1
        assert len(servers(folder)) == 1
    assert servers(folder) == []


def test_two_first_starts_at_once_share_one_server(folder: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(folder)]
    pipe = subprocess.PIPE
    both = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT) for _ in range(2)]
    urls = {process.stdout.readline() for process in both if process.stdout}
    assert len(urls) == 1
    assert len(servers(folder)) == 1
    for process in both:
        process.communicate()
    assert [process.returncode for process in both] == [0, 0]
    assert servers(folder) == []


def test_a_deep_folder_has_its_socket_elsewhere(folder: Path) -> None:
    deep = folder / ("deep" * 20)
    deep.mkdir()
    folder.chmod(0o755)
    with cluster(deep) as sockets:
        assert not sockets.is_relative_to(folder)
        assert ask(superuser(sockets), "SELECT 1") == 1
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert not sockets.exists()


def test_the_shells_locale_does_not_matter(folder: Path) -> None:
    with holder(folder), postgres.embedded(folder) as database:
        query = "SELECT datcollate || ' ' || datctype || ' ' || pg_encoding_to_char(encoding) "
        query += "FROM pg_database WHERE datname = current_database()"
        assert ask(database.owner_url, query) == "C.UTF-8 C.UTF-8 UTF8"
        assert ask(database.owner_url, "SHOW timezone") == "UTC"


def open_to_others() -> bool:
    try:
        done = subprocess.run([sys.executable, "-c", "import app.core.postgres"], user="nobody", cwd=ROOT)
    except PermissionError:
        return False
    return done.returncode == 0


@pytest.mark.skipif(not IS_ROOT, reason="only root can become another user")
def test_another_user_runs_it_as_itself(folder: Path) -> None:
    user = f"imi{uuid4().hex[:8]}"
    if not open_to_others():
        pytest.skip("the checkout or the interpreter lies in a folder closed to other users")
    subprocess.run(["useradd", "--no-create-home", user], check=True)
    try:
        shutil.chown(folder, user)
        with holder(folder, user) as (_, url):
            assert ask(url, "SELECT 1") == 1
            assert [process.username() for process in servers(folder)] == [user]
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    finally:
        subprocess.run(["userdel", user], check=True, capture_output=True)


@pytest.mark.skipif(not IS_ROOT, reason="the server is another user than its starter only for root")
def test_as_root_a_closed_home_is_not_opened(folder: Path) -> None:
    folder.chmod(0o700)
    inside = folder / "data"
    inside.mkdir()
    with pytest.raises(DatabaseError) as caught, postgres.embedded(inside):
        pass
    assert str(caught.value) == (
        f"For root the embedded PostgreSQL runs as 'nobody', which cannot enter {inside}; "
        "set IMI_DATA_DIR to a folder outside homes."
    )
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.skipif(not IS_ROOT, reason="the server is another user than its starter only for root")
def test_as_root_an_installation_in_a_closed_home_is_copied(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, data = folder / "home", folder / "data"
    data.mkdir()
    folder.chmod(0o711)
    package = place._installed(18).parent
    for part in (Path(package.name, "pginstall18"), Path(f"{package.name}.libs")):
        shutil.copytree(package.parent / part, home / part)
    home.chmod(0o700)
    origin = str(home / package.name / "__init__.py")
    monkeypatch.setattr(place, "find_spec", lambda name: ModuleSpec(name, None, origin=origin))
    for _ in range(2):
        with cluster(data) as sockets:
            assert ask(superuser(sockets), "SELECT 1") == 1
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


@pytest.mark.parametrize("version", [15, 16, 18])
def test_every_version_that_is_here(folder: Path, version: int) -> None:
    if version == 15 and not Path("/usr/lib/postgresql/15/bin/postgres").exists():
        pytest.skip("PostgreSQL 15 is not installed")
    with postgres.embedded(folder, version=version, throwaway=True) as database:
        assert str(ask(database.owner_url, "SHOW server_version")).startswith(f"{version}.")


def test_a_server_that_cannot_start_says_why(folder: Path) -> None:
    with postgres.embedded(folder):
        pass
    (folder / "postgresql-18" / "postgresql.conf").write_text("nonsense = 1\n")
    with pytest.raises(DatabaseError) as caught, postgres.embedded(folder):
        pass
    assert str(caught.value).startswith("The embedded PostgreSQL does not start: ")
    assert servers(folder) == []
