"""The decisions' routes."""

from uuid import UUID

import app.proposals.routes  # noqa: F401  # requests for a review are filed under a proposal
from app.decisions.access import entitled, informed
from app.decisions.invitation.mounts import INVITATIONS
from app.decisions.letter.mounts import LETTERS
from app.decisions.models import Decision
from app.decisions.redress import mounts
from app.decisions.redress.mounts import REDRESSES
from app.decisions.redress.re_evaluation.mounts import RE_EVALUATIONS
from app.decisions.schemas import DecisionForCommittee, DecisionItem, DecisionRead
from app.decisions.workflow import DECISION
from app.people.access import auditor, office
from app.workflow.http import mount
from app.workflow.mounted import Filter, Mounted
from app.workflow.stage_router import StageRouter

router = StageRouter(prefix="/v1", tags=["decisions"])
staff, members = office | auditor, entitled | informed

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
    ),
)
mount(router, INVITATIONS)
mount(router, LETTERS)
mount(router, REDRESSES)
mount(router, RE_EVALUATIONS)
router.include_router(mounts.router)
