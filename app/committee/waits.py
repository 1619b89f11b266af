"""What ties somebody to a body, and the votes that wait for them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.committee.access import in_force
from app.committee.models import Ballot, Body, Mandate, Motion, MotionState
from app.people.schemas import Tie, Waiting
from app.workflow.sight import parameters, visible_ids
from app.workflow.who import Actor


async def seats(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Tie]:
    """The seats in bodies that the person holds now."""
    found = select(Body.id, Body.name, Mandate.seat).join(Mandate).where(in_force(now))
    rows = await session.execute(found.where(Mandate.account_id == actor.id).order_by(Body.name))
    return [Tie(kind=seat, entity="body", id=key, title=name) for key, name, seat in rows]


async def votes_to_cast(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Waiting]:
    """Motions on which the person is entitled to vote and has not."""
    mine = (Ballot.account_id == actor.id, Ballot.recused.is_(None), Ballot.seated, Ballot.choice.is_(None))
    found = select(Motion.id, Motion.text).join(Ballot).where(*mine, Motion.state == MotionState.VOTING)
    found = (
        found.where(Motion.id.in_(visible_ids(actor, Motion)))
        .order_by(Motion.created_at, Motion.id)
        .limit(50)
    )
    rows = await session.execute(found, parameters(actor))
    return [Waiting(kind="vote", entity="motion", id=key, title=text) for key, text in rows]
