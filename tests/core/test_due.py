"""What the clock brings each minute."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import select

from app.calls.models import Call, CallState
from app.core.clock import machine_now
from app.core.idempotency import Answered
from app.core.postgres import libpq
from app.due import tick
from app.workflow.rows import lock_all
from tests.build import LONG_AGO, standing_call
from tests.calls.test_copies import parts_in, stages_of
from tests.conftest import World
from tests.exchange.build import published

pytestmark = pytest.mark.anyio


async def test_answers_are_kept_for_a_day(world: World) -> None:
    now = machine_now()
    async with world.sessions() as session, session.begin():
        for key, age in (("old", timedelta(days=1, minutes=1)), ("young", timedelta(hours=23))):
            session.add(Answered(id=uuid4(), actor_id=uuid4(), route="r", key=key, asked="", at=now - age))
    await tick(world.sessions, world.settings)
    async with world.sessions() as session:
        assert list(await session.scalars(select(Answered.key))) == ["young"]


async def test_a_call_in_preparation_is_not_moved_by_the_clock(world: World) -> None:
    """A file may bring deadlines that have passed; only a published call has begun."""
    office, made = await published(world)
    file = (await office.get(f"/calls/{made['call']['id']}/export")).json()
    file["call"]["reference"] = "C-PAST"
    file["stages"][0] |= {"opens_at": "2020-01-21T09:00:00Z", "deadline": "2020-03-31T17:00"}
    call = (await office.make("/calls/import", {"file": file, "dry_run": False}))["call"]
    await tick(world.sessions, world.settings)
    (stage,) = await stages_of(office, call["id"])
    assert [part["state"] for part in await parts_in(office, stage["id"])] == ["scheduled"]


async def test_a_call_that_is_cancelled_while_the_clock_waits_for_it_is_not_started(live: World) -> None:
    call = UUID((await standing_call(live))["call"]["id"])
    async with live.sessions() as session, session.begin():
        (found,) = await lock_all(session, Call, [call])
        due = asyncio.create_task(tick(live.sessions, live.settings))
        await asyncio.sleep(0.5)  # by now the clock has read that it is published, and waits
        found.state = CallState.CANCELLED
        await session.flush()
    await due
    async with live.sessions() as session:
        assert await session.scalar(select(Call.state).where(Call.id == call)) == "cancelled"


async def test_what_fails_keeps_nothing_else_from_being_done(live: World) -> None:
    async with live.sessions() as session, session.begin():
        session.add(Answered(id=uuid4(), actor_id=uuid4(), route="r", key="k", asked="", at=LONG_AGO))
    await standing_call(live)  # of which no rule lets the clock do what it has to
    with psycopg.connect(libpq(live.database.owner_url)) as connection:
        connection.execute("ALTER TABLE call ADD CONSTRAINT ck_stays CHECK (state = 'published')")
    with pytest.raises(ExceptionGroup) as failed:
        await tick(live.sessions, live.settings)
    assert [type(error).__name__ for error in failed.value.exceptions] == ["IntegrityError"]
    async with live.sessions() as session:
        assert list(await session.scalars(select(Answered.key))) == []
