"""Who has written a topic's text."""

from collections.abc import Set
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.topics.co_authors.models import CoAuthor


async def writers(session: AsyncSession, topic_id: UUID) -> Set[UUID]:
    """Everybody who has ever taken a part in the draft, also if it has ended."""
    wanted = select(CoAuthor.account_id)
    found = wanted.where(CoAuthor.topic_id == topic_id, CoAuthor.accepted_at.is_not(None))
    return set(await session.scalars(found))
