"""The hearings' routes."""

from uuid import UUID

from fastapi import APIRouter

import app.evaluation.panel.routes  # noqa: F401  # rounds of hearings are prepared under a panel
from app.evaluation.hearing.access import in_room, sits, watching
from app.evaluation.hearing.models import Hearing, HearingRound
from app.evaluation.hearing.schemas import (
    HearingForAuditor,
    HearingItem,
    HearingOwn,
    HearingRead,
    RoundItem,
    RoundRead,
)
from app.evaluation.hearing.workflow import HEARING, HEARING_ROUND, contact
from app.evaluation.observer.readings import record
from app.evaluation.panel.models import Panel
from app.people.access import auditor, office
from app.workflow.http import mount
from app.workflow.mounted import Filter, Mounted

router = APIRouter(prefix="/v1")
inside = office | watching | in_room

mount(
    router,
    Mounted(
        HEARING_ROUND,
        HearingRound,
        "hearing_rounds",
        views=((office | auditor | sits, RoundRead),),
        items=((office | auditor | sits, RoundItem),),
        root=(Panel, HearingRound.panel_id),
        filters={"panel_id": Filter(UUID, lambda actor, value: HearingRound.panel_id == value)},
        records=record,
    ),
)
mount(
    router,
    Mounted(
        HEARING,
        Hearing,
        "hearings",
        views=((inside, HearingRead), (auditor, HearingForAuditor), (contact, HearingOwn)),
        items=((inside | auditor | contact, HearingItem),),
        needs=("round", "proposal"),
        root=(HearingRound, Hearing.round_id),
        filters={
            "hearing_round_id": Filter(UUID, lambda actor, value: Hearing.round_id == value),
            "proposal_id": Filter(UUID, lambda actor, value: Hearing.proposal_id == value),
        },
        records=record,
    ),
)
