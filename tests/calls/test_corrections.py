"""A corrigendum of a topic's text in a published call: it gives time, and everybody is told (T-07)."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.calls.models import Call, CallState
from app.core.clock import machine_now
from app.topics.models import TopicState
from tests.calls.ending import There, there
from tests.calls.living import DAY, carried, closed, closes, codes, later, mailed, put, wall
from tests.calls.test_amendments import deadline_of, set_call
from tests.calls.test_extensions import amendments, extend
from tests.conftest import World
from tests.exchange.build import put as set_row
from tests.proposals.build import started, submitted
from tests.walls import is_there

pytestmark = pytest.mark.anyio
NOTE = "The scope left out children."


async def topic_of(here: There) -> str:
    return str((await is_there(here.office, f"/topic_stages/{here.part}"))["topic_id"])


async def drafted(here: There, touches: str = "scope") -> dict[str, Any]:
    """What is asked of a motion on a corrigendum of the first topic."""
    body = {"changes": {"scope": "A wider scope."}, "note": NOTE, "touches": touches}
    made = await here.office.make(f"/topics/{await topic_of(here)}/corrigenda", body)
    return {"purpose": "adopt_corrigendum", "subject_id": made["id"]}


async def adopted(here: There, touches: str = "scope") -> Any:
    return await carried(here.office, here.body, here.members, **await drafted(here, touches))


async def test_what_touches_an_open_call_amends_it_and_gives_the_days_of_its_rules(world: World) -> None:
    here = await world.prepared(there)
    assert (await extend(here.office, here.part, later(60))).status_code == 200
    handed, rest = await submitted(world, here.part), await submitted(world, here.other)
    before = await deadline_of(here)
    assert (await adopted(here)).status_code == 200
    assert wall(await deadline_of(here)) == wall(before + 14 * DAY)
    told = (await amendments(world))[-1]
    assert (told["kind"], told["reason"], told["touches"]) == ("corrigendum", NOTE, ["scope"])
    assert (told["number"], told["topic_id"]) == (2, await topic_of(here))
    assert told["new_deadline"] > told["old_deadline"]
    mails = await mailed(world, "amendment")
    assert set(mails) == {handed.lead.email, rest.lead.email}
    assert all(NOTE in text for text in mails.values())
    marks = [(await is_there(one.lead, one.path))["before_corrigenda"] for one in (handed, rest)]
    assert marks == [[2], []]
    stage = (await is_there(here.office, f"/topic_stages/{here.part}"))["stage_id"]
    assert (await is_there(here.office, f"/stages/{stage}"))["deadline"] == wall(before + 14 * DAY)


async def test_what_touches_nothing_is_told_and_moves_no_deadline(world: World) -> None:
    here = await world.prepared(there)
    draft = await started(world, here.part)
    before = await deadline_of(here)
    await closed(world, here.part)
    assert (await adopted(here, "none")).status_code == 200
    (told,) = await amendments(world)
    assert (told["kind"], told["touches"], told["new_deadline"]) == ("corrigendum", [], None)
    assert await deadline_of(here) < before
    assert await mailed(world, "amendment") == {}
    assert (await is_there(draft.lead, draft.path))["before_corrigenda"] == []


@pytest.mark.parametrize("when", ["prepare", "put_to_vote", "adopt"])
async def test_after_the_deadline_what_counts_is_changed_no_more(world: World, when: str) -> None:
    here = await world.prepared(there)
    asked = await drafted(here)
    if when == "prepare":
        await closed(world, here.part)
        assert codes(await put(here.office, here.body, **asked)) == ["deadline-passed"]
        return
    path = f"/motions/{(await put(here.office, here.body, **asked)).json()['id']}"
    if when == "put_to_vote":
        await closed(world, here.part)
        assert codes(await here.office.post(f"{path}/put_to_vote")) == ["deadline-passed"]
        return
    await here.office.make(f"{path}/put_to_vote")
    for member in here.members:
        await member.make(f"{path}/vote", {"choice": "yes"})
    await closes(world, here.part, machine_now() - timedelta(seconds=5))
    assert codes(await here.office.post(f"{path}/adopt")) == ["deadline-passed"]
    assert (await is_there(here.office, f"/corrigenda/{asked['subject_id']}"))["state"] == "drafted"
    assert await amendments(world) == []
    await here.office.make(f"{path}/adjourn", {"reason": "Too late."})


async def test_a_call_whose_rules_name_no_days_cannot_give_them(world: World) -> None:
    here = await world.prepared(there)
    async with world.sessions() as session:
        rules = dict((await session.get_one(Call, UUID(here.call))).rules)
    rules.pop("days_after_corrigendum")  # as a call that was published before there was such a rule
    await set_call(world, here, rules=rules)
    assert codes(await put(here.office, here.body, **await drafted(here))) == ["no-deadline"]


async def test_a_text_that_is_in_no_open_call_amends_none(world: World) -> None:
    here = await world.prepared(there)
    await set_call(world, here, state=CallState.ADOPTED, published_at=None)
    await set_row(world, {"topic": {"id": await topic_of(here)}}, "topic", state=TopicState.ADOPTED)
    before = await deadline_of(here)
    assert (await adopted(here)).status_code == 200
    assert await amendments(world) == []
    assert await deadline_of(here) == before


async def test_a_topic_that_has_left_the_call_amends_it_no_more(world: World) -> None:
    here = await world.prepared(there)
    assert (await here.withdraw()).status_code == 200
    assert (await adopted(here)).status_code == 200
    assert [told["kind"] for told in await amendments(world)] == ["withdrawal"]


async def test_a_corrigendum_and_whatever_else_happens_to_the_call_wait_for_each_other(live: World) -> None:
    """Both change the call and its topic: whoever comes second finds what the first has done."""
    for _ in range(3):
        here = await there(live)
        paths = []
        cancel = {"purpose": "cancel_call", "subject_id": here.call}
        for asked in (await drafted(here), cancel):
            paths.append(f"/motions/{(await put(here.office, here.body, **asked)).json()['id']}")
            await here.office.make(f"{paths[-1]}/put_to_vote")
            for member in here.members:
                await member.make(f"{paths[-1]}/vote", {"choice": "yes"})
        found = await asyncio.gather(
            *(here.office.post(f"{path}/adopt") for path in paths), extend(here.office, here.part, later(90))
        )
        assert [answer.status_code for answer in found[:2]] == [200, 200], [one.text for one in found]
        assert found[2].status_code in (200, 409)
        async with live.sessions() as session:
            assert await session.scalar(select(Call.state).where(Call.id == UUID(here.call))) == "cancelled"
