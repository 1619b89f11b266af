"""What wraps every request: its size, the instant its body had arrived, and the answer's headers."""

from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core import i_json
from app.core.clock import machine_now
from app.core.errors import Problem, TooLarge, answer, handle
from app.core.settings import Settings

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
POLICY = "default-src 'none'; frame-ancestors 'none'"
LONGEST = 18  # digits of a size that is looked at as a number
STREAMED = (b"application/pdf", b"application/octet-stream")


class Envelope:
    """Pure ASGI. A JSON body is read whole before the application starts, so that the receipt time is
    stamped when the last byte is in and before any lock; other bodies stream, with a limit.
    A request that breaks off is not carried out. What the application raises is answered here, since
    Starlette answers outside of all middleware: without these headers, and with a second log line.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["received_at"] = machine_now()
        headers = dict(scope["headers"])
        kind = headers.get(b"content-type", b"").lower()
        streams = kind.split(b";")[0].strip() in STREAMED
        limit = self.settings.upload_limit if streams else self.settings.body_limit
        dressed = _Dressed(send)
        try:
            _declared(headers, limit)
            inside = _counted(receive, limit, state) if streams else await _whole(receive, limit, state)
            if b"json" in kind and state.get("body"):
                i_json.check(state["body"])
        except _BrokenOff:
            return
        except Problem as problem:
            await answer(problem)(scope, receive, dressed)
            return
        try:
            await self.app(scope, inside, dressed)
        except Exception as error:
            if dressed.begun:
                raise
            response = await handle(Request(scope), error)
            await response(scope, receive, dressed)


class _BrokenOff(Exception):
    """The client went away before its request was whole."""


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"At most {limit} bytes are accepted here.", headers={"Connection": "close"})


def _declared(headers: dict[bytes, bytes], limit: int) -> None:
    length = headers.get(b"content-length", b"")
    if length.isdigit() and (len(length) > LONGEST or int(length) > limit):
        raise _too_large(limit)


async def _whole(receive: Receive, limit: int, state: dict[str, Any]) -> Receive:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _BrokenOff
        body += message.get("body", b"")
        if len(body) > limit:
            raise _too_large(limit)
        if not message.get("more_body"):
            break
    state["received_at"], state["body"] = machine_now(), bytes(body)
    told = False

    async def replay() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": bytes(body), "more_body": False}

    return replay


def _counted(receive: Receive, limit: int, state: dict[str, Any]) -> Receive:
    size = 0

    async def count() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > limit:
            raise _too_large(limit)
        if not message.get("more_body"):
            state["received_at"] = machine_now()
        return message

    return count


class _Dressed:
    """Sends an answer with its headers, and remembers that it has begun."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Content-Security-Policy", POLICY)
            headers.setdefault("Cache-Control", "private, no-store")
        await self.send(message)
