"""Builders: motions on the money of a topic, and what its envelope is."""

from typing import Any
from uuid import UUID

import httpx2
from sqlalchemy import select, update

from app.calls.models import Call, TopicStage, TopicStageState
from app.consortia.models import Partner
from app.core.audit import AuditDetail, AuditEvent
from app.core.clock import machine_now
from tests.build import Actor
from tests.conftest import World
from tests.consortia.build import give_part
from tests.decisions.build import Ranked
from tests.walls import is_there

TOGETHER = ("30000000.00", "20000000.00")
"""Two requests of which the first envelope of 45 million covers one."""


def euro(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


async def asked(there: Ranked, to: str | None, **more: Any) -> httpx2.Response:
    """A motion to raise the envelope, put before an open session of its own."""
    held = {"title": "Session", "held_at": machine_now().isoformat()}
    session = await there.office.make(f"/bodies/{there.body}/sessions", held)
    await there.office.make(f"/sessions/{session['id']}/open")
    body = {"purpose": "raise_envelope", "subject_id": there.topic_stage, "text": "Raise it."} | more
    body |= {} if to is None else {"amount": euro(to)}
    return await there.office.post(f"/sessions/{session['id']}/motions", body)


async def voted(there: Ranked, motion: dict[str, Any], choice: str = "yes") -> str:
    """Every member has voted on it; its path."""
    path = f"/motions/{motion['id']}"
    await there.office.make(f"{path}/put_to_vote")
    for member in there.members:
        await member.make(f"{path}/vote", {"choice": choice})
    return path


async def raised(there: Ranked, amount: str) -> httpx2.Response:
    motion = await asked(there, amount)
    assert motion.status_code == 201, motion.text
    return await there.office.post(f"{await voted(there, motion.json())}/adopt")


async def budgets(there: Ranked) -> tuple[str, str]:
    """Of the topic in its stage, and of the call."""
    paths = (f"/topic_stages/{there.topic_stage}", f"/calls/{there.made['call']['id']}")
    part, call = [(await is_there(there.office, path))["budget"]["amount"] for path in paths]
    return part, call


async def set_state(world: World, there: Ranked, state: TopicStageState) -> None:
    async with world.sessions() as session, session.begin():
        here = update(TopicStage).where(TopicStage.id == UUID(there.topic_stage))
        await session.execute(here.values(state=state))


async def set_call(world: World, there: Ranked, **values: Any) -> None:
    async with world.sessions() as session, session.begin():
        here = update(Call).where(Call.id == UUID(there.made["call"]["id"]))
        await session.execute(here.values(**values))


async def details(world: World, key: str, act: str) -> list[dict[str, Any]]:
    async with world.sessions() as session:
        wanted = select(AuditDetail.detail).join(AuditEvent, AuditEvent.id == AuditDetail.event_id)
        wanted = wanted.where(AuditEvent.entity_id == UUID(key), AuditEvent.act == act)
        return [dict(found) for found in await session.scalars(wanted)]


def reasons(answer: httpx2.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 409, answer.text
    return [(reason["code"], reason["path"]) for reason in answer.json()["reasons"]]


async def apply(world: World, there: Ranked, who: Actor) -> None:
    """Somebody becomes one of the people of a partner that does not coordinate."""
    async with world.sessions() as session:
        here = Partner.consortium_id == there.proposals[0].consortium_id
        key = await session.scalar(select(Partner.id).where(here, ~Partner.coordinates).limit(1))
    await give_part(world, str(key), who, "reader")
