"""The experts' routes, and the conflict card."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.experts.access import assignee, blind, invited, reviewer
from app.experts.assigning import routes as assigning
from app.experts.campaign import routes as campaigns
from app.experts.certificate.mounts import CERTIFICATES
from app.experts.certificate.mounts import router as certificates
from app.experts.conflicts import routes as conflicts
from app.experts.conflicts.listed import listed
from app.experts.conflicts.mounts import CONFLICTS, IDENTITIES
from app.experts.contract.mounts import CONTRACTS
from app.experts.facts.mounts import COLLABORATIONS, EMPLOYMENTS
from app.experts.models import Assignment
from app.experts.names.mounts import NAME_LISTS
from app.experts.profile.mounts import EXPERTS
from app.experts.profile.workflow import EXPERT
from app.experts.schemas import AssignmentItem, AssignmentRead, BlindCard, Card
from app.experts.statement.mounts import STATEMENTS
from app.experts.workflow import ASSIGNMENT
from app.people.access import office
from app.proposals.models import Proposal
from app.workflow.acts import mount_creation
from app.workflow.asked import Asking
from app.workflow.http import mount, refusals
from app.workflow.mounted import Filter, Mounted
from app.workflow.rows import look
from app.workflow.stage_router import StageRouter

router = StageRouter(prefix="/v1", tags=["experts"])

mount(router, EXPERTS)
# People come into the pool in two ways; the plural alone is the office's.
mount_creation(router, replace(EXPERTS, plural="experts/oneself"), EXPERT.rows("join")[0])
mount(router, CONTRACTS)
router.include_router(campaigns.router)
for mounted in (NAME_LISTS, STATEMENTS, CERTIFICATES):
    mount(router, mounted)
router.include_router(certificates)
mount(
    router,
    Mounted(
        ASSIGNMENT,
        Assignment,
        "assignments",
        views=((office | assignee, AssignmentRead),),
        items=((office | assignee, AssignmentItem),),
        filters={"proposal_id": Filter(UUID, lambda actor, value: Assignment.proposal_id == value)},
    ),
)
for mounted in (CONFLICTS, IDENTITIES, EMPLOYMENTS, COLLABORATIONS):
    mount(router, mounted)
router.include_router(conflicts.router)

router.include_router(assigning.router)

shown = invited | reviewer


@router.get(
    "/assignments/{id}/card",
    responses=refusals(401, 404),
    summary="Read the conflict card (assignment)",
    description="All that there is to see before declaring; in a blind stage everybody who applies in it and "
    f"not whose the proposal is (V-25). Who: {shown.label}.",
    operation_id="assignment_card",
)
async def card(asked: Asking, key: Annotated[UUID, Path(alias="id")]) -> Card | BlindCard:
    """The card of a proposal, for the expert who is asked to declare. Raises NotFound."""
    needs = ["proposal.versions", "proposal.topic_stage"]
    assignment, held = await look(asked.session, Assignment, key, asked.actor, needs, by=shown)
    proposal: Proposal = assignment.proposal
    if not blind(held):
        return Card.of(proposal.versions[-1].manifest)
    applicants = await listed(asked.session, proposal.topic_stage.stage_id)
    told = {name: proposal.versions[-1].manifest[name] for name in ("reference", "title", "abstract")}
    return BlindCard.model_validate({**told, "applicants": applicants})
