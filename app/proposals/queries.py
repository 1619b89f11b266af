"""Whom to write to about a proposal."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consortia.models import LIVE, Partner, Person
from app.proposals.models import Proposal

CONTACTS = ("contact", "deputy_contact")


async def contacts(session: AsyncSession, here: Any) -> dict[UUID, Sequence[str]]:
    """By proposal, the addresses of the contacts of its coordinating partner; `here` says of which."""
    wanted = (
        select(Proposal.id, func.array_agg(Person.email.distinct()))
        .join(Partner, Partner.consortium_id == Proposal.consortium_id)
        .join(Person, Person.partner_id == Partner.id)
        .where(here, Partner.coordinates)
        .where(Person.part.in_(CONTACTS), Partner.state.in_(LIVE), Person.until.is_(None))
        .group_by(Proposal.id)
    )
    return {row[0]: row[1] for row in await session.execute(wanted)}
