"""The panels' routes."""

from uuid import UUID

from fastapi import APIRouter

import app.calls.routes  # noqa: F401  # panels are convened under a topic in a stage
from app.evaluation.observer.readings import record
from app.evaluation.panel.access import decider, observing, sits
from app.evaluation.panel.models import Panel
from app.evaluation.panel.schemas import PanelForCommittee, PanelForPanel, PanelItem, PanelRead
from app.evaluation.panel.workflow import PANEL
from app.people.access import auditor, office
from app.workflow.http import mount
from app.workflow.mounted import Filter, Mounted

router = APIRouter(prefix="/v1")
running = office | auditor

mount(
    router,
    Mounted(
        PANEL,
        Panel,
        "panels",
        views=((running | observing, PanelRead), (decider, PanelForCommittee), (sits, PanelForPanel)),
        items=((running | observing | decider | sits, PanelItem),),
        needs=("places.proposal", "partings", "lists", "fallen"),
        filters={"topic_stage_id": Filter(UUID, lambda actor, value: Panel.topic_stage_id == value)},
        records=record,
    ),
)
