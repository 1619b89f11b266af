"""Reading what was handed in: a sealed version, its texts and its documents."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.consortia.access import coordinator, deputy_contact, reads_figures
from app.consortia.models import Partner
from app.core.errors import NotFound
from app.core.uploads import PDF, download, handed_over
from app.proposals.access import blind_reader, consortium, industry_partner, reader, staff
from app.proposals.blind import Contents, without_names
from app.proposals.copies import copied, fetched
from app.proposals.documents import ProposalId
from app.proposals.models import Proposal, SealedVersion
from app.proposals.readings import copy_of, record
from app.proposals.receipt import receipt_pdf
from app.proposals.schemas import Key
from app.proposals.sealing import without_figures
from app.proposals.views import SealedRead, before_corrigenda
from app.workflow.asked import Asked, Asking, Token, asked
from app.workflow.route import refusals
from app.workflow.rows import look
from app.workflow.who import Held

router = APIRouter(prefix="/proposals/{id}")
Number = Annotated[int, Path(ge=1, le=100_000)]
COPIES = (
    "To the consortium and auditors as it was handed in; to others a copy with their name on each page, "
    "those beyond the page limit crossed (C-20)."
)
LAST = reader | industry_partner
WHO = f"Who: {(consortium | staff).label}; {LAST.label} the last one."


async def sealed(asked: Asked, key: UUID, number: int) -> tuple[Proposal, SealedVersion, Held]:
    """A sealed version that the actor may read. Raises NotFound."""
    needed = ("corrigenda", "topic_stage.stage.call")
    proposal, held = await look(asked.session, Proposal, key, asked.actor, needed)
    whole = consortium | staff
    if not (whole(held) or (LAST(held) and number == proposal.sealed)):
        raise NotFound
    wanted = select(SealedVersion).where(SealedVersion.proposal_id == key, SealedVersion.number == number)
    found = (
        await asked.session.scalars(
            wanted.options(undefer(SealedVersion.texts), undefer(SealedVersion.answers))
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    return proposal, found, held


@router.get(
    "/sealed/{number}",
    responses=refusals(401, 404),
    summary="Read a sealed version (proposal)",
    description=WHO,
    operation_id="proposal_sealed_read",
)
async def read_sealed(asked: Asking, proposal_id: ProposalId, number: Number) -> SealedRead:
    proposal, version, held = await sealed(asked, proposal_id, number)
    await record(asked, held, proposal, number, "answers")
    shown = await as_shown(asked, proposal, version, held)
    return SealedRead(
        number=version.number,
        received_at=version.received_at,
        digest=shown.digest,
        manifest=shown.manifest,
        texts=shown.texts,
        answers=shown.answers,
        before_corrigenda=before_corrigenda(proposal, version.received_at),
    )


async def as_shown(asked: Asked, proposal: Proposal, version: SealedVersion, held: Held) -> Contents:
    """What of it this reader reads; all else that comes of a sealed version is made of this."""
    if blind_reader(held):
        return without_names(proposal, version)
    manifest = await with_figures(asked, proposal, held, version.manifest)
    told = (version.texts, version.answers, version.receipt, version.manifest["documents"])
    return Contents(manifest, version.digest, *told)


async def with_figures(
    asked: Asked, proposal: Proposal, held: Held, manifest: dict[str, Any]
) -> dict[str, Any]:
    """The manifest without the figures of partners that a fellow partner does not read."""
    if not consortium(held) or (coordinator | deputy_contact)(held):
        return manifest
    here = Partner.consortium_id == proposal.consortium_id
    wanted = select(Partner.id, Partner.organisation_id).where(here, reads_figures(asked.actor))
    mine = {str(key) for row in await asked.session.execute(wanted) for key in row}
    lines = [
        part if mine & {part.get("id"), part["organisation_id"]} else without_figures(part)
        for part in manifest["partners"]
    ]
    return manifest | {"partners": lines}


@router.get(
    "/sealed/{number}/documents/{key}",
    response_class=StreamingResponse,
    responses=refusals(401, 404, 409) | {200: {"content": {PDF: {}}}},
    summary="Read a document of a sealed version (proposal)",
    description=f"{WHO} {COPIES}",
    operation_id="proposal_sealed_document_read",
)
async def read_sealed_document(
    request: Request, token: Token, proposal_id: ProposalId, number: Number, key: Key
) -> StreamingResponse:
    """Ask who reads; make the copy without a connection; record it before it is sent."""
    state = request.app.state
    async with state.sessions() as session, session.begin():
        asking = await asked(request, session, token)
        proposal, version, held = await sealed(asking, proposal_id, number)
        shown = await as_shown(asking, proposal, version, held)
        document = next((d for d in shown.documents if d["key"] == key), None)
        if document is None:
            raise NotFound
        copy = await copy_of(asking, held, proposal, number, "document", document)
        name = f"{proposal.reference}-{number}-{key}.pdf"
    if copy is None:
        return download(request, document["digest"], name)
    marked = copy.reading.marked
    file = await (
        copied(state, copy, proposal.reference, document) if marked else fetched(state, document["digest"])
    )
    async with state.sessions() as session, session.begin():
        session.add(copy.reading)
    return handed_over(file, name)


@router.get(
    "/versions/{number}/receipt.pdf",
    response_class=Response,
    responses=refusals(401, 404) | {200: {"content": {PDF: {}}}},
    summary="Read the receipt of a sealed version as a PDF (proposal)",
    description=f"{WHO} The same bytes whenever it is asked for. None to {blind_reader.label}: it is of more "
    "than they read.",
    operation_id="proposal_receipt_pdf",
)
async def read_receipt(asked: Asking, proposal_id: ProposalId, number: Number) -> Response:
    proposal, version, held = await sealed(asked, proposal_id, number)
    if blind_reader(held):
        raise NotFound
    await record(asked, held, proposal, number, "receipt")
    named = f'attachment; filename="{proposal.reference}-{number}-receipt.pdf"'
    return Response(await receipt_pdf(version), media_type=PDF, headers={"Content-Disposition": named})
