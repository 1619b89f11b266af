"""Where too few may vote: adjourned to a date, referred once, to the body that votes second."""

from typing import Any

import pytest
from sqlalchemy import select

from app.committee.models import Motion
from tests.build import Actor, person
from tests.committee.build import board, holds, in_days, say
from tests.conftest import World
from tests.decisions.build import Ranked, motion_on, ranked
from tests.decisions.test_embargo import apply
from tests.topics.build import codes
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio
WHY = "Two of three apply."


async def session_of(office: Actor, body: Any) -> str:
    held = {"title": "Second", "held_at": in_days(1)}
    return str((await office.make(f"/bodies/{body}/sessions", held))["id"])


async def stuck(world: World) -> tuple[Ranked, str]:
    """A vote on a list of which one of three members is left."""
    there = await ranked(world, "30000000.00", "20000000.00")
    for who in there.members[1:]:
        await apply(world, there, who)
    motion = f"/motions/{(await motion_on(there))['id']}"
    await there.office.make(f"{motion}/put_to_vote")
    await say(motion, there.members[:1])
    return there, motion


async def adjourned(world: World) -> tuple[Ranked, str]:
    there, motion = await stuck(world)
    read = await there.office.make(f"{motion}/adjourn", {"reason": WHY, "until": in_days(9)})
    assert (read["state"], read["adjourned_for"]) == ("adjourned", "too_few")
    return there, motion


async def test_one_of_three_decides_nothing(world: World) -> None:
    there, motion = await stuck(world)
    refused = (await there.office.post(f"{motion}/adopt")).json()["reasons"]
    assert [(one["code"], one["text"]) for one in refused] == [
        ("too-few-may-vote", "Of 3 seats 1 may vote: adjourn it to a date, or refer it then.")
    ]
    assert [c for c, _ in await codes(await there.office.post(f"{motion}/reject"))] == [
        "too-few-may-vote",
        "majority",
    ]
    assert await codes(await there.office.post(f"{motion}/adjourn", {"reason": WHY})) == [
        ("no-date", "/until")
    ]
    past = {"reason": WHY, "until": in_days(-1)}
    assert await codes(await there.office.post(f"{motion}/adjourn", past)) == [("not-ahead", "/until")]
    body, _ = await board(world, "una")
    sent = {"session_id": await session_of(there.office, body)}
    assert (await there.office.post(f"{motion}/refer", sent)).status_code == 409


async def test_the_second_body_takes_it_over_and_its_decision_stands(world: World) -> None:
    there, motion = await world.prepared(adjourned)
    body, (una, vic) = await board(world, "una", "vic")
    sent = {"session_id": await session_of(there.office, body)}
    assert (await there.members[0].post(f"{motion}/refer", sent)).status_code == 403
    await is_hidden(una, motion)
    assert (await there.office.make(f"{motion}/refer", sent))["state"] == "referred"
    async with world.sessions() as session:
        found = (await session.scalars(select(Motion).where(Motion.referred_from_id.is_not(None)))).one()
    second = f"/motions/{found.id}"
    read = await is_there(una, second)
    assert (read["text"], read["purpose"], read["referred_from_id"]) == (
        "Adopt it.",
        "adopt_list",
        motion.rsplit("/", 1)[1],
    )
    assert (await there.office.post(f"{motion}/refer", sent)).status_code == 409
    await there.office.make(f"/sessions/{sent['session_id']}/open")
    await there.office.make(f"{second}/put_to_vote")
    await say(second, [una, vic])
    await una.make(f"{second}/adopt")
    part = await is_there(there.office, f"/topic_stages/{there.topic_stage}")
    assert part["state"] == "decided"
    await holds(world)


async def test_it_is_referred_to_the_body_that_the_programme_names_and_to_an_open_session(
    world: World,
) -> None:
    there, motion = await world.prepared(adjourned)
    own = {"session_id": await session_of(there.office, there.body)}
    assert await codes(await there.office.post(f"{motion}/refer", own)) == [("not-its-vote", "/session_id")]
    nothing = {"session_id": str(there.body)}
    assert await codes(await there.office.post(f"{motion}/refer", nothing)) == [("no-session", "/session_id")]
    body, _ = await board(world, "una")
    closed = await session_of(there.office, body)
    for act in ("open", "close"):
        await there.office.make(f"/sessions/{closed}/{act}")
    refused = await there.office.post(f"{motion}/refer", {"session_id": closed})
    assert await codes(refused) == [("session-closed", "")]
    assert (await is_there(there.office, motion))["state"] == "adjourned"


async def test_the_second_body_refers_it_no_further(world: World) -> None:
    there, motion = await world.prepared(adjourned)
    body, (una, vic, wes) = await board(world, "una", "vic", "wes")
    await there.office.make(f"{motion}/refer", {"session_id": (here := await session_of(there.office, body))})
    async with world.sessions() as session:
        key = (await session.scalars(select(Motion.id).where(Motion.referred_from_id.is_not(None)))).one()
    for who in (vic, wes):
        await apply(world, there, who)
    await there.office.make(f"/sessions/{here}/open")
    await there.office.make(f"/motions/{key}/put_to_vote")
    late = {"reason": WHY, "until": in_days(9)}
    assert (await una.make(f"/motions/{key}/adjourn", late))["adjourned_for"] == "too_few"
    refused = await there.office.post(f"/motions/{key}/refer", {"session_id": here})
    assert await codes(refused) == [("referred-already", "")]


async def test_an_officer_who_applies_refers_nothing_and_learns_nothing(world: World) -> None:
    there, motion = await world.prepared(adjourned)
    third = await person(world, "third", "office")
    await apply(world, there, third)
    body, _ = await board(world, "una")
    sent = {"session_id": await session_of(there.office, body)}
    await is_hidden(third, motion)
    assert (await third.post(f"{motion}/refer", sent)).status_code == 404
