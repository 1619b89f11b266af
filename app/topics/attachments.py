"""One PDF beside a comment or an opinion: taken in before any lock, read by whoever reads the rest."""

from tempfile import TemporaryFile
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, HTTPException, Path, Request, Response
from fastapi.responses import StreamingResponse

from app.core.errors import NotFound
from app.core.pdf import examined
from app.core.schema import Data
from app.core.sweeping import hold
from app.core.uploads import PDF, PDF_BODY, chunks, download, files, take_in
from app.workflow.asked import Asking, Token, asked
from app.workflow.mounted import Mounted
from app.workflow.route import documented, refusals
from app.workflow.rows import lock, look
from app.workflow.run import check, chosen, fire

Key = Annotated[UUID, Path(alias="id")]


class Attach(Data):
    """What is known of a file that has been taken in."""

    attachment: str
    attachment_size: int


def mount_attachment(router: APIRouter, mounted: Mounted) -> None:
    """The routes of the row `attach` of a table whose model has the two columns."""
    workflow, model, path = mounted.workflow, mounted.model, f"/{mounted.plural}/{{id}}/attachment"
    needs = mounted.needs_of("attach")
    row = documented(mounted, workflow.rows("attach"))
    row["openapi_extra"] |= PDF_BODY

    @router.put(path, status_code=204, response_class=Response, responses=refusals(401, 403, 404, 409), **row)
    async def attach(request: Request, key: Key, token: Token) -> None:
        """Ask whether it may be; take the bytes in without a connection; then lock and attach."""
        state = request.app.state
        async with state.sessions() as session, session.begin():
            first = await asked(request, session, token)
            subject, held = await look(session, model, key, first.actor, needs)
            act = first.act(held, Attach(attachment="", attachment_size=0))
            check(workflow, chosen(workflow, "attach", subject, act), subject, act)
        if request.headers.get("content-type", "").split(";")[0].strip() != PDF:
            raise HTTPException(415)
        with TemporaryFile() as file:
            await take_in(request, file)
            await examined(file)
            kept = files(state.settings)
            stored = await kept.store(chunks(file), state.settings.upload_limit)
            async with state.sessions() as session, session.begin():
                # Asked anew: the sign-in may have ended meanwhile, and the time is now that of the last byte.
                again = await asked(request, session, token)
                subject, held = await lock(session, model, key, again.actor, needs, mounted.root)
                await hold(session, kept, stored, file)
                given = Attach(attachment=stored.digest, attachment_size=stored.size)
                await fire(workflow, "attach", subject, again.act(held, given))

    @router.get(
        path,
        response_class=StreamingResponse,
        responses=refusals(401, 404) | {200: {"content": {PDF: {}}}},
        summary=f"Read what is attached ({workflow.title or workflow.entity})",
        description=f"Who: {' or '.join(who.label for who, _ in mounted.views)}.",
        operation_id=f"{workflow.entity}_attachment_read",
    )
    async def read(asked: Asking, request: Request, key: Key) -> StreamingResponse:
        subject: Any
        subject, held = await look(asked.session, model, key, asked.actor)
        if subject.attachment is None or not any(who(held) for who, _ in mounted.views):
            raise NotFound
        return download(request, subject.attachment, f"{workflow.entity}-{subject.id}.pdf")
