"""Builders: a running call of two topics, and what takes a topic out of it, or ends it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx2
from sqlalchemy import select

from app.calls.models import Stage, TopicStage, TopicStageState
from app.topics.models import Topic, TopicState
from tests.build import LONG_AGO, Actor, committee, person
from tests.calls.living import carried
from tests.conftest import World
from tests.consortia.build import open_stage

WHY = {"text": "The programme has no money left for it."}


@dataclass
class There:
    """A running call with two topics in one open stage."""

    office: Actor
    body: UUID
    members: list[Actor]
    call: str
    part: str
    other: str

    async def vote(self, purpose: str, subject: str) -> httpx2.Response:
        asked = {"purpose": purpose, "subject_id": subject, **WHY}
        return await carried(self.office, self.body, self.members, **asked)

    async def withdraw(self) -> httpx2.Response:
        return await self.vote("withdraw_topic", self.part)

    async def cancel(self) -> httpx2.Response:
        return await self.vote("cancel_call", self.call)


async def there(world: World) -> There:
    office = await person(world, "office", "office")
    body, members = await committee(world, "ann", "bob", "cas")
    part = await open_stage(world)
    new = {"id": uuid4(), "created_at": LONG_AGO}
    word = f"R-{uuid4().hex[:8]}"
    text = Topic(
        **new, state=TopicState.IN_CALL, action_type="RIA", reference=word, title="B", adopted_version=1
    )
    other = TopicStage(
        **new | {"id": uuid4()}, state=TopicStageState.SCHEDULED, topic=text, budget=Decimal(1)
    )
    async with world.sessions() as session, session.begin():
        stage = (await session.get_one(TopicStage, UUID(part))).stage_id
        other.stage_id = stage
        session.add(other)
        call = (await session.get_one(Stage, stage)).call_id
    return There(office, body, members, str(call), part, str(other.id))


async def state_of(world: World, model: type[Any], key: str) -> str:
    async with world.sessions() as session:
        return str(await session.scalar(select(model.state).where(model.id == UUID(key))))


async def amended(world: World) -> list[tuple[str, str]]:
    async with world.client() as anyone:
        items = (await anyone.get("/v1/amendments?sort=number")).json()["items"]
        return [(item["kind"], item["reason"]) for item in items]
