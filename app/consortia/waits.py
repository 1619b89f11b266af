"""What ties somebody to consortia."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consortia.models import LIVE, Consortium, Partner, Person
from app.people.schemas import Tie
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
