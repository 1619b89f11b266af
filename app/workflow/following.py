"""Server-sent events: asked again and again, told whenever something differs."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar

from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from app.core.errors import Problem

EVERY = 1.0  # seconds between two events at the least
LONGEST = 600.0  # seconds of one answer; whoever listens asks again
EVENTS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}
}
"""The OpenAPI text of the answer."""

R = TypeVar("R", bound=BaseModel)


async def following(
    name: str, ask: Callable[[], Awaitable[R]], over: Callable[[R], bool]
) -> StreamingResponse:
    """Events called `name`; asks once before the answer begins, so that a refusal is one.

    `ask` opens a transaction of its own each time: between two events no connection is held, and whoever
    may see it no longer, or whose token is over, hears no more.
    """
    return StreamingResponse(_events(name, await ask(), ask, over), media_type="text/event-stream")


async def _events(
    name: str, first: R, ask: Callable[[], Awaitable[R]], over: Callable[[R], bool]
) -> AsyncIterator[str]:
    told, now, left = None, first, LONGEST
    while True:
        if now != told:
            yield f"event: {name}\ndata: {json.dumps(now.model_dump(mode='json'))}\n\n"
            told = now
        else:
            yield ": nothing new\n\n"
        if over(now) or left <= 0:
            return
        await asyncio.sleep(EVERY)
        left -= EVERY
        try:
            now = await ask()
        except Problem:
            return
