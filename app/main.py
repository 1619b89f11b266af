"""The application: settings, the stages' routes in the order of the process, one error handler."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from uuid import uuid4

from asgi_correlation_id import CorrelationIdMiddleware
from fastapi import FastAPI
from sqlalchemy import text

import app.process as process
from app.core import errors, jobs
from app.core.db import engine_for, sessions_for
from app.core.envelope import Envelope
from app.core.errors import Unavailable
from app.core.logs import RequestLog
from app.core.postgres import Database
from app.core.settings import Settings
from app.docs import contract, page
from app.exchange import routes as exchange
from app.rehearsal import routes as rehearsal

ABOUT = """Calls for proposals of a public-private research partnership, from topic to results.

Every act is a row of a table: who may, from which state, on which conditions. Read an entity to see which
acts are open to you (`actions`) and what still stands against each (`blocked_by`)."""


def create_app(settings: Settings, database: Database) -> FastAPI:
    """The ASGI application over a migrated database; it serves as the app's role."""
    process.install(settings)
    engine = engine_for(database.app_url)
    sessions = sessions_for(engine)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with jobs.opened(database), _worker(settings, jobs.Tools(settings, sessions)):
            yield
        await engine.dispose()

    faces = (
        *process.STAGES,
        ("For anyone: published calls and topics, their feeds, signed grants as open data", exchange.router),
    )
    app = FastAPI(
        title="Calls for proposals",
        version="0.1.0",
        description=ABOUT,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        openapi_tags=[{"name": router.tags[0], "description": about} for about, router in faces],
    )
    app.state.sessions, app.state.settings = sessions, settings
    for _, router in faces:
        app.include_router(router)
    if settings.rehearsal:
        app.include_router(rehearsal.router)
    _mount_health(app)
    app.include_router(page.router)
    app.openapi = partial(contract.described, app)  # type: ignore[method-assign]
    errors.install(app)
    app.add_middleware(Envelope, settings=settings)
    app.add_middleware(RequestLog)
    app.add_middleware(CorrelationIdMiddleware, generator=lambda: str(uuid4()))
    return app


@asynccontextmanager
async def _worker(settings: Settings, tools: jobs.Tools) -> AsyncIterator[None]:
    """A worker inside the server, if the settings want one."""
    working = asyncio.create_task(jobs.run_worker(tools)) if settings.worker_inside else None
    yield
    if working is not None:
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working


def _mount_health(app: FastAPI) -> None:
    @app.get("/healthz", tags=["health"], summary="Is the process alive?")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/readyz", tags=["health"], summary="Does the database answer?")
    async def readyz() -> dict[str, str]:
        try:
            async with app.state.sessions() as session:
                await session.execute(text("SELECT 1"))
        except Exception as fault:
            raise Unavailable("The database does not answer.") from fault
        return {"status": "ready"}
