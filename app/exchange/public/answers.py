"""What anybody may keep: answers with a digest as ETag, which say nothing new when nothing is."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request, Response
from pydantic import BaseModel
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import offset
from app.core.db import Transaction
from app.core.errors import NotFound

Row = TypeVar("Row")
JSON = "application/json"
SECONDS = 60
"""How long an answer may be kept unasked; no longer, since phases change at the second."""


@dataclass(frozen=True)
class Reading:
    """A reading by nobody in particular: who asks is not looked at, so that no answer can depend on it."""

    session: AsyncSession
    now: datetime
    root: str
    known: str

    async def one(self, wanted: Select[Row]) -> Row:
        """What was asked for. Raises NotFound."""
        found = (await self.session.scalars(wanted)).unique().one_or_none()
        if found is None:
            raise NotFound
        return found

    def answer(self, content: BaseModel | bytes, media_type: str = JSON) -> Response:
        """The answer, or 304 for whoever has it already (RFC 9110, 13.1.2)."""
        body = content if isinstance(content, bytes) else content.model_dump_json().encode()
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Cache-Control": f"public, max-age={SECONDS}"}
        if knows(self.known, tag):
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type=media_type)


def knows(given: str, tag: str) -> bool:
    """Whether an If-None-Match names this tag; weak tags count as well."""
    named = {part.strip().removeprefix("W/") for part in given.split(",")}
    return tag in named or given.strip() == "*"


async def reading(request: Request, session: Transaction) -> Reading:
    """The dependency behind every public face."""
    ahead = await session.scalar(select(offset())) or timedelta(0)
    known = ",".join(request.headers.getlist("if-none-match"))
    root = request.app.state.settings.public_url
    return Reading(session, request.state.received_at + ahead, root, known)


Public = Annotated[Reading, Depends(reading, scope="function")]
UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "You have it already."}}
