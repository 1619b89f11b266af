"""A call written as a file."""

from app.calls.models import Call, Stage, TopicStage
from app.calls.queries import parts_seen
from app.calls.rule_set import RuleSet, pinned, rule_sets
from app.calls.schemas import PrepareCall, Schedule, Share
from app.calls.transfer.schemas import CallFile, PartFile, StageFile, TopicFile
from app.topics.models import Topic
from app.workflow.asked import Asked
from app.workflow.sight import parameters


async def exported(call: Call, asked: Asked) -> CallFile:
    """The call as the reader sees it; of its money what was announced, and nothing under embargo."""
    found = await asked.session.scalars(parts_seen(call.id, asked.actor), parameters(asked.actor))
    parts = sorted(found, key=lambda part: part.topic.reference)
    topics = {part.topic.reference: part.topic for part in parts}
    known = {name: getattr(call, name) for name in PrepareCall.model_fields}
    return CallFile(
        format="imi-call",
        version=1,
        call=PrepareCall.model_construct(**(known | {"budget": call.announced})),
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
    """The rules it has pinned, or those it names."""
    return pinned(call) if call.rules else rule_sets().get(call.rule_set)
