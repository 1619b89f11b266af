"""Who sits in a body, and who does not or no longer: each wall with something behind it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.committee.models import Body, Mandate, MandateState
from app.core.clock import machine_now
from app.evaluation.panel.models import Panel
from tests.build import Actor, committee, person
from tests.conftest import World
from tests.decisions.build import Ranked, decided, motion_on, ranked, release
from tests.decisions.test_embargo import apply
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio


async def panel_of(world: World, there: Ranked) -> str:
    async with world.sessions() as session:
        wanted = select(Panel.id).where(Panel.topic_stage_id == UUID(there.topic_stage))
        return f"/panels/{await session.scalar(wanted)}"


async def change_seat(world: World, who: Actor, **values: Any) -> None:
    async with world.sessions() as session, session.begin():
        await session.execute(update(Mandate).where(Mandate.account_id == who.id).values(**values))


@pytest.mark.parametrize(
    "seat",
    [
        {"state": MandateState.ENDED},
        {"state": MandateState.PROPOSED},
        {"ends_at": machine_now() - timedelta(seconds=1)},
        {"starts_at": machine_now() + timedelta(days=1)},
    ],
)
async def test_a_seat_counts_between_its_dates_alone(world: World, seat: dict[str, Any]) -> None:
    """A membership carries a mandate, from and to: without one in force there is no list and no vote."""
    there = await world.prepared(ranked, "1000000.00")
    ann, bob, cas = there.members
    motion = f"/motions/{(await motion_on(there))['id']}"
    paths = (await panel_of(world, there), motion, f"/bodies/{there.body}")
    for path in paths:
        await is_there(cas, path)
    await change_seat(world, cas, **seat)
    for path in paths:
        await is_there(bob, path)
        await is_hidden(cas, path)
    await there.office.make(f"{motion}/put_to_vote")
    assert (await cas.post(f"{motion}/vote", {"choice": "yes"})).status_code == 404
    assert {b["account_id"] for b in (await is_there(ann, motion))["ballots"]} == {str(ann.id), str(bob.id)}


async def test_who_advises_signs_or_only_has_the_role_to_observe_reads_no_list_and_no_vote(
    world: World,
) -> None:
    there = await world.prepared(ranked, "1000000.00")
    body, (adviser,) = await committee(world, "adviser")
    async with world.sessions() as session, session.begin():
        await session.execute(update(Body).where(Body.id == body).values(kind="advisory"))
    await is_there(adviser, f"/bodies/{body}")
    decision = await decided(there)
    paths = [await panel_of(world, there), f"/motions/{decision['motion_id']}"]
    paths += [f"/proposals/{there.proposals[0].id}", f"/decisions/{decision['id']}"]
    signatory, observer = [await person(world, role, role) for role in ("signatory", "observer")]
    for path in paths:
        await is_there(there.office, path)
        for who in (adviser, observer):
            await is_hidden(who, path)
    for path in paths[:-1]:
        await is_hidden(signatory, path)
    await is_there(signatory, paths[-1])  # whose letters go out with it


async def test_an_interest_takes_away_until_the_release_and_no_longer(world: World) -> None:
    """Who applies has the rights of an applicant for the topic; after the release the role is back."""
    there = await ranked(world, "30000000.00", "20000000.00")
    third, cas = await person(world, "third", "office"), there.members[2]
    await apply(world, there, third)
    await apply(world, there, cas)
    key = (await decided(there, without=(cas,)))["id"]
    paths = (f"/decisions/{key}", await panel_of(world, there), f"/proposals/{there.proposals[1].id}")
    for path in paths:
        await is_there(there.office, path)
        await is_hidden(third, path)
    for path in paths[:2]:
        await is_there(there.members[0], path)
        await is_hidden(cas, path)
    await release(there.office, there.second, key)
    for path in paths:
        await is_there(third, path)
    for path in paths[:2]:
        await is_there(cas, path)
