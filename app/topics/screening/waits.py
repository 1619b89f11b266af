"""The ideas that wait for somebody's score."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, not_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.access import committee, committee_chair
from app.people.schemas import Waiting
from app.topics.models import Topic, TopicState
from app.topics.screening.models import Screening
from app.workflow.sight import parameters, visible_ids
from app.workflow.who import Actor


async def ideas_to_score(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Waiting]:
    """Ideas of others that are not being voted on and that this member has not scored."""
    if not actor.roles & (committee.names | committee_chair.names):
        return []
    scored = exists().where(Screening.topic_id == Topic.id, Screening.account_id == actor.id)
    found = (
        select(Topic.id, Topic.reference)
        .where(Topic.state == TopicState.IDEA, Topic.proposed_by.is_distinct_from(actor.id), not_(scored))
        .where(not_(Topic.votes.any()), Topic.id.in_(visible_ids(actor, Topic)))
        .order_by(Topic.created_at, Topic.id)
        .limit(50)
    )
    rows = await session.execute(found, parameters(actor))
    return [Waiting(kind="score", entity="topic", id=key, title=reference) for key, reference in rows]
