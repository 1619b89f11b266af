"""Routes of acts: POST a row, once however often it is sent; POST a creation under its parent."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from app.core import idempotency
from app.core.errors import NotFound
from app.core.schema import EntityRead
from app.workflow.asked import Asked, Asking
from app.workflow.mounted import MOUNTED, Mounted
from app.workflow.route import body_of, documented, etag, loaded_for, refusals, signed, unless_sent, views_of
from app.workflow.rows import lock
from app.workflow.run import create, fire, may
from app.workflow.table import Transition
from app.workflow.who import Held

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key", min_length=8, max_length=100, description="Repeats get the first answer."
    ),
]


class Awaiting(BaseModel):
    """A second officer must send the same before anything changes."""

    awaiting: str
    act: str


async def once(
    asked: Asked, request: Request, key: str | None, done: Callable[[], Any], status: int
) -> Response:
    """Do it, or give the answer that the same request with the same key got before."""
    claimed = None
    if key is not None and asked.actor.id is not None:
        told = idempotency.digest(getattr(request.state, "body", b""))
        claimed = await idempotency.claim(
            asked.session, asked.actor.id, f"{request.method} {request.url.path}", key, told, asked.now
        )
        if claimed.status is not None:
            return _answer(claimed.answer, claimed.status, {"Idempotency-Replayed": "true"})
    found: BaseModel | None = await done()
    if isinstance(found, Awaiting):
        status = 202
    content = found.model_dump(mode="json") if found is not None else None
    status = status if found is not None else 204
    if claimed is not None:
        claimed.status, claimed.answer = status, content
    return _answer(content, status, {})


def _answer(content: dict[str, Any] | None, status: int, headers: dict[str, str]) -> Response:
    if content is None:
        return Response(status_code=status, headers=headers)
    return JSONResponse(content, status, headers | etag(content))


async def seen_after(mounted: Mounted, asked: Asked, key: UUID) -> EntityRead | None:
    """The row as the actor sees it now; None when the act has taken it out of their sight."""
    await asked.session.flush()
    try:
        return await mounted.read(asked, key)
    except NotFound:
        return None


def mount_act(router: APIRouter, mounted: Mounted, rows: Sequence[Transition]) -> None:
    name = rows[0].name

    async def handler(*, loaded: Any, request: Request, key: str | None, data: Any = None) -> Response:
        asked, subject, held = loaded

        async def done() -> BaseModel | None:
            event = await fire(mounted.workflow, name, subject, asked.act(held, data))
            if event is None:
                return Awaiting(awaiting="another officer", act=name)
            return await seen_after(mounted, asked, subject.id)

        return await once(asked, request, key, done, 200)

    described = signed(
        handler,
        unless_sent(rows[0]),
        loaded=loaded_for(mounted, [name]),
        request=Request,
        key=Key,
        data=body_of(rows[0]),
    )
    extra: dict[int | str, dict[str, Any]] = {202: {"model": Awaiting}} if rows[0].second else {}
    router.post(
        f"/{mounted.plural}/{{id}}/{name}",
        response_model=views_of(mounted),
        responses=refusals(401, 403, 404, 409) | extra,
        **documented(mounted, rows),
    )(described)


def mount_creation(router: APIRouter, mounted: Mounted, row: Transition) -> None:
    async def alone(asked: Asking) -> tuple[Asked, Any, Held]:
        held = frozenset(asked.actor.roles | ({"signed_in"} if asked.actor.id else set()))
        may(mounted.workflow, row.name, None, asked.act(held))
        return asked, None, held

    async def under(asked: Asking, parent_id: Annotated[UUID, Path()]) -> tuple[Asked, Any, Held]:
        above = MOUNTED[row.under]
        parent, held = await lock(asked.session, above.model, parent_id, asked.actor, row.needs)
        may(mounted.workflow, row.name, parent, asked.act(held, parent=parent))
        return asked, parent, held

    async def handler(*, loaded: Any, request: Request, key: str | None, data: Any = None) -> Response:
        asked, parent, held = loaded

        async def done() -> BaseModel | None:
            subject = mounted.model()
            await create(mounted.workflow, row.name, subject, asked.act(held, data, parent=parent))
            return await seen_after(mounted, asked, subject.id)

        return await once(asked, request, key, done, 201)

    first = Annotated[tuple[Asked, Any, Held], Depends(under if row.under else alone, scope="function")]
    described = signed(handler, loaded=first, request=Request, key=Key, data=body_of(row))
    above = f"/{MOUNTED[row.under].plural}/{{parent_id}}" if row.under else ""
    router.post(
        f"{above}/{mounted.plural}",
        status_code=201,
        response_model=views_of(mounted),
        responses=refusals(401, 403, 404, 409),
        **documented(mounted, [row]),
    )(described)
