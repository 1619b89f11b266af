"""The committee's routes."""

from app.committee.access import body_member, entitled, motion_member, seated, told_votes, waits
from app.committee.models import Body, Mandate, Motion, MotionState, Session
from app.committee.schemas import (
    BodyItem,
    BodyRead,
    MandateItem,
    MandateRead,
    MotionItem,
    MotionOutline,
    MotionRead,
)
from app.committee.session.mounts import SESSIONS
from app.committee.session.routes import router as minutes
from app.committee.workflow import BODY, MANDATE, MOTION
from app.people.access import admin, auditor, office
from app.workflow.asked import Asked
from app.workflow.http import mount
from app.workflow.mounted import Mounted
from app.workflow.stage_router import StageRouter

router = StageRouter(prefix="/v1", tags=["committee"])
staff = office | admin | auditor


async def keep_votes_back(asked: Asked, motion: Motion, body: object) -> None:
    """While a motion is voted on in writing everybody reads their own vote, and of others that they have."""
    if isinstance(body, MotionRead) and motion.state == MotionState.VOTING:
        for ballot in body.ballots:
            if motion.session.kind == "written" and ballot.account_id != asked.actor.id:
                ballot.choice = None


mount(
    router,
    Mounted(
        BODY,
        Body,
        "bodies",
        views=((staff | body_member, BodyRead),),
        items=((staff | body_member, BodyItem),),
    ),
)
mount(
    router,
    Mounted(
        MANDATE,
        Mandate,
        "mandates",
        views=((staff | seated, MandateRead),),
        items=((staff | seated, MandateItem),),
    ),
)
mount(router, SESSIONS)
mount(
    router,
    Mounted(
        MOTION,
        Motion,
        "motions",
        views=((told_votes, MotionRead), (staff | motion_member | entitled | waits, MotionOutline)),
        items=((staff | motion_member | entitled | waits, MotionItem),),
        needs=("session", "ballots"),
        root=(Session, Motion.session_id),
        completes=keep_votes_back,
    ),
)
router.include_router(minutes)
