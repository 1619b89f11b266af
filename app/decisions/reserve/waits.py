"""The reserve lists that wait for the office: somebody is next, and the money is there."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.rules import LAST_SECOND
from app.decisions.reserve.models import ReserveList
from app.decisions.reserve.queries import may_promote, open_lists
from app.people.schemas import Waiting
from app.workflow.sight import parameters, ties
from app.workflow.who import Actor


async def reserves_to_use(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Waiting]:
    """For officers: each list in force from which the next may be promoted."""
    held = ties(ReserveList, actor).get("office")
    if held is None:
        return []
    in_force = or_(ReserveList.until.is_(None), ReserveList.until + LAST_SECOND > now)
    wanted = open_lists().where(held[0], in_force).order_by(ReserveList.until, ReserveList.id).limit(50)
    return [
        Waiting(
            kind="promote",
            entity="reserve_list",
            id=one.id,
            title=f"{one.topic_stage.topic.reference}: {' and '.join(o.reference for o in one.first)}",
            due=one.until,
        )
        for one in await session.scalars(wanted, parameters(actor))
        if may_promote(one)
    ]
