"""What tests stand on: made once, the same for each, and nothing of one test is left for the next."""

from dataclasses import dataclass, field
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from app.calls.models import Call
from app.people.models import Account
from tests import grounds as kept
from tests.build import Actor, person, standing_call
from tests.conftest import World

pytestmark = pytest.mark.anyio
built: list[str] = []


@dataclass
class Made:
    """A call, and who was made after it."""

    call: UUID
    office: Actor
    again: Actor
    people: list[Actor] = field(default_factory=list)


async def ground(world: World, name: str) -> Made:
    built.append(name)
    call, office = await standing_call(world), await person(world, "office", "office")
    return Made(UUID(call["call"]["id"]), office, office)


async def people(world: World) -> int:
    async with world.sessions() as session:
        return await session.scalar(select(func.count()).select_from(Account)) or 0


@pytest.mark.parametrize("turn", range(3))
@pytest.mark.parametrize("name", ["one", "other"])
async def test_each_finds_it_as_it_was_built_and_may_do_with_it_what_it_likes(
    world: World, name: str, turn: int
) -> None:
    here = await world.prepared(ground, name)
    assert (await people(world), here.people, here.again) == (1, [], here.office)
    assert here.office.world is world
    read = (await here.office.get(f"/calls/{here.call}")).json()
    assert read["title"] == "A call"
    here.people.append(await person(world, "another"))
    async with world.sessions() as session, session.begin():
        await session.execute(update(Call).values(title=f"Changed by {turn}"))
    assert (await people(world), len(here.people)) == (2, 1)


async def test_what_a_test_without_a_ground_does_is_not_there_either(world: World) -> None:
    before = await people(world)
    await person(world, "somebody")
    assert await people(world) == before + 1


async def test_it_comes_before_all_else_and_there_is_one(world: World) -> None:
    await world.prepared(ground, "one")
    with pytest.raises(AssertionError, match="before all else"):
        await world.prepared(ground, "other")


async def test_it_does_not_come_after_an_act(world: World) -> None:
    await person(world, "somebody")
    with pytest.raises(AssertionError, match="before all else"):
        await world.prepared(ground, "one")


async def on_another(world: World) -> None:
    await world.prepared(ground, "one")


async def broken_off(world: World) -> None:
    await person(world, "somebody")
    raise ValueError("No further.")


async def test_it_stands_on_no_other(world: World) -> None:
    with pytest.raises(AssertionError, match="before all else"):
        await world.prepared(on_another)


@pytest.mark.parametrize("turn", range(2))
async def test_what_is_not_finished_is_no_ground(world: World, turn: int) -> None:
    with pytest.raises(ValueError, match="No further"):
        await world.prepared(broken_off)
    assert await people(world) == 0
    await person(world, "another")
    assert await people(world) == 1


async def stood_on(world: World, name: str) -> int:
    """As one test after another does: how often this ground has been built by then."""
    assert world.grounds is not None
    world.grounds.touched = False
    here = await world.prepared(ground, name)
    assert await people(world) == 1
    assert (await here.office.get(f"/calls/{here.call}")).status_code == 200
    await person(world, "another")
    await world.undo()
    return built.count(name)


async def test_it_is_built_once_and_anew_when_it_has_given_way(world: World) -> None:
    names = [f"turn {number}" for number in range(kept.KEPT)]
    for _ in range(2):
        assert [await stood_on(world, name) for name in names] == [1] * kept.KEPT
    assert await stood_on(world, "one more") == 1
    assert await stood_on(world, names[-1]) == 1
    assert await stood_on(world, names[0]) == 2


async def test_one_that_is_old_is_built_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [await stood_on(world, "old") for _ in range(2)] == [1, 1]
    monkeypatch.setattr(kept, "LONGEST", 0.0)
    assert [await stood_on(world, "old") for _ in range(2)] == [2, 3]


async def test_one_whose_connection_is_lost_is_built_anew(world: World) -> None:
    assert await stood_on(world, "lost") == 1
    assert world.grounds is not None
    held = world.grounds.by_key[ground, ("lost",), ()]
    await held.connection.invalidate()
    assert [await stood_on(world, "lost") for _ in range(2)] == [2, 2]
