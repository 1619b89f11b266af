"""What a decision needs to know of the list, of the applicants, and of whom to write to."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.consortia.models import LIVE, Partner, Person
from app.evaluation.panel.models import Panel, PanelState, Place
from app.proposals.access import interest
from app.proposals.models import Proposal
from app.workflow.who import Actor

CONTACTS = ("contact", "deputy_contact")


async def closed_panel(session: AsyncSession, topic_stage_id: UUID) -> Panel | None:
    """The panel whose closed list is decided on, with its places and their proposals."""
    wanted = select(Panel).where(Panel.topic_stage_id == topic_stage_id, Panel.state == PanelState.CLOSED)
    places = selectinload(Panel.places).joinedload(Place.proposal)
    fresh = {"populate_existing": True}
    return (await session.scalars(wanted.options(places), execution_options=fresh)).one_or_none()


async def interested(session: AsyncSession, accounts: Sequence[UUID], topic_id: UUID) -> frozenset[UUID]:
    """Those of these accounts that apply for the topic; one statement asks for all."""
    asked = [interest(Actor(key), literal(topic_id)).label(str(key)) for key in accounts]
    found = (await session.execute(select(*asked))).one() if asked else ()
    return frozenset(key for key, applies in zip(accounts, found, strict=True) if applies)


async def addressees(session: AsyncSession, topic_stage_id: UUID) -> dict[UUID, Sequence[str]]:
    """By proposal, the addresses of the contacts of its coordinating partner."""
    wanted = (
        select(Proposal.id, func.array_agg(Person.email.distinct()))
        .join(Partner, Partner.consortium_id == Proposal.consortium_id)
        .join(Person, Person.partner_id == Partner.id)
        .where(Proposal.topic_stage_id == topic_stage_id, Partner.coordinates)
        .where(Person.part.in_(CONTACTS), Partner.state.in_(LIVE), Person.until.is_(None))
        .group_by(Proposal.id)
    )
    return {row[0]: row[1] for row in await session.execute(wanted)}
