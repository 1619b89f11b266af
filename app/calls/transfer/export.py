"""A call written as a file."""

from app.calls.chosen import rules_of
from app.calls.models import Call, Stage, TopicStage
from app.calls.overrides import why_not
from app.calls.queries import parts_seen
from app.calls.rule_set import RuleSet
from app.calls.schemas import ImportCall, Override, PrepareCall
from app.calls.stage.schemas import Schedule
from app.calls.topic_stage.schemas import Share
from app.calls.transfer.schemas import CallFile, PartFile, StageFile, TopicFile
from app.topics.models import Topic
from app.workflow.asked import Asked
from app.workflow.sight import parameters


async def exported(call: Call, asked: Asked) -> CallFile:
    """The call as the reader sees it; of its money what was announced, and nothing under embargo."""
    found = await asked.session.scalars(parts_seen(call.id, asked.actor), parameters(asked.actor))
    parts = sorted(found, key=lambda part: part.topic.reference)
    topics = {part.topic.reference: part.topic for part in parts}
    known = {name: getattr(call, name) for name in PrepareCall.model_fields} | {"budget": call.announced}
    changed = [{name: one[name] for name in Override.model_fields} for one in call.overrides]
    overrides = [Override.model_validate(one) for one in changed]
    return CallFile(
        format="imi-call",
        version=1,
        call=ImportCall.model_construct(**known, overrides=overrides),
        stages=[_stage(stage, parts) for stage in call.stages],
        topics=[_topic(topic) for topic in topics.values()],
        rules=_rules(call),
    )


def _stage(stage: Stage, parts: list[TopicStage]) -> StageFile:
    known = {name: getattr(stage, name) for name in Schedule.model_fields}
    here = [_part(part) for part in parts if part.stage_id == stage.id]
    return StageFile.model_validate({**known, "topics": here})


def _part(part: TopicStage) -> PartFile:
    known = {name: getattr(part, name) for name in Share.model_fields}
    return PartFile.model_validate(known | {"budget": part.announced, "topic": part.topic.reference})


def _topic(topic: Topic) -> TopicFile:
    return TopicFile.model_validate({name: getattr(topic, name) for name in TopicFile.model_fields})


def _rules(call: Call) -> RuleSet | None:
    """The rules it has pinned, or would pin now, if they can be."""
    sound = call.rules or not any(why_not(call.rule_set, call.overrides))
    return rules_of(call) if sound else None
