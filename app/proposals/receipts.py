"""The receipts of what was handed in while a partner was in it: kept also by a partner that has left."""

from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import or_, select

from app.consortia.access import left, one_of_its
from app.consortia.models import Partner
from app.proposals.documents import ProposalId
from app.proposals.models import Proposal, SealedVersion
from app.proposals.views import Receipts
from app.workflow.asked import Asking
from app.workflow.route import refusals
from app.workflow.rows import look

router = APIRouter(prefix="/partners/{id}/receipts")
WHO = one_of_its | left


@router.get(
    "",
    responses=refusals(401, 404),
    summary="Read the receipts of what was handed in with this partner in it",
    description=f"Who: {WHO.label}.",
    operation_id="partner_receipts",
)
async def read_receipts(asked: Asking, partner_id: ProposalId) -> Receipts:
    needs = ("organisation.merged_from",)
    partner, _ = await look(asked.session, Partner, partner_id, asked.actor, needs, by=WHO)
    names: list[UUID] = [one.id for one in (partner.organisation, *partner.organisation.merged_from)]
    wanted = (
        select(SealedVersion)
        .join(Proposal, Proposal.id == SealedVersion.proposal_id)
        .where(Proposal.consortium_id == partner.consortium_id)
        .where(
            or_(*(SealedVersion.manifest["partners"].contains([{"organisation_id": str(n)}]) for n in names))
        )
        .order_by(SealedVersion.number)
    )
    if partner.left_at is not None:
        wanted = wanted.where(SealedVersion.received_at <= partner.left_at)
    found = await asked.session.scalars(wanted)
    return Receipts.model_validate({"items": list(found)})
