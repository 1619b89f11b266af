"""Idempotency-Key: a repeated request gets the first answer and is carried out once."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.core.audit import AuditEvent
from app.core.idempotency import Answered
from tests.build import person
from tests.conftest import World
from tests.workflow.build import befriend, codes, shelf, shown, state_of, toy, with_wheel
from tests.workflow.toy import Toy

pytestmark = pytest.mark.anyio
KEY = {"Idempotency-Key": "key-0001"}


async def count(world: World) -> int:
    async with world.sessions() as session:
        return int(await session.scalar(select(func.count()).select_from(Toy)) or 0)


async def test_a_repeated_creation_gets_the_first_answer(toys: World) -> None:
    ann = await person(toys, "ann")
    path = f"/shelves/{(await shelf(toys))['id']}/toys"
    first = await ann.post(path, {"name": "Car"}, headers=KEY)
    again = await ann.post(path, {"name": "Car"}, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert [a.headers.get("Idempotency-Replayed") for a in (first, again)] == [None, "true"]
    assert first.headers["ETag"] == again.headers["ETag"]
    assert await count(toys) == 1


async def test_an_act_is_repeated_even_where_the_state_now_forbids_it(toys: World) -> None:
    ann = await person(toys, "ann")
    made = await toy(ann, await shelf(toys), note="A note.")
    await with_wheel(toys, made)
    first, again = [await ann.post(f"/toys/{made['id']}/show", headers=KEY) for _ in range(2)]
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert (await ann.post(f"/toys/{made['id']}/show")).status_code == 409


async def test_the_same_key_for_something_else_is_refused(toys: World) -> None:
    ann = await person(toys, "ann")
    path = f"/shelves/{(await shelf(toys))['id']}/toys"
    await ann.post(path, {"name": "Car"}, headers=KEY)
    other = await ann.post(path, {"name": "Bus"}, headers=KEY)
    assert (other.status_code, codes(other)) == (422, ["key-reused"])
    assert await count(toys) == 1


async def test_a_key_belongs_to_one_person_and_one_address(toys: World) -> None:
    ann, bob = await person(toys, "ann"), await person(toys, "bob")
    one, two = await shelf(toys), await shelf(toys)
    for who, on in ((ann, one), (bob, one), (ann, two)):
        answer = await who.post(f"/shelves/{on['id']}/toys", {"name": "Car"}, headers=KEY)
        assert "Idempotency-Replayed" not in answer.headers
    assert await count(toys) == 3


async def test_a_refused_act_leaves_the_key_free(toys: World) -> None:
    ann = await person(toys, "ann")
    made = await toy(ann, await shelf(toys), note="A note.")
    show = f"/toys/{made['id']}/show"
    assert (await ann.post(show, headers=KEY)).status_code == 409
    await with_wheel(toys, made)
    assert (await ann.post(show, headers=KEY)).status_code == 200


async def test_a_request_for_a_second_officer_is_repeated_too(toys: World) -> None:
    office, ann = await person(toys, "office", "office"), await person(toys, "ann")
    made = await shown(toys, ann, await shelf(toys, office))
    answers = [await office.post(f"/toys/{made['id']}/sell", {"price": 5}, headers=KEY) for _ in range(2)]
    assert [a.status_code for a in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()


async def test_an_empty_answer_is_repeated_as_an_empty_one(toys: World) -> None:
    ann, bob = await person(toys, "ann"), await person(toys, "bob")
    made = await shown(toys, ann, await shelf(toys))
    await befriend(toys, made, bob)
    async with toys.sessions() as session, session.begin():
        (await session.get_one(Toy, UUID(made["id"]))).maker_id = bob.id
    # On show everybody still sees it; a friend who was the maker may forget it, and sees the public face.
    assert (await bob.post(f"/toys/{made['id']}/forget", headers=KEY)).status_code == 200
    async with toys.sessions() as session, session.begin():
        kept = (await session.scalars(select(Answered).where(Answered.actor_id == bob.id))).one()
        kept.status, kept.answer = 204, None
    await befriend(toys, made, bob)
    again = await bob.post(f"/toys/{made['id']}/forget", headers=KEY)
    assert (again.status_code, again.content, again.headers["Idempotency-Replayed"]) == (204, b"", "true")


@pytest.mark.parametrize("key", ["short", "x" * 101])
async def test_a_key_has_eight_to_a_hundred_characters(toys: World, key: str) -> None:
    ann = await person(toys, "ann")
    path = f"/shelves/{(await shelf(toys))['id']}/toys"
    assert (await ann.post(path, {"name": "Car"}, headers={"Idempotency-Key": key})).status_code == 422


async def test_a_key_on_a_body_that_streams_is_no_fault_of_ours(toys: World) -> None:
    ann = await person(toys, "ann")
    made = await shown(toys, ann, await shelf(toys))
    headers = KEY | {"Content-Type": "application/pdf"}
    hidden = await ann.client.post(f"/v1/toys/{made['id']}/hide", content=b"%PDF", headers=headers)
    assert hidden.status_code == 200


async def test_twenty_at_once_are_carried_out_once(live_toys: World) -> None:
    ann = await person(live_toys, "ann")
    on = await shelf(live_toys)

    path = f"/shelves/{on['id']}/toys"
    answers = await asyncio.gather(*(ann.post(path, {"name": "Car"}, headers=KEY) for _ in range(20)))
    assert [(a.status_code, a.json()) for a in answers] == [(201, answers[0].json())] * 20
    assert await count(live_toys) == 1
    made = await toy(ann, on, note="A note.")
    await with_wheel(live_toys, made)
    show = f"/toys/{made['id']}/show"
    answers = await asyncio.gather(*(ann.post(show, headers=KEY) for _ in range(20)))
    assert [(a.status_code, a.json()) for a in answers] == [(200, answers[0].json())] * 20
    assert await state_of(live_toys, made) == "shown"
    async with live_toys.sessions() as session:
        shows = select(func.count()).select_from(AuditEvent).where(AuditEvent.act == "show")
        assert await session.scalar(shows) == 1
