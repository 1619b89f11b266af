"""Which letter of a proposal a review may be asked for after, and until when."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.decisions.letter.models import Letter
from app.workflow.rows import loading

NEEDED = ("copies.mail", "openings", "topic_stage.stage.call")


async def review_until(session: AsyncSession, proposal_id: UUID) -> date | None:
    """The last day to ask for a review of a proposal, by its latest letter; None where there is none."""
    wanted = select(Letter).where(Letter.proposal_id == proposal_id).options(*loading(Letter, NEEDED))
    latest = wanted.order_by(Letter.created_at.desc(), Letter.id).limit(1)
    found = (await session.scalars(latest)).one_or_none()
    return None if found is None else found.last_day
