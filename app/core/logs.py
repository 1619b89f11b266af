"""Logs: one line per event, with the request's id and only fields known to be harmless."""

import logging
import sys
import time
from collections.abc import Sequence
from types import TracebackType

import structlog
from asgi_correlation_id import correlation_id
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.typing import EventDict, Processor, WrappedLogger

from app.core.settings import Settings

# A field that is not named here could carry a token, a body or a name: its value is withheld.
HARMLESS = frozenset(
    """
    event level logger timestamp exception exc_info request_id method route status milliseconds
    entity entity_id row actor_id event_id mail_id kind job task count seconds port
    """.split()
)
OWN = frozenset({"_record", "_from_structlog"})  # structlog's, taken off before the line is made

log = structlog.get_logger(__name__)


def configure(settings: Settings) -> None:
    """Send the logs of this program and of its libraries to stderr in one form."""
    known: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _request_id,
        _withheld,
    ]
    structlog.configure(
        processors=[*known, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=known,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_last(settings.log_json),
            ],
        )
    )
    logging.root.handlers = [handler]
    logging.root.setLevel(settings.log_level.upper())
    for noisy in ("procrastinate", "alembic", "uvicorn", "asyncio"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.root.level))
    for own in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(own).handlers.clear()


class RequestLog:
    """ASGI middleware: one line per request with method, route and status; never path or query."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, start = 500, time.perf_counter()

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            log.info(
                "request",
                method=scope["method"],
                # The template, since a path may carry an invitation's or a calendar's token.
                route=getattr(scope.get("route"), "path", None),
                status=status,
                milliseconds=round((time.perf_counter() - start) * 1000, 1),
            )


def _request_id(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    if (request_id := correlation_id.get()) is not None:
        event["request_id"] = request_id
    return event


def _withheld(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    return {name: value if name in HARMLESS or name in OWN else "(withheld)" for name, value in event.items()}


def _last(as_json: bool) -> Sequence[Processor]:
    if not as_json:
        plain = structlog.dev.plain_traceback  # the rich one prints local variables
        return (structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain),)
    return (_bare_exception, structlog.processors.JSONRenderer())


def _bare_exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Say where and of what kind; a message may quote a value, as PostgreSQL's do."""
    info = event.pop("exc_info", None)
    error = info[1] if isinstance(info, tuple) else info if isinstance(info, BaseException) else None
    if info is True:
        error = sys.exc_info()[1]
    if error is not None:
        event["exception"] = {"type": type(error).__qualname__, "at": _frames(error.__traceback__)}
    return event


def _frames(traceback: TracebackType | None) -> list[str]:
    frames = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        frames.append(f"{code.co_filename}:{traceback.tb_lineno} {code.co_qualname}")
        traceback = traceback.tb_next
    return frames
