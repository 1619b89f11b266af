"""Of every entity that auditors read, who audits another call sees nothing, who audits its call sees it."""

from uuid import UUID

import pytest
from sqlalchemy import insert, select

from app.docs import policy
from app.people.models import Appointment, AppointmentState
from app.process import SIGHTS
from app.workflow.mounted import MOUNTED
from app.workflow.sight import name_of, parameters, visible_ids
from app.workflow.who import Actor
from tests.build import LONG_AGO, standing_call
from tests.matrix.cast import Cast, days
from tests.matrix.poses import POSES
from tests.matrix.test_matrix import EXPECTED

pytestmark = pytest.mark.anyio
OF_BODIES = ("body", "mandate", "session")
READ = [
    name
    for name, mounted in MOUNTED.items()
    if "auditor" in map(name_of, SIGHTS[mounted.model].relations) and name not in OF_BODIES
]


def _read_by_auditors(entity: str) -> str:
    """The last state in which an auditor reads it and not everybody, or the last in which one does."""
    states = policy.read(EXPECTED)[entity]
    read = [s for s in states if "auditor" in states[s].get("held", {}).get("auditor", "").split()]
    alone = [s for s in read if "stranger" in states[s]["read"].get("404", "").split()]
    return (alone or read)[-1]


async def _seen(cast: Cast, entity: str, *roles: str) -> set[UUID]:
    model = MOUNTED[entity].model
    actor = Actor(cast.account("observer"), frozenset(roles), at=days(0))
    wanted = select(model.id).where(model.id.in_(visible_ids(actor, model)))
    return set(await cast.connection.scalars(wanted, parameters(actor)))


async def _appoint(cast: Cast, call: UUID) -> None:
    about = {
        "account_id": cast.account("observer"),
        "role": "auditor",
        "appointing_act": "act",
        "call_id": call,
    }
    term = {"starts_at": LONG_AGO, "ends_at": days(9), "created_at": LONG_AGO, "confirmed_at": LONG_AGO}
    await cast.connection.execute(insert(Appointment).values(state=AppointmentState.ACTIVE, **about, **term))


@pytest.mark.parametrize("entity", READ)
async def test_another_call_gives_sight_of_nothing(cast: Cast, entity: str) -> None:
    found = _read_by_auditors(entity)
    async with cast.connection.begin_nested() as undo:
        cast.ids.clear()
        await POSES[entity](cast, next(s for s in MOUNTED[entity].workflow.states if str(s) == found))
        key = cast.ids[entity]
        other = UUID((await standing_call(cast.world))["call"]["id"])
        anybody, everything = await _seen(cast, entity), await _seen(cast, entity, "auditor")
        assert key in everything
        await _appoint(cast, other)
        mine = {other} if entity == "call" else set()
        assert await _seen(cast, entity, "call_auditor") - mine == anybody - mine
        await _appoint(cast, cast.ids["call"])
        assert key in await _seen(cast, entity, "call_auditor")
        await undo.rollback()


def test_most_of_it_is_hidden_from_others() -> None:
    states = policy.read(EXPECTED)
    hidden = [e for e in READ if "stranger" in states[e][_read_by_auditors(e)]["read"].get("404", "").split()]
    assert len(hidden) >= len(READ) - 5
