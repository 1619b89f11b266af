"""A file read in: compared with what is here, then made through the rows, all of it or nothing."""

from dataclasses import replace
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm.attributes import set_committed_value

from app.calls.models import Call, Stage, TopicStage
from app.calls.stage.schemas import Schedule
from app.calls.stage.workflow import STAGE
from app.calls.topic_stage.schemas import Include, Share
from app.calls.topic_stage.workflow import TOPIC_STAGE
from app.calls.transfer.differences import Here
from app.calls.transfer.schemas import CallFile, TopicFile
from app.calls.workflow import CALL
from app.topics.models import Topic
from app.topics.schemas import Draft, Edit
from app.topics.workflow import TOPIC
from app.workflow.asked import Asked
from app.workflow.run import Act, create, fire
from app.workflow.sight import parameters, visible_to


async def here_of(file: CallFile, asked: Asked) -> Here:
    """What is here of what the file names, as far as the reader sees it."""
    given = parameters(asked.actor)
    taken = exists().where(Call.reference == file.call.reference, visible_to(asked.actor, Call))
    named = [topic.reference for topic in file.topics]
    topics = select(Topic).where(Topic.reference.in_(named), visible_to(asked.actor, Topic))
    found = await asked.session.scalars(topics, given)
    return Here(
        call_taken=bool(await asked.session.scalar(select(taken), given)),
        topics={topic.reference: topic for topic in found},
    )


async def read_in(file: CallFile, here: Here, act: Act) -> Call:
    """Make the call and those of its topics that are not here yet, as drafts."""
    call = Call(stages=[])
    set_committed_value(call, "votes", [])  # nothing is voted on yet
    act.note(format=file.format, version=file.version)
    event = await create(CALL, "import", call, act)
    because = replace(act, cause=event.id)
    topics = {reference: topic.id for reference, topic in here.topics.items()}
    # In one order, so that two files that name the same topics wait for each other, and not in a circle.
    for told in sorted(file.topics, key=lambda topic: topic.reference):
        if told.reference not in topics:
            topics[told.reference] = (await _drafted(told, because)).id
    for one in file.stages:
        stage = Stage()
        await create(STAGE, "schedule", stage, because.given(_only(Schedule, one), call))
        for part in one.topics:
            known = {name: getattr(part, name) for name in Share.model_fields}
            data = Include.model_validate(known | {"topic_id": topics[part.topic]})
            await create(TOPIC_STAGE, "include", TopicStage(), because.given(data, stage))
    return call


async def _drafted(told: TopicFile, act: Act) -> Topic:
    topic = Topic()
    await create(TOPIC, "draft", topic, act.given(_only(Draft, told)))
    texts = told.model_fields_set - set(Draft.model_fields)
    if texts:
        data = Edit.model_validate({name: getattr(told, name) for name in texts})
        await fire(TOPIC, "edit", topic, act.given(data))
    return topic


def _only(kind: type[Any], given: Any) -> Any:
    """Those fields of what was given that this kind of data has."""
    return kind.model_validate({name: getattr(given, name) for name in kind.model_fields})
