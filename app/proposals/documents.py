"""Documents of the draft: taken in before any lock, attached by a row, read by the consortium alone."""

from tempfile import TemporaryFile
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, HTTPException, Path, Request
from fastapi.responses import StreamingResponse

from app.core.errors import NotFound, Unmet
from app.core.files import StoredFile
from app.core.pdf import Examined, examined, text_of
from app.core.reason import Reason
from app.core.sweeping import hold
from app.core.uploads import PDF, PDF_BODY, chunks, download, files, take_in
from app.proposals.access import consortium
from app.proposals.document_texts import keep_text, read_blind
from app.proposals.models import Proposal
from app.proposals.mounts import PROPOSALS
from app.proposals.schemas import Attach, Key
from app.proposals.views import DocumentRead, documents_of
from app.proposals.workflow import PROPOSAL
from app.workflow.asked import Asked, Asking, Token, asked
from app.workflow.route import documented, refusals
from app.workflow.rows import lock, look
from app.workflow.run import check, chosen, fire
from app.workflow.who import Held

router = APIRouter()
ProposalId = Annotated[UUID, Path(alias="id")]
ROW = documented(PROPOSALS, PROPOSAL.rows("attach"))
ROW["openapi_extra"] |= PDF_BODY


@router.put("/proposals/{id}/documents/{key}", responses=refusals(401, 403, 404, 409), **ROW)
async def attach(request: Request, proposal_id: ProposalId, key: Key, token: Token) -> DocumentRead:
    """Ask whether it may be; take the bytes in without a connection; then lock and attach."""
    kept = files(request.app.state.settings)
    async with request.app.state.sessions() as session, session.begin():
        first = await asked(request, session, token)
        proposal, held = await look(session, Proposal, proposal_id, first.actor, PROPOSALS.needs_of("attach"))
        _allowed(first, proposal, held, Attach(key=key, digest="", size=0, pages=0))
        blind = read_blind(proposal, key)
        declared = request.headers.get("content-length", "")
        _room_for(request, proposal, key, int(declared) if declared.isdecimal() else 0)
    if request.headers.get("content-type", "").split(";")[0].strip() != PDF:
        raise HTTPException(415)
    with TemporaryFile() as file:
        await take_in(request, file)
        found = await examined(file)
        text = await text_of(file) if blind else None
        stored = await kept.store(chunks(file), request.app.state.settings.upload_limit)
        async with request.app.state.sessions() as session, session.begin():
            # Asked anew: the sign-in may have ended meanwhile, and the time is now that of the last byte.
            again = await asked(request, session, token)
            needs = PROPOSALS.needs_of("attach")
            proposal, held = await lock(session, Proposal, proposal_id, again.actor, needs)
            _room_for(request, proposal, key, stored.size)
            await hold(session, kept, stored, file)
            given = _given(key, stored, found)
            await fire(PROPOSAL, "attach", proposal, again.act(held, given))
            if blind:
                await keep_text(session, stored.digest, text)
            return next(told for told in documents_of(proposal) if told.key == key)


def _allowed(asked: Asked, proposal: Proposal, held: Held, given: Attach) -> None:
    act = asked.act(held, given)
    check(PROPOSAL, chosen(PROPOSAL, "attach", proposal, act), proposal, act)


def _given(key: str, stored: StoredFile, found: Examined) -> Attach:
    return Attach(key=key, digest=stored.digest, size=stored.size, pages=found.pages, fault=found.fault)


def _room_for(request: Request, proposal: Proposal, key: str, size: int) -> None:
    """Raises Unmet if the draft's documents would be more, together, than is kept for a proposal."""
    limit = request.app.state.settings.proposal_limit
    others = sum(document.size for document in proposal.documents if document.key != key)
    if others + size > limit:
        told = f"The documents of a proposal may have {limit} bytes together; the others have {others}."
        raise Unmet(reasons=[Reason("no-room", told, "/body", "sender")])


@router.get(
    "/proposals/{id}/documents/{key}",
    response_class=StreamingResponse,
    responses=refusals(401, 404) | {200: {"content": {PDF: {}}}},
    summary="Read a document of the draft (proposal)",
    description=f"Who: {consortium.label}.",
    operation_id="proposal_document_read",
)
async def read_document(
    asked: Asking, request: Request, proposal_id: ProposalId, key: Key
) -> StreamingResponse:
    proposal, held = await look(asked.session, Proposal, proposal_id, asked.actor, ("documents",))
    document = next((d for d in proposal.documents if d.key == key), None)
    if document is None or not consortium(held):
        raise NotFound
    return download(request, document.digest, f"{proposal.reference}-{key}.pdf")
