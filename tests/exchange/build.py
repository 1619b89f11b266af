"""Published calls for the public faces, and what anybody is answered."""

from typing import Any
from uuid import UUID

import httpx2
from sqlalchemy import update

from app.calls.models import Call, Stage, TopicStage
from app.topics.models import Topic
from tests.build import Actor, person, standing_call
from tests.conftest import World

MODELS: dict[str, Any] = {"call": Call, "stage": Stage, "topic": Topic, "topic_stage": TopicStage}


async def ask(world: World, path: str, token: str | None = None, **more: Any) -> httpx2.Response:
    """What is answered to somebody without an account, or with this token."""
    async with world.client(token) as anyone:
        return await anyone.get(f"/v1/public{path}", **more)


async def told(world: World, path: str, **more: Any) -> Any:
    answer = await ask(world, path, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def published(world: World, *, deadline: str = "2050-03-31T17:00") -> tuple[Actor, dict[str, Any]]:
    """An officer, and the call that they have published."""
    return await person(world, "office", "office"), await standing_call(world, deadline=deadline)


async def put(world: World, made: dict[str, Any], thing: str, **values: Any) -> None:
    """Change a row of a call without any act."""
    async with world.sessions() as session, session.begin():
        model = MODELS[thing]
        await session.execute(update(model).where(model.id == made[thing]["id"]).values(**values))


async def read_back(world: World, model: Any, key: str) -> Any:
    """A row as it stands in the database."""
    async with world.sessions() as session:
        return await session.get_one(model, UUID(key))
