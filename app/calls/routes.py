"""The calls' routes."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path
from pydantic import BaseModel

from app.calls.access import impartial, published
from app.calls.amendments.mounts import AMENDMENTS
from app.calls.chosen import blind_of, form_of, rules_of, scheme_of
from app.calls.copies import mount_copies
from app.calls.form import Section
from app.calls.form_schema import schema_of
from app.calls.models import Call, Stage, TopicStage
from app.calls.overrides import why_not
from app.calls.questions.mounts import QUESTIONS
from app.calls.rule_parts import Blind, Document
from app.calls.rule_set import RuleSet, named, rule_sets
from app.calls.schemas import CallItem, CallPublic, CallRead
from app.calls.scheme import Scheme
from app.calls.stage.schemas import StageItem, StageRead
from app.calls.stage.workflow import STAGE
from app.calls.topic_stage.schemas import (
    TopicStageItem,
    TopicStagePublic,
    TopicStagePublicItem,
    TopicStageRead,
)
from app.calls.topic_stage.workflow import TOPIC_STAGE
from app.calls.transfer.routes import mount_files
from app.calls.workflow import CALL
from app.core.errors import NotFound, Unmet
from app.core.pages import Order
from app.core.reason import Reason
from app.topics.access import staff
from app.workflow.asked import Asked, Asking
from app.workflow.http import mount
from app.workflow.mounted import MOUNTED, Filter, Mounted
from app.workflow.route import refusals
from app.workflow.rows import look
from app.workflow.stage_router import StageRouter

router = StageRouter(prefix="/v1", tags=["calls"])
readers = staff | published

mount(
    router,
    Mounted(
        CALL,
        Call,
        "calls",
        views=((staff & impartial, CallRead), (readers, CallPublic)),
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
        views=((staff, TopicStageRead), (published, TopicStagePublic)),
        items=((staff, TopicStageItem), (published, TopicStagePublicItem)),
    ),
)
mount(router, AMENDMENTS)
mount(router, QUESTIONS)

mount_copies(router, MOUNTED["call"])
mount_files(router, MOUNTED["call"])


class RuleSets(BaseModel):
    """Every rule set a call may name."""

    items: list[RuleSet]


class Conditions(BaseModel):
    """What a topic's proposals consist of in its stage, and how they are scored.

    `blind`, if there: experts do not learn whose a proposal is, and what they read may name nobody (V-25).
    """

    sections: tuple[Section, ...]
    documents: tuple[Document, ...]
    scheme: Scheme
    blind: Blind | None


@router.get("/rule_sets", summary="List the rule sets", description="Who: anyone.")
async def list_rule_sets(asked: Asking) -> RuleSets:
    return RuleSets(items=[rule_sets()[code] for code in sorted(rule_sets())])


@router.get(
    "/rule_sets/{code}",
    summary="Read a rule set",
    description="Which numbers public text confirms, and which it does not. Who: anyone.",
    responses=refusals(401, 404),
)
async def read_rule_set(asked: Asking, code: Annotated[str, Path(max_length=40)]) -> RuleSet:
    return named(code)


@router.get(
    "/calls/{id}/rules",
    summary="Read the rules (call)",
    description=f"As pinned; before publication, as they would be. Who: {readers.label}.",
    operation_id="call_rules",
    responses=refusals(401, 404, 409),
)
async def call_rules(asked: Asking, key: Annotated[UUID, Path(alias="id")]) -> RuleSet:
    """The rules with the call's overrides. Raises NotFound, or Unmet where they cannot be."""
    call, held = await look(asked.session, Call, key, asked.actor)
    if not readers(held):
        raise NotFound
    return _sound(call)


@router.get(
    "/topic_stages/{id}/conditions",
    summary="Read the conditions (topic in a stage)",
    description=f"Form, page limits and scheme, as the stage has chosen them. Who: {readers.label}.",
    operation_id="topic_stage_conditions",
    responses=refusals(401, 404, 409),
)
async def conditions(asked: Asking, key: Annotated[UUID, Path(alias="id")]) -> Conditions:
    """What holds for a topic in its stage. Raises NotFound, or Unmet where the rules cannot be."""
    part, rules = await _in_its_stage(asked, key)
    if part.stage.scheme and part.stage.scheme not in rules.all_schemes():
        raise Unmet(reasons=[Reason("unknown-scheme", "The stage names no scheme of its rules.", "/scheme")])
    chosen = form_of(part)
    return Conditions(
        sections=chosen.sections,
        documents=chosen.documents,
        scheme=scheme_of(part),
        blind=blind_of(part),
    )


@router.get(
    "/topic_stages/{id}/form",
    summary="Read the form (topic in a stage)",
    description="As a JSON Schema (2020-12) of all that a proposal answers, section by section. Fields under "
    f"a condition are there while it holds. Who: {readers.label}.",
    operation_id="topic_stage_form",
    responses=refusals(401, 404, 409),
)
async def form(asked: Asking, key: Annotated[UUID, Path(alias="id")]) -> dict[str, Any]:
    """The form of a topic in its stage. Raises NotFound, or Unmet where the rules cannot be."""
    part, _ = await _in_its_stage(asked, key)
    return schema_of(form_of(part).sections)


async def _in_its_stage(asked: Asked, key: UUID) -> tuple[TopicStage, RuleSet]:
    part, held = await look(asked.session, TopicStage, key, asked.actor, ["stage.call"])
    if not readers(held):
        raise NotFound
    return part, _sound(part.stage.call)


def _sound(call: Call) -> RuleSet:
    if not call.rules and (reasons := list(why_not(call.rule_set, call.overrides))):
        raise Unmet(reasons=reasons)
    return rules_of(call)
