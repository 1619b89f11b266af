"""The processes: one that serves, with a worker inside, and workers that stand apart."""

import asyncio
import errno
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn

from app.core import jobs, logs
from app.core.db import Sessions, engine_for, sessions_for
from app.core.fault import Fault
from app.core.postgres import Database, database
from app.core.settings import Settings, load_settings
from app.core.signals import stopped_by_signals
from app.core.upgrade import rehearsed, upgrade

GRACE = 10  # seconds that requests under way have to end


@contextmanager
def ready(settings: Settings | None = None) -> Iterator[tuple[Settings, Database]]:
    """Settings, logs and a database at this program's version; for any command. Raises Fault."""
    settings = settings or load_settings()
    logs.configure(settings)
    with stopped_by_signals(), database(settings) as place:
        upgrade(place)
        if settings.production and rehearsed(place):
            raise Fault("This database was used for rehearsals; production needs one of its own.")
        yield settings, place


def serve(**overrides: Any) -> None:
    """Serve until SIGINT or SIGTERM. Raises Fault."""
    settings = load_settings(**overrides)
    # Taken first, so that a busy port is told before a database is started or migrated.
    with _listening(settings.host, settings.port) as listener, ready(settings) as (_, place):
        from app.main import create_app

        config = uvicorn.Config(
            create_app(settings, place),
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=settings.trusted_proxies,
            timeout_graceful_shutdown=GRACE,
        )
        server = _Server(config)
        server.run([listener])
        if not server.started:
            raise Fault("The program did not start; the log above says why.")


def work() -> None:
    """Carry out jobs until SIGINT or SIGTERM. Raises Fault."""
    with ready() as (settings, place):
        from app import due, process  # noqa: F401  (due is the job of every minute)

        process.install(settings)
        asyncio.run(_work(settings, place))


def tick() -> None:
    """Do once what the clock has brought. Raises Fault."""
    with ready() as (settings, place):
        from app import process

        process.install(settings)
        asyncio.run(_tick(settings, place))


async def _work(settings: Settings, place: Database) -> None:
    async with jobs.opened(place), _sessions(place) as sessions:
        await jobs.run_worker(jobs.Tools(settings, sessions))


async def _tick(settings: Settings, place: Database) -> None:
    from app import due

    async with _sessions(place) as sessions:
        await due.tick(sessions, settings)


@asynccontextmanager
async def _sessions(place: Database) -> AsyncIterator[Sessions]:
    engine = engine_for(place.app_url)
    try:
        yield sessions_for(engine)
    finally:
        await engine.dispose()


class _Server(uvicorn.Server):
    """Says where the documentation is once it can be read."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
            sys.stdout.write(f"API docs: http://{host}:{port}/docs\n")
            sys.stdout.flush()


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        busy = error.errno == errno.EADDRINUSE
        reason = "it is in use; choose another with --port" if busy else error.strerror
        raise Fault(f"The program cannot listen on {host}, port {port}: {reason}.") from None
    with listener:
        yield listener
