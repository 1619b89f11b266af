"""What is kept of a topic each time its text has changed."""

from sqlalchemy import exists, select

from app.topics.focus.models import FocusArea
from app.topics.models import Topic, TopicFocus, TopicState
from app.topics.versions.models import TopicVersion
from app.topics.versions.schemas import TopicText
from app.workflow.run import Act


async def keep_version(topic: Topic, act: Act) -> None:
    """Reaction to whatever writes a topic's text: the text as it is now, under the topic's version.

    Of an idea that is not handed in nothing is kept: it is its proposer's alone.
    """
    if topic.state == TopicState.SKETCH:
        return
    kept = exists().where(TopicVersion.topic_id == topic.id, TopicVersion.number == topic.version)
    if await act.session.scalar(select(kept)):
        return
    text = TopicText.model_validate(topic).model_dump(mode="json")
    text["focus_areas"] = await _areas(topic, act)
    version = TopicVersion(topic_id=topic.id, number=topic.version, fields=text, at=act.now)
    version.author_id = act.actor.id
    act.session.add(version)


async def _areas(topic: Topic, act: Act) -> list[str]:
    """The focus areas by scheme and code: a label may change, and no text has."""
    chosen = select(TopicFocus.focus_area_id).where(TopicFocus.topic_id == topic.id)
    found = select(FocusArea.scheme, FocusArea.code).where(FocusArea.id.in_(chosen))
    rows = await act.session.execute(found.order_by(FocusArea.scheme, FocusArea.code))
    return [f"{scheme}:{code}" for scheme, code in rows]
