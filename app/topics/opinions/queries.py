"""The opinions that stand on a topic, and what is told of one."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.committee.models import Body
from app.topics.opinions.models import OpinionState, TopicOpinion

WORDS = {"positive": "positive", "positive_with_remarks": "positive, with remarks", "negative": "negative"}


async def opinions_on(session: AsyncSession, topic_id: UUID) -> Sequence[tuple[str, TopicOpinion]]:
    """Those that were given and not withdrawn, each with the name of its body, in their order."""
    wanted = select(Body.name, TopicOpinion).join(Body, Body.id == TopicOpinion.body_id)
    stands = (TopicOpinion.topic_id == topic_id, TopicOpinion.state == OpinionState.GIVEN)
    rows = await session.execute(wanted.where(*stands).order_by(TopicOpinion.number))
    return [(name, opinion) for name, opinion in rows]


def told(name: str, opinion: TopicOpinion) -> str:
    """One line, to stand beside a motion."""
    return f"Opinion {opinion.number}, of {name}, on version {opinion.of_version}: {WORDS[opinion.outcome]}."
