"""Export and import of a call."""

from typing import Annotated, cast
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Request, Response
from fastapi.responses import JSONResponse

from app.calls.models import Call
from app.calls.schemas import CallRead
from app.calls.transfer.differences import differences, faults
from app.calls.transfer.export import exported
from app.calls.transfer.reading import here_of, read_in
from app.calls.transfer.schemas import CallFile, Import, ImportRead
from app.calls.workflow import CALL
from app.core.errors import Forbidden, Malformed, Unauthenticated
from app.core.reason import Reason
from app.people.access import office
from app.workflow.acts import Key, once
from app.workflow.asked import Asked, Asking
from app.workflow.mounted import Mounted
from app.workflow.route import documented, refusals
from app.workflow.rows import look
from app.workflow.run import may, refuse
from app.workflow.who import Held


async def one_who_may(asked: Asking) -> tuple[Asked, Held]:
    """One who may read a file in. Raises Forbidden before the file is looked at."""
    held = frozenset(asked.actor.roles | ({"signed_in"} if asked.actor.id else set()))
    may(CALL, "import", None, asked.act(held))
    return asked, held


def mount_files(router: APIRouter, calls: Mounted) -> None:
    """The routes of files: a call out, and a call in by its row `import`."""

    @router.get(
        f"/{calls.plural}/{{id}}/export",
        response_model=CallFile,
        responses=refusals(401, 403, 404),
        summary="Export as a file (call)",
        description="Who: the programme office. Stages, topics and rule set; of money what was announced.",
        operation_id="call_export",
    )
    async def export(asked: Asking, id: UUID) -> Response:  # noqa: A002  # the path's own word
        call, held = await look(asked.session, Call, id, asked.actor, ["stages"])
        if not office(held):
            raise (
                Forbidden(f"Only {office.label} may export this call.") if asked.actor.id else Unauthenticated
            )
        named = {"Content-Disposition": f'attachment; filename="{call.reference}.json"'}
        file = await exported(call, asked)
        return JSONResponse(file.model_dump(mode="json"), headers=named)

    @router.post(
        f"/{calls.plural}/import",
        status_code=201,
        response_model=ImportRead,
        responses={200: {"model": ImportRead, "description": "A dry run."}, **refusals(401, 403, 409)},
        **documented(calls, CALL.rows("import")),
    )
    async def read_file(
        who: Annotated[tuple[Asked, Held], Depends(one_who_may, scope="function")],
        request: Request,
        data: Annotated[Import, Body()],
        key: Key = None,
    ) -> Response:
        asked, held = who

        async def done() -> ImportRead:
            return await _read_in(data, asked, held, calls)

        return await once(asked, request, key, done, 200 if data.dry_run else 201)


async def _read_in(data: Import, asked: Asked, held: Held, calls: Mounted) -> ImportRead:
    """Tell what differs, and make the call if that is asked for, or refuse it with every reason."""
    if reasons := list(faults(data.file)):
        raise Malformed(reasons=reasons)
    here = await here_of(data.file, asked)
    found = differences(data.file, here, asked.now)
    if data.dry_run:
        return ImportRead(dry_run=True, differences=found)
    act = asked.act(held, data.file.call)
    if blocks := [Reason(d.code, d.text, d.path, "office") for d in found if d.blocks]:
        raise refuse(CALL, "import", None, act, blocks)
    call = await read_in(data.file, here, act)
    read = await calls.read(asked, call.id)
    return ImportRead(dry_run=False, differences=found, call=cast(CallRead, read))
