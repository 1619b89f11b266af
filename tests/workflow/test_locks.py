"""Two at once, on real connections: nothing read before the lock is believed, one wins, none hang."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.audit import AuditEvent
from app.core.audit_verify import verify
from app.workflow.rows import look
from app.workflow.who import Actor as Who
from tests.build import Actor, person
from tests.conftest import World
from tests.workflow.build import befriend, shelf, shown, state_of, toy, with_wheel
from tests.workflow.toy import Friend, Toy, ToyBase, Wheel

pytestmark = pytest.mark.anyio
WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


async def waiting(world: World, many: int = 1) -> None:
    """Until so many connections wait for a lock."""
    async with asyncio.timeout(10), world.sessions() as session:
        while (await session.scalar(text(WAITING)) or 0) < many:
            await session.rollback()
            await asyncio.sleep(0.01)


@asynccontextmanager
async def meanwhile(
    world: World, made: dict[str, Any], send: Callable[[], Any]
) -> AsyncIterator[tuple[AsyncSession, "asyncio.Task[httpx2.Response]"]]:
    """Somebody holds the toy's lock while `send` waits for it; committed when the block is left."""
    async with world.sessions() as session:
        await session.scalar(select(Toy).where(Toy.id == UUID(made["id"])).with_for_update(key_share=True))
        sent = asyncio.create_task(send())
        await waiting(world)
        yield session, sent
        await session.commit()
    await sent


async def test_what_was_read_before_the_wait_is_not_believed(live_toys: World) -> None:
    ann = await person(live_toys, "ann")
    made = await toy(ann, await shelf(live_toys), note="A note.")
    await with_wheel(live_toys, made)
    async with meanwhile(live_toys, made, lambda: ann.post(f"/toys/{made['id']}/show")) as (session, sent):
        await session.execute(text("UPDATE toy SET state = 'sold'"))
    assert (sent.result().status_code, await state_of(live_toys, made)) == (409, "sold")


async def test_a_row_in_the_session_is_read_anew(live_toys: World) -> None:
    ann = await person(live_toys, "ann")
    made = await toy(ann, await shelf(live_toys))
    who = Who(ann.id)
    async with live_toys.sessions() as session:
        before, _ = await look(session, Toy, UUID(made["id"]), who)
        assert before.name == "Car"
        await ann.patch(f"/toys/{made['id']}", {"name": "Bus"}, 1)
        after, _ = await look(session, Toy, UUID(made["id"]), who)
        assert (after is before, after.name) == (True, "Bus")


async def test_a_part_removed_during_the_wait_is_missed(live_toys: World) -> None:
    ann = await person(live_toys, "ann")
    made = await toy(ann, await shelf(live_toys), note="A note.")
    await with_wheel(live_toys, made)
    async with meanwhile(live_toys, made, lambda: ann.post(f"/toys/{made['id']}/show")) as (session, sent):
        await session.execute(delete(Wheel))
    assert [reason["code"] for reason in sent.result().json()["reasons"]] == ["no-wheels"]


async def test_a_friend_removed_during_the_wait_is_a_stranger(live_toys: World) -> None:
    ann, bob = await person(live_toys, "ann"), await person(live_toys, "bob")
    made = await toy(ann, await shelf(live_toys))
    await with_wheel(live_toys, made)
    await befriend(live_toys, made, bob)
    left = f"/toys/{made['id']}/wheels/left"
    assert (await bob.patch(left, {"text": "x"}, 1)).status_code == 200
    async with meanwhile(live_toys, made, lambda: bob.patch(left, {"text": "y"}, 2)) as (session, sent):
        await session.execute(delete(Friend))
    assert sent.result().status_code == 404
    assert (await ann.get(left)).json()["text"] == "x"


async def test_a_child_is_inserted_while_the_lock_is_held(live_toys: World) -> None:
    ann = await person(live_toys, "ann")
    made = await toy(ann, await shelf(live_toys))
    async with live_toys.sessions() as session:
        await session.scalar(select(Toy).where(Toy.id == UUID(made["id"])).with_for_update(key_share=True))
        async with asyncio.timeout(2), live_toys.sessions() as other, other.begin():
            other.add(Wheel(id=uuid4(), toy_id=UUID(made["id"]), key="left", text="round"))
    assert (await ann.get(f"/toys/{made['id']}/wheels/left")).status_code == 200


