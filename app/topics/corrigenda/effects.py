"""What the rows of a corrigendum bring about."""

from sqlalchemy import func, select

from app.topics.corrigenda.models import Corrigendum
from app.topics.models import Topic
from app.workflow.run import Act


async def place(corrigendum: Corrigendum, act: Act) -> None:
    corrigendum.topic = act.parent
    await write(corrigendum, act)


async def write(corrigendum: Corrigendum, act: Act) -> None:
    """Take over what was sent; of the changes only the fields that were named."""
    for name in act.data.model_fields_set - {"changes"}:
        setattr(corrigendum, name, getattr(act.data, name))
    if "changes" in act.data.model_fields_set:
        corrigendum.changes = act.data.changes.model_dump(mode="json", exclude_unset=True)


async def number_it(corrigendum: Corrigendum, act: Act) -> None:
    """The next one of the topic; its text, changed just now, is the edition that this has made."""
    earlier = select(func.count()).where(
        Corrigendum.topic_id == corrigendum.topic_id, Corrigendum.number.is_not(None)
    )
    corrigendum.number = 1 + (await act.session.scalar(earlier) or 0)
    topic = await act.session.get_one(Topic, corrigendum.topic_id)
    corrigendum.edition, corrigendum.adopted_at = topic.version, act.now
