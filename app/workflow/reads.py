"""Routes that read and edit: one entity, its parts, each with its version as ETag."""

from collections.abc import Sequence
from types import NoneType
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Path, Response
from fastapi.responses import JSONResponse

from app.core.errors import Malformed, NotFound, Stale, VersionNeeded
from app.core.reason import Reason
from app.workflow.asked import Asked, Asking
from app.workflow.mounted import Mounted, Part
from app.workflow.route import body_of, documented, etag, loaded_for, refusals, signed, views_of
from app.workflow.rows import look
from app.workflow.run import fire
from app.workflow.table import Transition
from app.workflow.who import Held

IfMatch = Annotated[str | None, Header(alias="If-Match", description="The version you have read.")]


def mount_read(router: APIRouter, mounted: Mounted) -> None:
    async def read(asked: Asking, id: UUID) -> Response:  # noqa: A002  # the path's own word
        content = (await mounted.read(asked, id)).model_dump(mode="json")
        return JSONResponse(content, headers=etag(content))

    router.get(
        f"/{mounted.plural}/{{id}}",
        response_model=views_of(mounted),
        responses=refusals(401, 404),
        summary=f"Read one ({mounted.workflow.title or mounted.entity})",
        description=f"Who: {' or '.join(dict.fromkeys(who.label for who, _ in mounted.views))}. "
        "What may be done next stands in `actions`, each with the reasons that still block it.",
        operation_id=f"{mounted.entity}_read",
    )(read)


def mount_part(router: APIRouter, mounted: Mounted, part: Part) -> None:
    async def read(
        asked: Asking,
        id: UUID,  # noqa: A002
        part_key: Annotated[str, Path(max_length=100)],
    ) -> Response:
        _, held = await look(asked.session, mounted.model, id, asked.actor)
        piece = await piece_of(part, asked, id, held, part_key)
        content = part.view.model_validate(piece).model_dump(mode="json")
        return JSONResponse(content, headers=etag(content))

    router.get(
        f"/{mounted.plural}/{{id}}/{part.name}/{{part_key}}",
        response_model=part.view,
        responses=refusals(401, 404),
        summary=f"Read one of the {part.name} ({mounted.workflow.title or mounted.entity})",
        description=f"Who: {part.reads.label}. The version is the ETag.",
        operation_id=f"{mounted.entity}_{part.name}_read",
    )(read)


async def piece_of(part: Part, asked: Asked, key: UUID, held: Held, part_key: str) -> Any:
    """A piece of an entity that the actor sees. Raises NotFound if there is none that they may read."""
    found = await part.load(asked.session, key, part_key) if part.reads(held) else None
    if found is None:
        raise NotFound
    return found


def version_in(given: str | None) -> int:
    """The version that If-Match names. Raises VersionNeeded without one, Malformed if it is no version."""
    if given is None:
        raise VersionNeeded
    plain = given.strip().removeprefix("W/").strip('"')
    if not (plain.isascii() and plain.isdigit() and len(plain) < 10):
        raise Malformed(
            reasons=[Reason("if-match", 'If-Match must be a version, such as "3".', "/header/If-Match")]
        )
    return int(plain)


def mount_edit(router: APIRouter, mounted: Mounted, rows: Sequence[Transition]) -> None:
    """The first row of a part is its PATCH; any other is posted under its name."""
    row = rows[0]
    part = {p.name: p for p in mounted.parts}[row.part] if row.part else None

    async def handler(*, loaded: Any, if_match: str | None, data: Any, part_key: str = "") -> Response:
        asked, subject, held = loaded
        piece = await piece_of(part, asked, subject.id, held, part_key) if part else None
        edited = piece if piece is not None else subject
        if version_in(if_match) != edited.version:
            current = part.view.model_validate(piece) if part else await mounted.read(asked, subject.id)
            raise Stale(extra={"current": current.model_dump(mode="json")})
        await fire(mounted.workflow, row.name, subject, asked.act(held, data, piece))
        await asked.session.flush()
        found = part.view.model_validate(piece) if part else await mounted.read(asked, subject.id)
        content = found.model_dump(mode="json")
        return JSONResponse(content, headers=etag(content))

    loaded = loaded_for(mounted, [row.name])
    part_key: Any = Annotated[str, Path(max_length=100)] if part else NoneType
    described = signed(handler, loaded=loaded, if_match=IfMatch, data=body_of(row), part_key=part_key)
    first = next(r for r in mounted.workflow.transitions if r.part == row.part) if part else row
    at = f"/{part.name}/{{part_key}}" if part else ""
    route = router.patch if row.name == first.name else router.post
    route(
        f"/{mounted.plural}/{{id}}{at}" + (f"/{row.name}" if row.name != first.name else ""),
        response_model=part.view if part else views_of(mounted),
        responses=refusals(401, 403, 404, 409, 412, 428),
        **documented(mounted, rows),
    )(described)
