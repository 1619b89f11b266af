"""Until when a review of a proposal may be asked for: known to a later stage, told with the proposal."""

from collections.abc import Awaitable, Callable
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

Until = Callable[[AsyncSession, UUID], Awaitable[date | None]]
_until: list[Until] = []


def install_review(until: Until) -> None:
    """Hand over, once, how the last day to ask for a review is found."""
    _until[:] = [until]


async def review_until(session: AsyncSession, proposal_id: UUID) -> date | None:
    """The last day in Brussels to ask for a review of the proposal (Z-01), if there is one."""
    return await _until[0](session, proposal_id)
