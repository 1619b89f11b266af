"""Whom to write to about a proposal, and what its last version is compared by."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consortia.models import LIVE, Partner, Person
from app.consortia.organisations.models import Organisation
from app.proposals.models import Proposal, SealedVersion

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


async def last_manifests(session: AsyncSession, keys: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """By proposal, what was handed in last."""
    last = select(SealedVersion.proposal_id, SealedVersion.manifest).join(Proposal)
    last = last.where(Proposal.id.in_(keys), SealedVersion.number == Proposal.sealed)
    return {row[0]: row[1] for row in await session.execute(last)}


async def came_with_merger(session: AsyncSession, proposal: Proposal) -> set[str]:
    """The organisations, by id, that came from industry; who takes such a part over came later."""
    came = select(Partner.organisation_id).where(
        Partner.consortium_id == proposal.consortium_id,
        Partner.joined_from == "industry",
        Partner.created_at <= proposal.created_at,
    )
    return {str(key) for key in await session.scalars(came)}


async def who_stays(session: AsyncSession, named: Collection[str]) -> dict[str, str]:
    """Of these organisations those that were merged into another, each with the one that stays."""
    merged = select(Organisation.id, Organisation.merged_into_id)
    here = (Organisation.id.in_([UUID(key) for key in named]), Organisation.merged_into_id.is_not(None))
    return {str(key): str(into) for key, into in await session.execute(merged.where(*here))}
