"""The decisions' routes."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

import app.calls.routes  # what-if sets are drawn up under a call
import app.proposals.routes  # noqa: F401  # requests for a review are filed under a proposal
from app.core.errors import WrongState
from app.decisions.access import entitled, informed, observing, signatory
from app.decisions.full_text.mounts import FULL_TEXT_REQUESTS
from app.decisions.invitation.mounts import INVITATIONS
from app.decisions.letter.mounts import LETTERS
from app.decisions.letter.routes import router as letters
from app.decisions.models import Decision, DecisionState
from app.decisions.preview import NEEDS, preview_of
from app.decisions.redress import mounts
from app.decisions.redress.mounts import REDRESSES
from app.decisions.redress.re_evaluation.mounts import RE_EVALUATIONS
from app.decisions.reserve.mounts import RESERVE_LISTS
from app.decisions.schemas import DecisionForCommittee, DecisionItem, DecisionRead, PreviewRead
from app.decisions.what_if.routes import router as what_ifs
from app.decisions.workflow import DECISION
from app.evaluation.observer.readings import record
from app.people.access import auditor, office
from app.workflow.asked import Asking
from app.workflow.http import mount
from app.workflow.mounted import Filter, Mounted
from app.workflow.route import refusals
from app.workflow.rows import look
from app.workflow.stage_router import StageRouter

router = StageRouter(prefix="/v1", tags=["decisions"])
staff, members = office | auditor | signatory | observing, entitled | informed
releasing = office | signatory

mount(
    router,
    Mounted(
        DECISION,
        Decision,
        "decisions",
        views=((staff, DecisionRead), (members, DecisionForCommittee)),
        items=((staff | members, DecisionItem),),
        needs=("lines.proposal",),
        filters={"topic_stage_id": Filter(UUID, lambda actor, value: Decision.topic_stage_id == value)},
        records=record,
    ),
)
mount(router, INVITATIONS)
mount(router, FULL_TEXT_REQUESTS)
mount(router, LETTERS)
mount(router, REDRESSES)
mount(router, RE_EVALUATIONS)
mount(router, RESERVE_LISTS)
router.include_router(mounts.router)
router.include_router(letters)
router.include_router(what_ifs)


@router.get(
    "/decisions/{id}/preview",
    responses=refusals(401, 404, 409),
    summary="Look at what its release would do now (decision)",
    description=f"Who: {releasing.label}. Nothing changes by it; `release` asks for its digest.",
    operation_id="decision_preview",
)
async def read_preview(asked: Asking, key: Annotated[UUID, Path(alias="id")]) -> PreviewRead:
    decision, _ = await look(asked.session, Decision, key, asked.actor, NEEDS, by=releasing)
    if decision.state != DecisionState.ADOPTED:
        raise WrongState(f"Nothing of it is released any more: it is “{decision.state.label}”.")
    return preview_of(decision, asked.now)
