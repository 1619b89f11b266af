"""The database and its two logins: the owner migrates, the app serves with granted rights only."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import errors
from psycopg.conninfo import make_conninfo
from psycopg.rows import TupleRow
from psycopg.sql import SQL, Composed, Identifier
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from app.core.embedded.cluster import SUPERUSER, cluster
from app.core.embedded.place import ClusterError
from app.core.fault import Fault
from app.core.settings import Settings, SettingsError, private_folder

OWNER_ROLE = "imi_owner"
APP_ROLE = "imi_app"
OLDEST = 15
DRIVER = "postgresql+psycopg"
SCHEMES = {"postgres", "postgresql", DRIVER}
CONNECT_SECONDS = 5
PATIENCE = 50
ROLE_EXISTS = "SELECT 1 FROM pg_roles WHERE rolname = %s"
DATABASE_EXISTS = "SELECT 1 FROM pg_database WHERE datname = %s"


class DatabaseError(Fault):
    """The database cannot be used; the text is one plain sentence."""


@dataclass(frozen=True)
class Database:
    """Two SQLAlchemy URLs of one database."""

    owner_url: str
    app_url: str


@contextmanager
def database(settings: Settings) -> Iterator[Database]:
    """The database that the settings name; an embedded server runs until the block is left."""
    if settings.database_url is not None:
        yield connect_external(settings.database_url, settings.app_database_url)
        return
    try:
        folder = private_folder(settings.data_dir)
    except SettingsError as error:
        raise DatabaseError(str(error)) from None
    with embedded(folder) as local:
        yield local


@contextmanager
def embedded(
    data_dir: Path, name: str = "imi", *, version: int = 18, throwaway: bool = False
) -> Iterator[Database]:
    """A database of the embedded server (see `cluster`). Raises DatabaseError."""
    try:
        with cluster(data_dir, version=version, throwaway=throwaway) as sockets:
            server = URL.create(DRIVER, query={"host": str(sockets)})
            _prepare(server.set(username=SUPERUSER, database="postgres"), name)
            owner = server.set(username=OWNER_ROLE, database=name)
            yield Database(_text(owner), _text(owner.set(username=APP_ROLE)))
    except ClusterError as error:
        raise DatabaseError(str(error)) from None


def connect_external(database_url: str, app_database_url: str | None = None) -> Database:
    """Check a server of one's own and the logins to it. Raises DatabaseError."""
    owner = _parsed("DATABASE_URL", database_url)
    with _connected("DATABASE_URL", owner) as connection:
        major = connection.info.server_version // 10000
        if major < OLDEST:
            raise DatabaseError(f"PostgreSQL {OLDEST} or later is needed; this server is {major}.")
        _ensure_app_role(connection)
    if app_database_url is None:
        return Database(_text(owner), _text(_as_app(owner)))
    app = _parsed("APP_DATABASE_URL", app_database_url)
    with _connected("APP_DATABASE_URL", app) as connection:
        _check_app_login(connection)
    return Database(_text(owner), _text(app))


def copy_of(template: Database, name: str) -> Database:
    """A new database, replacing one of that name, copied from one that nobody is connected to."""
    source, app = make_url(template.owner_url), make_url(template.app_url)
    copy = Database(_text(source.set(database=name)), _text(app.set(database=name)))
    drop(copy)
    command = SQL("CREATE DATABASE {} TEMPLATE {}")
    _administer(source, command.format(Identifier(name), Identifier(source.database or "")))
    return copy


def drop(unwanted: Database, seconds: int = 20) -> None:
    """Remove a database, whoever is connected to it; tried again when a try takes so many seconds.

    The server waits until every process has heard of it. One that starts at that instant may miss the word
    (a race of PostgreSQL 15 to 18.4) and is waited for without end; it hears the word of the next try.
    """
    url = _with(make_url(unwanted.owner_url), f"-cstatement_timeout={seconds}s")
    command = SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(url.database or ""))
    for _ in range(PATIENCE):
        try:
            return _administer(url, command)
        except errors.InsufficientPrivilege:
            time.sleep(0.1)  # autovacuum is at work there, which the owner may not end and which soon ends
        except errors.QueryCanceled:
            continue
    return _administer(url, command)


