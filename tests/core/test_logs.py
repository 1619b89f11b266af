"""Logs name the request and the route, and never carry what a person or a token brought."""

import json
import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import structlog
from asgi_correlation_id import correlation_id
from starlette.types import Receive, Scope, Send

from app.core import logs
from app.core.settings import load_settings

CANARY = "canary-7f3a"


@pytest.fixture
def written() -> Iterator[StringIO]:
    """What is logged during the test, as JSON."""
    level, stream = logging.root.level, StringIO()
    logs.configure(load_settings(log_json=True))
    (ours,) = logging.root.handlers
    assert isinstance(ours, logging.StreamHandler)
    ours.setStream(stream)
    yield stream
    structlog.reset_defaults()
    logging.root.removeHandler(ours)
    logging.root.setLevel(level)


def lines(written: StringIO) -> list[dict[str, Any]]:
    assert CANARY not in written.getvalue()
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_an_event_has_its_request_and_its_harmless_fields(written: StringIO) -> None:
    token = correlation_id.set("a" * 32)
    structlog.get_logger("app.test").info("mail sent", kind="letter", recipient=CANARY)
    correlation_id.reset(token)
    (line,) = lines(written)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "mail sent",
        "kind": "letter",
        "recipient": "(withheld)",
        "logger": "app.test",
        "level": "info",
        "request_id": "a" * 32,
    }


def test_an_exception_says_where_and_of_what_kind_alone(written: StringIO) -> None:
    for log in (structlog.get_logger("ours"), logging.getLogger("theirs")):
        try:
            raise ValueError(CANARY)
        except ValueError:
            log.exception("failed")
    ours, theirs = lines(written)
    for line in (ours, theirs):
        assert line["exception"]["type"] == "ValueError"
        assert line["exception"]["at"][0].endswith("test_an_exception_says_where_and_of_what_kind_alone")


def test_libraries_that_repeat_what_they_were_given_are_quiet(written: StringIO) -> None:
    for noisy in ("uvicorn.access", "procrastinate.worker", "alembic"):
        logging.getLogger(noisy).info("GET /?token=%s", CANARY)
    assert lines(written) == []


@pytest.mark.anyio
async def test_a_request_is_one_line_without_path_or_query(written: StringIO) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = type("Route", (), {"path": "/v1/invitations/{token}"})
        await send({"type": "http.response.start", "status": 204, "headers": []})

    async def receive() -> Any:
        return {"type": "http.request", "body": CANARY.encode()}

    async def send(message: Any) -> None:
        pass

    headers = [(b"authorization", f"Bearer {CANARY}".encode())]
    scope = {"type": "http", "method": "GET", "path": f"/v1/invitations/{CANARY}", "headers": headers}
    await logs.RequestLog(app)(scope | {"query_string": f"key={CANARY}".encode()}, receive, send)
    (line,) = lines(written)
    assert line["milliseconds"] < 1000
    wanted = {"event": "request", "method": "GET", "route": "/v1/invitations/{token}", "status": 204}
    assert wanted.items() <= line.items()
