"""Invitations to write that wait for an answer."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.schemas import Waiting
from app.topics.co_authors.models import CoAuthor, CoAuthorState
from app.topics.models import Topic, TopicState
from app.workflow.who import Actor


async def drafts_to_join(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Waiting]:
    """Drafts that the person is invited to write and that are still drafted."""
    found = (
        select(CoAuthor.id, Topic.reference)
        .join(Topic)
        .where(CoAuthor.account_id == actor.id, CoAuthor.state == CoAuthorState.INVITED)
        .where(Topic.state.in_([TopicState.DRAFTING, TopicState.CONSULTATION]))
        .order_by(CoAuthor.created_at, CoAuthor.id)
        .limit(50)
    )
    rows = await session.execute(found)
    return [Waiting(kind="write", entity="co_author", id=key, title=ref) for key, ref in rows]
