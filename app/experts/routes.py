"""The experts' routes, and the conflict card."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from app.experts.access import assignee, contractor, invited, oneself, reviewer
from app.experts.conflicts import routes as conflicts
from app.experts.conflicts.mounts import CONFLICTS, IDENTITIES
from app.experts.facts.mounts import COLLABORATIONS, EMPLOYMENTS
from app.experts.models import Assignment, Contract, Expert
from app.experts.schemas import (
    AssignmentItem,
    AssignmentRead,
    Card,
    ContractItem,
    ContractRead,
    ExpertItem,
    ExpertRead,
)
from app.experts.workflow import ASSIGNMENT, CONTRACT, EXPERT
from app.people.access import office
from app.workflow.asked import Asking
from app.workflow.http import mount, refusals
from app.workflow.mounted import Filter, Mounted
from app.workflow.rows import look

router = APIRouter(prefix="/v1", tags=["experts"])

mount(
    router,
    Mounted(
        EXPERT,
        Expert,
        "experts",
        views=((office | oneself, ExpertRead),),
        items=((office | oneself, ExpertItem),),
    ),
)
mount(
    router,
    Mounted(
        CONTRACT,
        Contract,
        "contracts",
        views=((office | contractor, ContractRead),),
        items=((office | contractor, ContractItem),),
        filters={"call_id": Filter(UUID, lambda actor, value: Contract.call_id == value)},
    ),
)
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

shown = invited | reviewer


@router.get(
    "/assignments/{id}/card",
    responses=refusals(401, 404),
    summary="Read the conflict card (assignment)",
    description=f"All that there is to see before declaring. Who: {shown.label}.",
    operation_id="assignment_card",
)
async def card(asked: Asking, key: Annotated[UUID, Path(alias="id")]) -> Card:
    """The card of a proposal, for the expert who is asked to declare. Raises NotFound."""
    assignment, _ = await look(asked.session, Assignment, key, asked.actor, ["proposal.versions"], by=shown)
    return Card.model_validate(assignment.proposal.versions[-1].manifest)
