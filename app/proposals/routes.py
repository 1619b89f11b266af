"""The proposals' routes."""

from typing import Annotated
from uuid import UUID

from fastapi import Path
from sqlalchemy import func, select

import app.consortia.routes  # noqa: F401  # proposals are started under a consortium
from app.calls.models import TopicStage
from app.people.access import office
from app.proposals import documents, duplicates, history, readings, receipts, sealed, whole
from app.proposals.external_case.mounts import EXTERNAL_CASES
from app.proposals.information.mounts import INFORMATION_REQUESTS
from app.proposals.models import Proposal, ProposalState
from app.proposals.mounts import PROPOSALS
from app.proposals.views import Counts
from app.workflow.asked import Asking
from app.workflow.http import mount
from app.workflow.route import refusals
from app.workflow.rows import look
from app.workflow.stage_router import StageRouter

router = StageRouter(prefix="/v1", tags=["proposals"])
mount(router, PROPOSALS)
mount(router, INFORMATION_REQUESTS)
mount(router, EXTERNAL_CASES)
router.include_router(documents.router)
router.include_router(sealed.router)
router.include_router(history.router)
router.include_router(readings.router)
router.include_router(whole.router)
router.include_router(receipts.router)
router.include_router(duplicates.router)


@router.get(
    "/topic_stages/{id}/proposal_counts",
    responses=refusals(401, 404),
    summary="Count the proposals for a topic in a stage",
    description=f"Who: {office.label}.",
    operation_id="proposal_counts",
)
async def count_proposals(asked: Asking, topic_stage_id: Annotated[UUID, Path(alias="id")]) -> Counts:
    await look(asked.session, TopicStage, topic_stage_id, asked.actor, by=office)
    counted = select(Proposal.state, func.count()).where(Proposal.topic_stage_id == topic_stage_id)
    rows = await asked.session.execute(counted.group_by(Proposal.state))
    found = {state: number for state, number in rows}  # noqa: C416  # a row is no pair to dict()
    drafts, withdrawn = found.pop(ProposalState.DRAFT, 0), found.pop(ProposalState.WITHDRAWN, 0)
    return Counts(drafts=drafts, handed_in=sum(found.values()), withdrawn=withdrawn)
