"""What ties somebody to a body; the votes, sessions and motions that wait for them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.committee.access import in_force
from app.committee.models import (
    Ballot,
    Body,
    Mandate,
    Motion,
    MotionState,
    Session,
    SessionState,
)
from app.people.schemas import Tie, Waiting
from app.workflow.sight import parameters, ties, visible_ids
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


async def sessions_to_resume(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Waiting]:
    """Adjourned sessions whose day has come: for the office, and for members and alternates of the body."""
    held = ties(Session, actor)
    mine = or_(*(held[name][0] for name in ("office", "member") if name in held))
    found = select(Session.id, Session.title, Session.adjourned_until).where(mine)
    here = found.where(Session.state == SessionState.ADJOURNED, Session.adjourned_until <= now)
    rows = await session.execute(
        here.order_by(Session.adjourned_until, Session.id).limit(50), parameters(actor)
    )
    return [
        Waiting(kind="resume", entity="session", id=key, title=title, due=due) for key, title, due in rows
    ]


async def motions_without_session(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Waiting]:
    """For officers: prepared motions that they see, whose session is called off."""
    held = ties(Motion, actor).get("office")
    if held is None:
        return []
    found = select(Motion.id, Motion.text).join(Session, Session.id == Motion.session_id).where(held[0])
    here = found.where(Motion.state == MotionState.PREPARED, Session.state == SessionState.CALLED_OFF)
    rows = await session.execute(here.order_by(Motion.created_at, Motion.id).limit(50), parameters(actor))
    return [Waiting(kind="put_on_agenda", entity="motion", id=key, title=text) for key, text in rows]


_again = aliased(Motion)  # once, so that the statement stays the same


async def motions_to_take_up(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Waiting]:
    """For officers: motions that they see, adjourned to a day that has come, and not put anew since."""
    held = ties(Motion, actor).get("office")
    if held is None:
        return []
    same = (_again.purpose == Motion.purpose, _again.subject_id == Motion.subject_id)
    anew = exists().where(*same, _again.created_at > Motion.created_at)
    found = select(Motion.id, Motion.text, Motion.adjourned_until).where(held[0], not_(anew))
    here = found.where(Motion.state == MotionState.ADJOURNED, Motion.adjourned_until <= now)
    rows = await session.execute(
        here.order_by(Motion.adjourned_until, Motion.id).limit(50), parameters(actor)
    )
    return [
        Waiting(kind="take_up_again", entity="motion", id=key, title=text, due=due) for key, text, due in rows
    ]
