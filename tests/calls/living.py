"""Builders: stages that have closed, motions put to a committee, what was mailed."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
from sqlalchemy import select, update

from app.calls.models import Stage, TopicStage
from app.calls.rules import BRUSSELS
from app.core.audit import AuditEvent
from app.core.clock import machine_now
from app.core.outbox import Mail
from app.due import tick
from tests.build import Actor
from tests.conftest import World

DAY = timedelta(days=1)


def wall(at: datetime) -> str:
    """What the wall in Brussels shows at an instant."""
    return f"{at.astimezone(BRUSSELS):%Y-%m-%dT%H:%M}"


def later(days: int = 30) -> str:
    """A deadline at noon, in so many days."""
    return f"{machine_now() + days * DAY:%Y-%m-%d}T12:00"


async def closes(world: World, topic_stage: str, at: datetime) -> None:
    """Let the deadline be at an instant."""
    async with world.sessions() as session, session.begin():
        stage = select(TopicStage.stage_id).where(TopicStage.id == UUID(topic_stage)).scalar_subquery()
        dates = {"closes_at": at, "deadline": wall(at), "opens_at": at - 30 * DAY}
        await session.execute(update(Stage).where(Stage.id == stage).values(**dates))


async def closed(world: World, topic_stage: str, ago: timedelta = timedelta(minutes=30)) -> None:
    """The deadline has passed, and the clock has done what follows from it."""
    await closes(world, topic_stage, machine_now() - ago)
    await tick(world.sessions, world.settings)


async def put(office: Actor, body: UUID, **asked: Any) -> httpx2.Response:
    """A motion before an open session of its own."""
    held = {"title": "Session", "held_at": machine_now().isoformat()}
    session = await office.make(f"/bodies/{body}/sessions", held)
    await office.make(f"/sessions/{session['id']}/open")
    return await office.post(f"/sessions/{session['id']}/motions", {"text": "A reason."} | asked)


async def carried(office: Actor, body: UUID, members: list[Actor], **asked: Any) -> httpx2.Response:
    """Every member who may has said yes to a motion; what came of adopting it."""
    motion = await put(office, body, **asked)
    assert motion.status_code == 201, motion.text
    path = f"/motions/{motion.json()['id']}"
    await office.make(f"{path}/put_to_vote")
    for member in members:
        await member.post(f"{path}/vote", {"choice": "yes"})
    return await office.post(f"{path}/adopt")


async def mailed(world: World, kind: str) -> dict[str, str]:
    """The texts of this kind, by recipient."""
    async with world.sessions() as session:
        found = await session.scalars(select(Mail).where(Mail.kind == kind))
        return {mail.recipient: mail.text for mail in found}


async def acts_on(world: World, key: str) -> list[str]:
    """What was done to an entity, in order."""
    async with world.sessions() as session:
        wanted = select(AuditEvent.act).where(AuditEvent.entity_id == UUID(key)).order_by(AuditEvent.seq)
        return list(await session.scalars(wanted))


def codes(answer: httpx2.Response) -> list[str]:
    assert answer.status_code == 409, answer.text
    return [reason["code"] for reason in answer.json()["reasons"]]
