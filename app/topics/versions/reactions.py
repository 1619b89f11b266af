"""What is kept of a topic each time its text has changed."""

from sqlalchemy import exists, select

from app.topics.models import Topic, TopicState
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
    version = TopicVersion(topic_id=topic.id, number=topic.version, fields=text, at=act.now)
    version.author_id = act.actor.id
    act.session.add(version)