def libpq(url: str) -> str:
    """A SQLAlchemy URL in the form that psycopg and the queue take."""
    parsed = make_url(url)
    arguments = parsed.translate_connect_args(username="user", database="dbname")
    return make_conninfo(**{"connect_timeout": CONNECT_SECONDS, **arguments, **parsed.query})


def _parsed(variable: str, value: str) -> URL:
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.drivername not in SCHEMES:
        raise DatabaseError(f"{variable} is not a URL of the form postgresql://user@host/database.")
    return url.set(drivername=DRIVER)


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _as_app(owner: URL) -> URL:
    return _with(owner, f"-crole={APP_ROLE}")


def _with(url: URL, option: str) -> URL:
    """The same with one more of the server's options."""
    given = url.query.get("options", ())
    options = (given,) if isinstance(given, str) else given
    return url.update_query_dict({"options": " ".join((*options, option))})


@contextmanager
def _connected(name: str, url: URL) -> Iterator[psycopg.Connection[TupleRow]]:
    try:
        connection = psycopg.connect(libpq(_text(url)), autocommit=True)
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0].removeprefix("connection failed: ").rstrip(".")
        raise DatabaseError(f"{name} cannot be reached: {reason}.") from None
    with closing(connection):
        yield connection


def _administer(url: URL, command: Composed) -> None:
    with _connected("The server of the database", url.set(database="postgres")) as connection:
        connection.execute(command)


def _prepare(server: URL, name: str) -> None:
    """Create the roles and the database of the embedded server where they are missing."""
    owner, app, new = Identifier(OWNER_ROLE), Identifier(APP_ROLE), Identifier(name)
    with _connected("The embedded PostgreSQL", server) as connection:
        # Held until the connection ends: two processes may come here at once.
        connection.execute("SELECT pg_advisory_lock(hashtext('imi'))")
        if not connection.execute(ROLE_EXISTS, (OWNER_ROLE,)).fetchone():
            connection.execute(SQL("CREATE ROLE {} LOGIN").format(app))
            connection.execute(SQL("CREATE ROLE {} LOGIN CREATEDB").format(owner))
            connection.execute(SQL("GRANT {} TO {}").format(app, owner))
        if not connection.execute(DATABASE_EXISTS, (name,)).fetchone():
            # Sorted alike everywhere, whatever the shell's locale was at the server's first start.
            command = "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LOCALE {}"
            connection.execute(SQL(command).format(new, owner, "C.UTF-8"))


def _ensure_app_role(connection: psycopg.Connection[TupleRow]) -> None:
    """Make the role that has granted rights only, and let this login take it on."""
    app, login = Identifier(APP_ROLE), Identifier(connection.info.user)
    needed = []
    if not connection.execute(ROLE_EXISTS, (APP_ROLE,)).fetchone():
        needed.append(SQL("CREATE ROLE {} NOLOGIN").format(app))
    if needed or not _may_become_app(connection):
        needed.append(SQL("GRANT {} TO {}").format(app, login))
    try:
        for statement in needed:
            with suppress(errors.DuplicateObject, errors.UniqueViolation):  # made meanwhile
                connection.execute(statement)
    except errors.InsufficientPrivilege:
        by_hand = "; ".join(statement.as_string() for statement in needed)
        raise DatabaseError(
            f"DATABASE_URL's login may not set up the role {APP_ROLE}; as a superuser: {by_hand};"
        ) from None


def _may_become_app(connection: psycopg.Connection[TupleRow]) -> bool:
    try:
        connection.execute(SQL("SET ROLE {}").format(Identifier(APP_ROLE)))
    except errors.InsufficientPrivilege:
        return False
    connection.execute("RESET ROLE")
    return True


def _check_app_login(connection: psycopg.Connection[TupleRow]) -> None:
    query = "SELECT rolsuper, pg_has_role(rolname, %s, 'usage') FROM pg_roles WHERE rolname = user"
    superuser, member = connection.execute(query, (APP_ROLE,)).fetchone() or (True, False)
    login = Identifier(connection.info.user)
    if superuser:
        raise DatabaseError("APP_DATABASE_URL's login is a superuser; nothing would bind it.")
    if not member:
        grant = SQL("GRANT {} TO {};").format(Identifier(APP_ROLE), login).as_string()
        raise DatabaseError(f"APP_DATABASE_URL's login lacks the role {APP_ROLE}; run: {grant}")
