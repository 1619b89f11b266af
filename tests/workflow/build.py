"""Builders: a shelf, toys on it, their wheels and friends."""

from typing import Any
from uuid import UUID, uuid4

import httpx2

from tests.build import Actor, person
from tests.conftest import World
from tests.workflow.toy import Friend, Toy, Wheel


async def shelf(world: World, office: Actor | None = None) -> dict[str, Any]:
    by = office or await person(world, "office", "office")
    return await by.make("/shelves", {"name": "Shelf"})


async def toy(by: Actor, on: dict[str, Any], **more: Any) -> dict[str, Any]:
    return await by.make(f"/shelves/{on['id']}/toys", {"name": "Car", **more})


async def with_wheel(world: World, made: dict[str, Any], key: str = "left") -> None:
    async with world.sessions() as session, session.begin():
        session.add(Wheel(id=uuid4(), toy_id=UUID(made["id"]), key=key, text="round"))


async def befriend(world: World, made: dict[str, Any], who: Actor) -> None:
    async with world.sessions() as session, session.begin():
        session.add(Friend(toy_id=UUID(made["id"]), account_id=who.id))


async def shown(world: World, by: Actor, on: dict[str, Any], **more: Any) -> dict[str, Any]:
    made = await toy(by, on, **{"note": "A note.", **more})
    await with_wheel(world, made)
    return await by.make(f"/toys/{made['id']}/show")


async def state_of(world: World, made: dict[str, Any]) -> str:
    async with world.sessions() as session:
        found = await session.get(Toy, UUID(made["id"]))
        assert found is not None
        return str(found.state)


def said(answer: httpx2.Response) -> dict[str, Any]:
    """An answer's body without the request's id."""
    return {**answer.json(), "instance": ""}


def codes(answer: httpx2.Response) -> list[str]:
    """The codes of the reasons of a refusal."""
    return [reason["code"] for reason in answer.json().get("reasons", [])]
