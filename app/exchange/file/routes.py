"""The auditor's file over the wire; each reading is on record."""

from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Path, Request
from fastapi.responses import StreamingResponse
from sqlalchemy import literal, select

from app.consortia.access import applied
from app.core.errors import NotFound
from app.core.uploads import ZIP, handed_over
from app.evaluation.observer.models import EvaluationReading
from app.exchange.file.package import package_of, packed
from app.exchange.file.reading import file_of
from app.exchange.file.schemas import FileRead
from app.people.access import auditor
from app.proposals.models import Proposal
from app.workflow.asked import Asked, Asking, Token, asked
from app.workflow.route import refusals
from app.workflow.rows import look

router = APIRouter(prefix="/proposals/{id}")
ProposalId = Annotated[UUID, Path(alias="id")]
WHO = f"Who: {auditor.label}, nobody who has ever applied on its topic. Each reading is on record."
ANSWER: dict[int | str, dict[str, Any]] = {200: {"content": {ZIP: {}}}}


async def _of(asking: Asked, key: UUID) -> Proposal:
    """The proposal, to an auditor. Raises NotFound to anybody else: it names who evaluated."""
    found, _ = await look(asking.session, Proposal, key, asking.actor, by=auditor)
    proposal: Proposal = found
    if await asking.session.scalar(select(applied(asking.actor, literal(proposal.topic_id)))):
        raise NotFound
    return proposal


def _reading(asking: Asked, proposal: Proposal) -> EvaluationReading:
    assert asking.actor.id is not None
    found = EvaluationReading(id=uuid4(), topic_stage_id=proposal.topic_stage_id, proposal_id=proposal.id)
    found.entity, found.entity_id, found.role = "file", proposal.id, "auditor"
    found.account_id, found.at = asking.actor.id, asking.now
    return found


@router.get(
    "/file",
    responses=refusals(401, 404),
    summary="Read everything that happened to it (proposal)",
    description=f"In order of time: acts, refusals, readings, mails, and what each outcome rests on. {WHO}",
    operation_id="proposal_file_read",
)
async def read_file(asked: Asking, proposal_id: ProposalId) -> FileRead:
    proposal = await _of(asked, proposal_id)
    asked.session.add(_reading(asked, proposal))
    await asked.session.flush()
    return await file_of(asked, proposal)


@router.get(
    "/file.zip",
    response_class=StreamingResponse,
    responses=refusals(401, 404) | ANSWER,
    summary="Take everything that happened to it as one archive (proposal)",
    description="The file as data, what was handed in with its receipts, prints, mails, and the audit trail "
    f"with a program that verifies it. {WHO}",
    operation_id="proposal_file_zip",
)
async def read_archive(request: Request, token: Token, proposal_id: ProposalId) -> StreamingResponse:
    """Record it and read all of it; pack it without a connection."""
    state = request.app.state
    async with state.sessions() as session, session.begin():
        asking = await asked(request, session, token)
        proposal = await _of(asking, proposal_id)
        session.add(_reading(asking, proposal))
        await session.flush()
        package = await package_of(asking, proposal_id, await file_of(asking, proposal))
    return handed_over(await packed(state, package), package.name, ZIP)
