"""The envelope, alone: when a request had arrived, what breaks off, what had begun when it failed."""

import asyncio
from datetime import datetime
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from app.core.clock import machine_now
from app.core.envelope import Envelope
from app.core.settings import Settings

pytestmark = pytest.mark.anyio
JSON = [(b"content-type", b"application/json")]


class App:
    """An application that remembers what it was given, and then answers, fails, or both."""

    def __init__(self, *, begin: bool = True, fail: bool = False) -> None:
        self.begin, self.fail = begin, fail
        self.scopes: list[Scope] = []
        self.body = b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        while True:
            message = await receive()
            self.body += message.get("body", b"")
            if not message.get("more_body"):
                break
        if self.begin:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        if self.fail:
            raise RuntimeError("secret")
        await send({"type": "http.response.body", "body": b"done"})


def part(body: bytes, more: bool = True) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


GONE: Message = {"type": "http.disconnect"}


async def run(
    app: App, settings: Settings, *messages: Message, headers: Any = JSON, pause: float = 0
) -> list[Message]:
    """What is sent back for these messages."""
    sent: list[Message] = []
    waiting = list(messages)

    async def receive() -> Message:
        await asyncio.sleep(pause)
        return waiting.pop(0) if waiting else GONE

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/", "headers": headers, "app": None}
    await Envelope(app, settings)(scope, receive, send)
    return sent


async def test_a_request_has_arrived_when_its_last_byte_has(settings: Settings) -> None:
    app, begun = App(), machine_now()
    await run(app, settings, part(b'{"a"'), part(b": 1}", more=False), pause=0.05)
    stamp: datetime = app.scopes[0]["state"]["received_at"]
    assert (stamp - begun).total_seconds() >= 0.1
    assert (app.body, app.scopes[0]["state"]["body"]) == (b'{"a": 1}', b'{"a": 1}')


async def test_a_stream_has_arrived_when_its_last_byte_has(settings: Settings) -> None:
    app, begun = App(), machine_now()
    headers = [(b"content-type", b"Application/PDF; x=1")]
    await run(app, settings, part(b"a"), part(b"b", more=False), headers=headers, pause=0.05)
    assert (app.scopes[0]["state"]["received_at"] - begun).total_seconds() >= 0.1
    assert (app.body, app.scopes[0]["state"].get("body")) == (b"ab", None)


@pytest.mark.parametrize("before", [(), (part(b"{}"),), (part(b'{"a": 1}'), part(b""))])
async def test_a_request_that_breaks_off_is_not_carried_out(
    settings: Settings, before: tuple[Message, ...]
) -> None:
    app = App()
    assert await run(app, settings, *before, GONE) == []
    assert app.scopes == []


async def test_what_fails_before_it_answers_is_a_500(settings: Settings) -> None:
    sent = await run(App(begin=False, fail=True), settings, part(b"", more=False))
    assert (sent[0]["status"], (b"x-frame-options", b"DENY") in sent[0]["headers"]) == (500, True)
    assert b"secret" not in sent[1]["body"]


async def test_what_fails_while_it_answers_is_cut_off(settings: Settings) -> None:
    with pytest.raises(RuntimeError):
        await run(App(fail=True), settings, part(b"", more=False))


async def test_what_is_no_request_passes(settings: Settings) -> None:
    passed = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        passed.append(scope["type"])

    async def nothing(*_: Any) -> Any: ...

    await Envelope(app, settings)({"type": "lifespan"}, nothing, nothing)
    assert passed == ["lifespan"]


@pytest.mark.parametrize("length", [b"9" * 19, b"9" * 5_000])
async def test_a_size_of_many_digits_is_too_large(settings: Settings, length: bytes) -> None:
    app = App()
    sent = await run(app, settings, headers=[*JSON, (b"content-length", length)])
    assert (sent[0]["status"], app.scopes) == (413, [])
