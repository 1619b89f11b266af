"""The two logins of a database, the embedded one's and those of a server of one's own."""

import shutil
from collections.abc import Iterator
from threading import Timer

import psutil
import psycopg
import pytest

from app.core import postgres
from app.core.postgres import Database, DatabaseError, connect_external, copy_of, drop, libpq
from tests.core.running import ask, new_folder


@pytest.fixture(scope="module")
def server() -> Iterator[Database]:
    path = new_folder()
    with postgres.embedded(path, throwaway=True) as database:
        yield database
    shutil.rmtree(path)


def test_the_app_has_no_rights_that_were_not_granted(server: Database) -> None:
    assert ask(server.app_url, "SELECT current_user") == "imi_app"
    assert ask(server.owner_url, "SELECT current_user") == "imi_owner"
    ask(server.owner_url, "CREATE TABLE IF NOT EXISTS closed (n int)")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(server.app_url, "SELECT n FROM closed")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(server.app_url, "CREATE TABLE mine (n int)")


def test_a_copy_has_everything_and_goes_again(server: Database) -> None:
    first = copy_of(server, "first")
    ask(first.owner_url, "CREATE TABLE known AS SELECT 5 AS n")
    second = copy_of(first, "second")
    assert ask(second.owner_url, "SELECT n FROM known") == 5
    with psycopg.connect(libpq(second.app_url)):
        drop(second)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        ask(second.owner_url, "SELECT 1")
    drop(first)


def test_a_process_that_misses_the_word_is_not_waited_for_without_end(server: Database) -> None:
    """It hears nothing while the first try lasts, as one that has just started may."""
    copy = copy_of(server, "unheard")
    with psycopg.connect(libpq(server.app_url)) as deaf:
        process = psutil.Process(deaf.info.backend_pid)
        process.suspend()
        hears = Timer(1.5, process.resume)
        hears.start()
        drop(copy, seconds=1)
        hears.join()
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        ask(copy.owner_url, "SELECT 1")


def as_user(server: Database, user: str) -> str:
    """The URL as a stranger would write it, for another login."""
    return server.owner_url.replace("postgresql+psycopg", "postgres").replace("imi_owner", user)


def test_one_login_serves_with_granted_rights_only(server: Database) -> None:
    database = connect_external(as_user(server, "postgres"))
    assert ask(database.owner_url, "SELECT current_user") == "postgres"
    assert ask(database.app_url, "SELECT current_user") == "imi_app"
    assert ask(database.app_url, "SELECT session_user") == "postgres"


def test_options_of_the_url_are_kept(server: Database) -> None:
    database = connect_external(as_user(server, "postgres") + "&options=-cwork_mem%3D5MB")
    assert ask(database.app_url, "SHOW work_mem") == "5MB"
    assert ask(database.app_url, "SELECT current_user") == "imi_app"


def test_a_second_login_needs_the_role_and_no_more(server: Database) -> None:
    owner = as_user(server, "postgres")
    with pytest.raises(DatabaseError, match=r"^APP_DATABASE_URL's login is a superuser"):
        connect_external(owner, owner)
    ask(owner, "CREATE ROLE plain LOGIN")
    with pytest.raises(DatabaseError, match=r'run: GRANT "imi_app" TO "plain";$'):
        connect_external(owner, as_user(server, "plain"))
    ask(owner, "GRANT imi_app TO plain")
    assert ask(connect_external(owner, as_user(server, "plain")).app_url, "SELECT user") == "plain"


def test_a_login_that_may_not_make_roles_is_told_the_sql(server: Database) -> None:
    ask(as_user(server, "postgres"), "CREATE ROLE bound LOGIN")
    with pytest.raises(DatabaseError) as caught:
        connect_external(as_user(server, "bound"))
    assert str(caught.value) == (
        'DATABASE_URL\'s login may not set up the role imi_app; as a superuser: GRANT "imi_app" TO "bound";'
    )


def test_an_old_server_is_refused(server: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "OLDEST", 19)
    with pytest.raises(DatabaseError) as caught:
        connect_external(as_user(server, "postgres"))
    assert str(caught.value) == "PostgreSQL 19 or later is needed; this server is 18."


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        (
            "mysql://user:hidden-word@db/imi",
            "DATABASE_URL is not a URL of the form postgresql://user@host/database.",
        ),
        (
            "hidden-word",
            "DATABASE_URL is not a URL of the form postgresql://user@host/database.",
        ),
        (
            "postgresql://user:hidden-word@127.0.0.1:1/imi",
            'DATABASE_URL cannot be reached: connection to server at "127.0.0.1", port 1 failed: '
            "Connection refused.",
        ),
    ],
)
def test_an_unreachable_server_is_one_sentence(url: str, sentence: str) -> None:
    with pytest.raises(DatabaseError) as caught:
        connect_external(url)
    assert str(caught.value) == sentence
