"""What the clock brings each minute."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.core.clock import machine_now
from app.core.idempotency import Answered
from app.due import tick
from tests.conftest import World

pytestmark = pytest.mark.anyio


async def test_answers_are_kept_for_a_day(world: World) -> None:
    now = machine_now()
    async with world.sessions() as session, session.begin():
        for key, age in (("old", timedelta(days=1, minutes=1)), ("young", timedelta(hours=23))):
            session.add(Answered(id=uuid4(), actor_id=uuid4(), route="r", key=key, asked="", at=now - age))
    await tick(world.sessions, world.settings)
    async with world.sessions() as session:
        assert list(await session.scalars(select(Answered.key))) == ["young"]
