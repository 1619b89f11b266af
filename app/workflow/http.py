"""Mounting a table: one route per row, one to read, one to list, all documented from the row."""

import inspect
from collections.abc import Callable, Sequence
from enum import Enum
from types import NoneType
from typing import Annotated, Any, Union
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Header, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, create_model

from app.core import idempotency, pages
from app.core.errors import Malformed, NotFound, Stale, VersionNeeded
from app.core.reason import Reason
from app.core.schema import EntityRead, ProblemRead
from app.workflow.asked import Asked, Asking
from app.workflow.mounted import MOUNTED, Mounted, Part
from app.workflow.run import create, fire, may
from app.workflow.sight import held_in, lock, look, seen
from app.workflow.table import Transition
from app.workflow.who import Held

PROBLEMS = {
    401: "The access token is missing or not good.",
    403: "You may see it but not do this.",
    404: "It does not exist, or you may not see it.",
    409: "The state or the reasons named forbid it.",
    412: "Somebody else has changed it; the present version is shown.",
    428: "If-Match is missing.",
}


class Awaiting(BaseModel):
    """A second officer must send the same before anything changes."""

    awaiting: str
    act: str


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI text of these refusals."""
    return {s: {"model": ProblemRead, "description": PROBLEMS[s]} for s in statuses}


def mount(router: APIRouter, mounted: Mounted) -> Mounted:
    """Give every row of a workflow its route on `router`, and register what is mounted."""
    MOUNTED[mounted.entity] = mounted
    if mounted.items:
        _mount_list(router, mounted)
    _mount_read(router, mounted)
    for part in mounted.parts:
        _mount_part(router, mounted, part)
    for name in mounted.workflow.names:
        rows = mounted.workflow.rows(name)
        if not rows[0].on_the_wire or rows[0].custom_route:
            continue
        if rows[0].creates:
            _mount_creation(router, mounted, rows[0])
        elif name == "edit" or rows[0].part:
            _mount_edit(router, mounted, rows[0])
        else:
            _mount_act(router, mounted, rows)
    return mounted


def documented(mounted: Mounted, rows: Sequence[Transition]) -> dict[str, Any]:
    """What OpenAPI says of a row: all of it comes from the table."""
    row = rows[0]
    sources = sorted({s for r in rows for s in r.sources})
    targets = sorted({r.target for r in rows if r.target is not None})
    moves = f"From {', '.join(sources) or 'nothing'}" + (f" to {', '.join(targets)}." if targets else "; the state stays.")
    officers = " Two officers: the second sends the same to confirm." if row.second else ""
    return {
        "summary": row.title + f" ({mounted.workflow.title or mounted.entity})",
        "description": f"{row.doc}\n\nWho: {' or '.join(dict.fromkeys(r.by.label for r in rows))}. {moves}{officers}",
        "operation_id": f"{mounted.entity}_{row.name}",
        "openapi_extra": {"x-row": f"{mounted.entity}.{row.name}"},
    }


def _views(mounted: Mounted) -> Any:
    return Union[tuple(dict.fromkeys(view for _, view in mounted.views))]  # noqa: UP007  # built at run time


def _loaded(mounted: Mounted, names: Sequence[str]) -> Any:
    """A dependency: the row locked and looked at, and the actor allowed to do one of `names` with it.

    It runs before the body is validated, so that nobody learns of a row by sending nonsense (DESIGN 4).
    """

    async def loaded(asked: Asking, id: Annotated[UUID, Path()]) -> tuple[Asked, Any, Held]:
        subject, held = await lock(asked.session, mounted.model, id, asked.actor, mounted.loads)
        for name in names:
            may(mounted.workflow, name, subject, asked.act(held))
        return asked, subject, held

    return Annotated[tuple[Asked, Any, Held], Depends(loaded, scope="function")]


ABSENT = inspect.Parameter.empty
OPTIONAL: dict[str, Any] = {"key": None, "if_match": None}


def _signed(
    function: Callable[..., Any], optional: dict[str, Any] = OPTIONAL, **kinds: Any
) -> Callable[..., Any]:
    """Give a handler the signature that FastAPI reads; parameters of NoneType are left out."""
    parameters = [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=optional.get(name, ABSENT)
        )
        for name, kind in kinds.items()
        if kind is not NoneType
    ]
    function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return function


def _body(row: Transition) -> Any:
    return NoneType if row.data is None else Annotated[row.data, Body()]


Key = Annotated[
    str | None,
    Header(alias="Idempotency-Key", min_length=8, max_length=100, description="Repeats get the first answer."),
]
IfMatch = Annotated[str | None, Header(alias="If-Match", description="The version you have read.")]


async def _once(
    asked: Asked, request: Request, key: str | None, done: Callable[[], Any], status: int
) -> Response:
    """Do it, or give the answer that the same request with the same key got before."""
    claimed = None
    if key is not None and asked.actor.id is not None:
        told = idempotency.digest(request.state.body)
        claimed = await idempotency.claim(
            asked.session, asked.actor.id, f"{request.method} {request.url.path}", key, told, asked.now
        )
        if claimed.status is not None:
            headers = {"Idempotency-Replayed": "true"}
            return JSONResponse(claimed.answer, claimed.status, headers)
    found: BaseModel | None = await done()
    if isinstance(found, Awaiting):
        status = 202
    content = found.model_dump(mode="json") if found is not None else None
    status = status if found is not None else 204
    if claimed is not None:
        claimed.status, claimed.answer = status, content
    if content is None:
        return Response(status_code=204)
    return JSONResponse(content, status, _etag(content))


def _etag(content: dict[str, Any]) -> dict[str, str]:
    return {"ETag": f'"{content["version"]}"'} if "version" in content else {}


async def _after(mounted: Mounted, asked: Asked, key: UUID) -> EntityRead | None:
    """The row as the actor sees it now; None when the act has taken it out of their sight."""
    await asked.session.flush()
    try:
        return await mounted.read(asked, key)
    except NotFound:
        return None


def _mount_act(router: APIRouter, mounted: Mounted, rows: Sequence[Transition]) -> None:
    name = rows[0].name

    async def handler(*, loaded: Any, request: Request, key: str | None, data: Any = None) -> Response:
        asked, subject, held = loaded

        async def done() -> BaseModel | None:
            event = await fire(mounted.workflow, name, subject, asked.act(held, data))
            if event is None:
                return Awaiting(awaiting="another officer", act=name)
            return await _after(mounted, asked, subject.id)

        return await _once(asked, request, key, done, 200)

    signed = _signed(handler, loaded=_loaded(mounted, [name]), request=Request, key=Key, data=_body(rows[0]))
    extra: dict[int | str, dict[str, Any]] = {202: {"model": Awaiting}} if rows[0].second else {}
    router.post(
        f"/{mounted.plural}/{{id}}/{name}",
        response_model=_views(mounted),
        responses=refusals(401, 403, 404, 409) | extra,
        **documented(mounted, rows),
    )(signed)


def _mount_creation(router: APIRouter, mounted: Mounted, row: Transition) -> None:
    async def loaded(asked: Asking, request: Request) -> tuple[Asked, Any, Held]:
        held = frozenset(asked.actor.roles | ({"signed_in"} if asked.actor.id else set()))
        parent = None
        if row.under:
            above = MOUNTED[row.under]
            key = UUID(str(request.path_params["parent_id"]))
            parent, held = await lock(asked.session, above.model, key, asked.actor, above.loads)
        may(mounted.workflow, row.name, parent, asked.act(held, parent=parent))
        return asked, parent, held

    async def handler(*, loaded: Any, request: Request, key: str | None, data: Any = None, **_: Any) -> Response:
        asked, parent, held = loaded

        async def done() -> BaseModel | None:
            subject = mounted.model()
            await create(mounted.workflow, row.name, subject, asked.act(held, data, parent=parent))
            return await _after(mounted, asked, subject.id)

        return await _once(asked, request, key, done, 201)

    first = Annotated[tuple[Asked, Any, Held], Depends(loaded, scope="function")]
    parent_id: Any = Annotated[UUID, Path()] if row.under else NoneType
    signed = _signed(handler, loaded=first, request=Request, key=Key, data=_body(row), parent_id=parent_id)
    above = f"/{MOUNTED[row.under].plural}/{{parent_id}}" if row.under else ""
    router.post(
        f"{above}/{mounted.plural}",
        status_code=201,
        response_model=_views(mounted),
        responses=refusals(401, 403, 404, 409),
        **documented(mounted, [row]),
    )(signed)


def version_in(given: str | None) -> int:
    """The version that If-Match names. Raises VersionNeeded without one, Malformed if it is no version."""
    if given is None:
        raise VersionNeeded
    plain = given.strip().removeprefix("W/").strip('"')
    if not (plain.isascii() and plain.isdigit() and len(plain) < 10):
        raise Malformed(reasons=[Reason("if-match", "If-Match must be a version, such as \"3\".", "/header/If-Match")])
    return int(plain)


def _mount_edit(router: APIRouter, mounted: Mounted, row: Transition) -> None:
    part = next((p for p in mounted.parts if p.name == row.part), None)

    async def handler(*, loaded: Any, if_match: str | None, data: Any, part_key: str = "") -> Response:
        asked, subject, held = loaded
        piece = await _piece(part, asked, subject.id, part_key) if part else None
        edited = piece if piece is not None else subject
        if version_in(if_match) != edited.version:
            current = part.view.model_validate(piece) if part else await mounted.view(asked, subject, held)
            raise Stale(extra={"current": current.model_dump(mode="json")})
        await fire(mounted.workflow, row.name, subject, asked.act(held, data, piece))
        await asked.session.flush()
        found = part.view.model_validate(piece) if part else await mounted.read(asked, subject.id)
        content = found.model_dump(mode="json")
        return JSONResponse(content, headers=_etag(content))

    loaded = _loaded(mounted, [row.name])
    part_key: Any = Annotated[str, Path(max_length=100)] if part else NoneType
    signed = _signed(handler, loaded=loaded, if_match=IfMatch, data=_body(row), part_key=part_key)
    router.patch(
        f"/{mounted.plural}/{{id}}" + (f"/{part.name}/{{part_key}}" if part else ""),
        response_model=part.view if part else _views(mounted),
        responses=refusals(401, 403, 404, 409, 412, 428),
        **documented(mounted, [row]),
    )(signed)


async def _piece(part: Part, asked: Asked, key: UUID, part_key: str) -> Any:
    found = await part.load(asked.session, key, part_key)
    if found is None:
        raise NotFound
    return found


def _mount_part(router: APIRouter, mounted: Mounted, part: Part) -> None:
    async def read(asked: Asking, id: UUID, part_key: Annotated[str, Path(max_length=100)]) -> Response:
        _, held = await look(asked.session, mounted.model, id, asked.actor)
        if not part.reads(held):
            raise NotFound
        content = part.view.model_validate(await _piece(part, asked, id, part_key)).model_dump(mode="json")
        return JSONResponse(content, headers=_etag(content))

    router.get(
        f"/{mounted.plural}/{{id}}/{part.name}/{{part_key}}",
        response_model=part.view,
        responses=refusals(401, 404),
        summary=f"Read one of the {part.name} ({mounted.workflow.title or mounted.entity})",
        description=f"Who: {part.reads.label}. The version is the ETag.",
        operation_id=f"{mounted.entity}_{part.name}_read",
    )(read)


def _mount_read(router: APIRouter, mounted: Mounted) -> None:
    async def read(asked: Asking, id: UUID) -> Response:
        content = (await mounted.read(asked, id)).model_dump(mode="json")
        return JSONResponse(content, headers=_etag(content))

    router.get(
        f"/{mounted.plural}/{{id}}",
        response_model=_views(mounted),
        responses=refusals(401, 404),
        summary=f"Read one ({mounted.workflow.title or mounted.entity})",
        description=f"Who: {' or '.join(dict.fromkeys(who.label for who, _ in mounted.views))}. "
        "What may be done next stands in `actions`, each with the reasons that still block it.",
        operation_id=f"{mounted.entity}_read",
    )(read)


def _mount_list(router: APIRouter, mounted: Mounted) -> None:
    orders = {"-created_at": pages.Order(mounted.model.created_at, descending=True), **mounted.orders}
    known = {"page_size", "page_token", "sort", *mounted.filters}
    sorts = Enum(f"{mounted.model.__name__}Sort", {name: name for name in orders}, type=str)  # type: ignore[misc]
    page = create_model(
        f"{mounted.model.__name__}Page",
        items=(list[Union[tuple(dict.fromkeys(v for _, v in mounted.items))]], ...),  # type: ignore[misc]  # noqa: UP007
        next_page_token=(str | None, None),
    )

    async def read(
        *, asked: Asked, request: Request, page_size: int, page_token: str | None, sort: Any, **given: Any
    ) -> Any:
        if unknown := set(request.query_params) - known:
            raise Malformed(
                reasons=[Reason("unknown-field", "No such field.", f"/query/{n}"[:60], "sender") for n in sorted(unknown)]
            )
        order, key = orders[sort.value], mounted.model.id
        statement = seen(asked.actor, mounted.model).order_by(*order.by(key)).limit(page_size + 1)
        for name, value in given.items():
            if value is not None:
                statement = statement.where(mounted.filters[name].where(asked.actor, value))
        binding = pages.bind(mounted.plural, given | {"sort": sort.value})
        if page_token:
            statement = statement.where(order.after(key, pages.read(page_token, binding)))
        rows = (await asked.session.execute(statement)).all()
        items = [mounted.item(row[0], held_in(row, asked.actor)) for row in rows[:page_size]]
        more = None
        if len(rows) > page_size:
            last = rows[page_size - 1][0]
            more = pages.token(binding, getattr(last, order.column.key), last.id)
        return page(items=items, next_page_token=more)

    defaults = {"page_size": pages.SIZE, "page_token": None, "sort": next(iter(sorts))}
    signed = _signed(
        read,
        defaults | dict.fromkeys(mounted.filters),
        asked=Asking,
        request=Request,
        page_size=Annotated[int, Query(ge=1, le=pages.LARGEST)],
        page_token=Annotated[str | None, Query(max_length=500)],
        sort=Annotated[sorts, Query()],
        **{name: Annotated[f.kind | None, Query()] for name, f in mounted.filters.items()},
    )
    router.get(
        f"/{mounted.plural}",
        response_model=page,
        responses=refusals(401),
        summary=f"List those you may see ({mounted.workflow.title or mounted.entity})",
        operation_id=f"{mounted.entity}_list",
    )(signed)


