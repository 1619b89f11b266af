"""The committee's routes."""

from app.committee.access import (
    body_member,
    entitled,
    motion_impartial,
    motion_member,
    seated,
    session_member,
)
from app.committee.models import Body, Mandate, Motion, Session
from app.committee.schemas import (
    BodyItem,
    BodyRead,
    MandateItem,
    MandateRead,
    MotionBeside,
    MotionItem,
    MotionRead,
    SessionItem,
    SessionRead,
)
from app.committee.workflow import BODY, MANDATE, MOTION, SESSION
from app.people.access import admin, auditor, office
from app.workflow.http import mount
from app.workflow.mounted import Mounted
from app.workflow.stage_router import StageRouter

router = StageRouter(prefix="/v1", tags=["committee"])
staff = office | admin | auditor

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
mount(
    router,
    Mounted(
        SESSION,
        Session,
        "sessions",
        views=((staff | session_member, SessionRead),),
        items=((staff | session_member, SessionItem),),
    ),
)
mount(
    router,
    Mounted(
        MOTION,
        Motion,
        "motions",
        views=((staff | motion_impartial | entitled, MotionRead), (motion_member, MotionBeside)),
        items=((staff | motion_member | entitled, MotionItem),),
        needs=("session", "ballots"),
    ),
)
