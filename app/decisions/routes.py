"""The decisions' routes."""

from uuid import UUID

import app.calls.routes  # noqa: F401  # what-if sets are drawn up under a call
from app.decisions.access import entitled, informed
from app.decisions.invitation.mounts import INVITATIONS
from app.decisions.models import Decision
from app.decisions.reserve.mounts import RESERVE_LISTS
from app.decisions.schemas import DecisionForCommittee, DecisionItem, DecisionRead
from app.decisions.what_if.routes import router as what_ifs
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
mount(router, RESERVE_LISTS)
router.include_router(what_ifs)
