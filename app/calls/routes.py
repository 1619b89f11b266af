"""The calls' routes."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from app.calls.access import impartial, published
from app.calls.amendments.mounts import AMENDMENTS
from app.calls.models import Call, Stage, TopicStage
from app.calls.questions.mounts import QUESTIONS
from app.calls.rule_set import RuleSet, rule_sets
from app.calls.schemas import (
    CallItem,
    CallPublic,
    CallRead,
    StageItem,
    StageRead,
    TopicStageItem,
    TopicStagePublic,
    TopicStagePublicItem,
    TopicStageRead,
)
from app.calls.workflow import CALL, STAGE, TOPIC_STAGE
from app.core.pages import Order
from app.people.access import auditor, committee, committee_chair, office
from app.workflow.asked import Asking
from app.workflow.http import mount
from app.workflow.mounted import Filter, Mounted

router = APIRouter(prefix="/v1", tags=["calls"])
makers = office | auditor | committee | committee_chair
readers = makers | published

mount(
    router,
    Mounted(
        CALL,
        Call,
        "calls",
        views=((makers & impartial, CallRead), (readers, CallPublic)),
        items=((readers, CallItem),),
        orders={"reference": Order(Call.reference)},
        filters={"reference": Filter(str, lambda actor, value: Call.reference == value)},
    ),
)
mount(
    router,
    Mounted(
        STAGE,
        Stage,
        "stages",
        views=((readers, StageRead),),
        items=((readers, StageItem),),
        root=(Call, Stage.call_id),
        orders={"closes_at": Order(Stage.closes_at)},
        filters={"closes_after": Filter(datetime, lambda actor, value: Stage.closes_at > value)},
    ),
)
mount(
    router,
    Mounted(
        TOPIC_STAGE,
        TopicStage,
        "topic_stages",
        views=((makers, TopicStageRead), (published, TopicStagePublic)),
        items=((makers, TopicStageItem), (published, TopicStagePublicItem)),
    ),
)
mount(router, AMENDMENTS)
mount(router, QUESTIONS)


class RuleSets(BaseModel):
    """Every rule set a call may name."""

    items: list[RuleSet]


@router.get("/rule_sets", summary="List the rule sets", description="Who: anyone.")
async def list_rule_sets(asked: Asking) -> RuleSets:
    return RuleSets(items=[rule_sets()[code] for code in sorted(rule_sets())])
