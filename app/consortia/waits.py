"""What ties somebody to consortia, and what waits for them there."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consortia.models import LIVE, Consortium, Partner, Person
from app.people.schemas import Tie, Waiting
from app.workflow.who import Actor


async def parts(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Tie]:
    """The consortia that the person acts in."""
    mine = (Person.account_id == actor.id, Person.until.is_(None), Partner.state.in_(LIVE))
    found = select(Consortium.id, Consortium.name, Person.part, Partner.coordinates)
    found = found.join(Partner, Partner.consortium_id == Consortium.id).join(Person).where(*mine)
    rows = await session.execute(found.order_by(Consortium.name, Consortium.id))
    return [
        Tie(kind=f"coordinating_{part}" if coordinates else part, entity="consortium", id=key, title=name)
        for key, name, part, coordinates in rows
    ]


async def coordination_to_take(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Waiting]:
    """The consortia whose coordination is offered to a partner that the person is the contact of."""
    mine = (Person.account_id == actor.id, Person.until.is_(None), Person.part == "contact")
    found = select(Partner.id, Consortium.name).join(Consortium).join(Person)
    found = found.where(*mine, Partner.coordination_offered_at.is_not(None), Partner.state.in_(LIVE))
    rows = await session.execute(found.order_by(Partner.coordination_offered_at, Partner.id).limit(50))
    return [Waiting(kind="coordinate", entity="partner", id=key, title=name) for key, name in rows]