async def test_a_stranger_does_not_wait(live_toys: World) -> None:
    ann, eve = await person(live_toys, "ann"), await person(live_toys, "eve")
    made = await toy(ann, await shelf(live_toys))
    async with live_toys.sessions() as session:
        await session.scalar(select(Toy).where(Toy.id == UUID(made["id"])).with_for_update(key_share=True))
        async with asyncio.timeout(2):
            assert (await eve.post(f"/toys/{made['id']}/show")).status_code == 404


async def test_a_deadlock_is_told_as_come_again(live_toys: World) -> None:
    """The act holds the toy and wants the shelf; somebody else holds the shelf and wants the toy."""
    ann = await person(live_toys, "ann")
    on = await shelf(live_toys)
    made = await toy(ann, on, note="A note.")
    await with_wheel(live_toys, made)
    async with live_toys.sessions() as session:
        await session.execute(text("SELECT 1 FROM toy_shelf FOR NO KEY UPDATE"))
        sent = asyncio.create_task(ann.post(f"/toys/{made['id']}/show"))
        await waiting(live_toys)
        other = asyncio.create_task(session.execute(text("SELECT 1 FROM toy FOR NO KEY UPDATE")))
        answer = await sent
        await asyncio.wait([other])
        failed = other.exception()
        await session.rollback()
    # PostgreSQL ends whichever of the two notices first.
    if failed is None:
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
        assert answer.json()["type"] == "/problems/unavailable"
        assert await state_of(live_toys, made) == "made"
        assert (await ann.post(f"/toys/{made['id']}/show")).status_code == 200
    else:
        assert answer.status_code == 200


async def test_a_lock_is_not_waited_for_without_end(
    live_toys: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await person(live_toys, "ann")
    made = await toy(ann, await shelf(live_toys))
    async with live_toys.sessions() as session:
        assert await session.scalar(text("SHOW lock_timeout")) == "10s"
    async with live_toys.sessions() as holder:
        await holder.scalar(select(Toy).where(Toy.id == UUID(made["id"])).with_for_update())
        sessions = live_toys.sessions

        @asynccontextmanager
        async def impatient() -> AsyncIterator[AsyncSession]:
            async with sessions() as session:
                await session.execute(text("SET lock_timeout = '100ms'"))
                await session.commit()
                yield session

        monkeypatch.setattr(live_toys.app.state, "sessions", impatient)
        answer = await ann.post(f"/toys/{made['id']}/show")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")


async def test_of_twenty_at_once_exactly_one_wins_and_the_chain_holds(live_toys: World) -> None:
    ann = await person(live_toys, "ann")
    made = await toy(ann, await shelf(live_toys), note="A note.")
    await with_wheel(live_toys, made)
    for act in ("show", "hide", "show"):
        answers = await asyncio.gather(*(ann.post(f"/toys/{made['id']}/{act}") for _ in range(20)))
        assert sorted(a.status_code for a in answers) == [200] + [409] * 19
    async with live_toys.sessions() as session:
        acts = select(AuditEvent.act).where(AuditEvent.entity == "toy").order_by(AuditEvent.seq)
        assert list(await session.scalars(acts)) == ["make", "show", "hide", "show"]
        found = await verify(session, live_toys.settings.key, ToyBase)
    assert (found.faults, found.chains) == ([], 2)


async def test_of_twenty_editors_at_once_one_is_heard(live_toys: World) -> None:
    ann = await person(live_toys, "ann")
    made = await toy(ann, await shelf(live_toys))
    names = [f"Car {n}" for n in range(20)]
    answers = await asyncio.gather(*(ann.patch(f"/toys/{made['id']}", {"name": n}, 1) for n in names))
    assert sorted(a.status_code for a in answers) == [200] + [412] * 19
    winner = next(a.json() for a in answers if a.status_code == 200)
    assert {a.json()["current"]["name"] for a in answers if a.status_code == 412} == {winner["name"]}
    assert (await ann.get(f"/toys/{made['id']}")).json() == winner


async def test_of_two_officers_who_ask_at_once_the_second_confirms(live_toys: World) -> None:
    officers: list[Actor] = [await person(live_toys, n, "office") for n in ("one", "two")]
    made = await shown(live_toys, await person(live_toys, "ann"), await shelf(live_toys, officers[0]))
    sell = f"/toys/{made['id']}/sell"
    answers = await asyncio.gather(*(o.post(sell, {"price": 5}) for o in officers))
    assert sorted(a.status_code for a in answers) == [200, 202]
    assert await state_of(live_toys, made) == "sold"
