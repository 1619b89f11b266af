"""What the contract lets one try on an entity, and sending it straight to the application."""

import json
from asyncio import Event
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from app.docs import contract
from app.workflow.mounted import MOUNTED
from tests.matrix.cast import Cast

REQUEST = uuid4().hex
"""The id of every request, so that answers can be compared by their bytes."""


@dataclass(frozen=True)
class Act:
    """One operation as the matrix tries it. `row` is empty for what is no row."""

    name: str
    row: str
    method: str
    path: str
    example: Any
    media: str
    second: bool


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def content(self) -> Any:
        return json.loads(self.body) if self.body else {}

    @property
    def word(self) -> str:
        """The status; for a conflict also its kind."""
        return f"409 {self.content['type'].rsplit('/', 1)[1]}" if self.status == 409 else str(self.status)


@cache
def acts() -> dict[str, list[Act]]:
    """Every operation on one entity, by that entity; a creation stands with its parent, or with its own kind.

    Left out: what every entity has (to read it, to list it), and what has no entity in its path.
    """
    plurals = {f"/v1/{mounted.plural}": name for name, mounted in MOUNTED.items()}
    found: dict[str, list[Act]] = defaultdict(list)
    for method, path, operation in contract.operations(contract.document()):
        entity = plurals.get("/".join(path.split("/")[:3]))
        row = operation.get("x-row", "")
        if entity and (row or ("{" in path and operation["operationId"] != f"{entity}_read")):
            found[entity].append(_act(entity, row, method, path, operation))
    return found


def _act(entity: str, row: str, method: str, path: str, operation: dict[str, Any]) -> Act:
    content = operation.get("requestBody", {}).get("content", {"": {}})
    media, described = next(iter(content.items()))
    own, _, name = row.partition(".")
    title = (name if own == entity else row) if row else f"{method} {path.split('}', 1)[1]}"
    second = bool(row) and any(r.second for r in MOUNTED[own].workflow.rows(name))
    return Act(title, row, method, path, described.get("example"), media, second)


async def send(cast: Cast, kind: str, method: str, path: str, body: bytes = b"", media: str = "") -> Answer:
    """One request in this process, as a person of this kind."""
    url, sent = urlsplit(path), [{"type": "http.request", "body": body}]
    headers = [(b"host", b"test"), (b"x-request-id", REQUEST.encode()), (b"if-match", b'"1"')]
    headers += [(b"content-type", media.encode())] if media else []
    if kind != "nobody":
        headers.append((b"authorization", f"Bearer {cast.people[kind].token}".encode()))
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": url.path, "raw_path": url.path.encode(), "query_string": url.query.encode(), "root_path": "",
        "headers": headers, "client": ("127.0.0.1", 1), "server": ("test", 80),
    }  # fmt: skip
    status, answered, told = 0, bytearray(), ()

    async def receive() -> Any:
        """The body, and then nothing: whoever asks stays and listens, also while a file is streamed."""
        return sent.pop() if sent else await Event().wait()

    async def reply(message: Any) -> None:
        nonlocal status, answered, told
        status, told = message.get("status", status), message.get("headers", told)
        answered += message.get("body", b"")

    try:
        await cast.world.app(scope, receive, reply)
    except Exception:
        if not status:
            raise
    return Answer(status, bytes(answered), tuple((bytes(name), bytes(value)) for name, value in told))
