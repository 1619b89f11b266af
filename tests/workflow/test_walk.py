"""Any acts by anybody in any order: the state is one of the states, refusals change nothing, chains hold."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core.audit_verify import verify
from tests.build import Actor, person
from tests.conftest import World
from tests.workflow.build import befriend, shelf, toy, with_wheel
from tests.workflow.toy import TOY, Toy, ToyBase, ToyState

pytestmark = pytest.mark.anyio
BODIES: dict[str, list[Any]] = {
    "sell": [{"price": 5}, {"price": 6}, {"price": 0}],
    "edit": [{"name": "Bus"}, {"note": "ugly"}, {"note": "fine"}, {"state": "sold"}],
    "mend": [{"text": "round"}, {}],
}
WALK = st.lists(
    st.tuples(
        st.sampled_from(("ann", "bob", "eve", "one", "two")),
        st.sampled_from([row.name for row in TOY.transitions if not row.creates]),
        st.integers(0, 11),
        st.integers(1, 3),
    ),
    max_size=25,
)


async def send(by: Actor, made: dict[str, Any], act: str, choice: int, version: int) -> int:
    bodies = BODIES.get(act, [None])
    body = bodies[choice % len(bodies)]
    if act in ("edit", "mend"):
        path = f"/toys/{made['id']}" + ("/wheels/left" if act == "mend" else "")
        return (await by.patch(path, body, version)).status_code
    return (await by.post(f"/toys/{made['id']}/{act}", body)).status_code


async def facts(world: World, key: str) -> tuple[Any, ...]:
    async with world.sessions() as session:
        row = (await session.execute(select(*Toy.__table__.c).where(Toy.id == UUID(key)))).one()
    return tuple(row)


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)
@given(walk=WALK, wheels=st.booleans())
async def test_any_walk(toys: World, walk: list[tuple[str, str, int, int]], wheels: bool) -> None:
    people = {name: await person(toys, name) for name in ("ann", "bob", "eve")}
    people |= {name: await person(toys, name, "office") for name in ("one", "two")}
    made = await toy(people["ann"], await shelf(toys, people["one"]), note="A note.")
    await befriend(toys, made, people["bob"])
    if wheels:
        await with_wheel(toys, made)
    for name, act, choice, version in walk:
        before = await facts(toys, made["id"])
        status = await send(people[name], made, act, choice, version)
        assert status in (200, 202, 204, 403, 404, 405, 409, 412, 422)
        after = await facts(toys, made["id"])
        assert (status >= 400 or status == 202) == (before == after)
        assert after[0] in ToyState
    async with toys.sessions() as session:
        found = await verify(session, toys.settings.key, ToyBase)
    assert found.faults == []
