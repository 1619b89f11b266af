"""A merge that meets an invitation, and another merge, on a database with real commits."""

import asyncio

import pytest
from sqlalchemy import func, select

from app.consortia.models import Partner
from app.consortia.organisations.models import Organisation
from tests.build import person
from tests.conftest import World
from tests.consortia.build import consortium, open_stage, organisation
from tests.proposals.test_races import waiting
from tests.topics.test_races import held

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("first", ["merge", "invite"])
async def test_nobody_becomes_a_partner_as_what_is_merged_meanwhile(live: World, first: str) -> None:
    office, other = await person(live, "office", "office"), await person(live, "other", "office")
    lead = await person(live, "lead")
    made = await consortium(lead, await open_stage(live))
    gone, stays = await organisation(lead), await organisation(lead)
    path, into = f"/organisations/{gone['id']}/merge", {"into_id": stays["id"]}
    assert (await office.post(path, into)).status_code == 202
    asked = {"organisation_id": gone["id"], "name": "Pat", "email": "pat@example.org"}
    acts = {
        "merge": lambda: other.post(path, into),
        "invite": lambda: lead.post(f"/consortia/{made['id']}/partners", asked),
    }
    under_way = {}
    async with held(live, Organisation, gone["id"]):
        for number, name in enumerate(sorted(acts, key=lambda name: name != first), start=1):
            under_way[name] = asyncio.create_task(acts[name]())
            await waiting(live, number)
    answers = {name: await each for name, each in under_way.items()}
    assert answers["merge"].status_code == 200
    assert answers["invite"].status_code in (201, 409)
    async with live.sessions() as session:
        theirs = select(func.count()).select_from(Partner).where(Partner.organisation_id == gone["id"])
        assert await session.scalar(theirs) == 0


async def test_of_two_merges_into_each_other_one_is_done(live: World) -> None:
    office, other = await person(live, "office", "office"), await person(live, "other", "office")
    one, two = await organisation(office), await organisation(office)
    pairs = [(one, two), (two, one)]
    for gone, stays in pairs:
        path = f"/organisations/{gone['id']}/merge"
        assert (await office.post(path, {"into_id": stays["id"]})).status_code == 202
    answers = await asyncio.gather(
        *(other.post(f"/organisations/{gone['id']}/merge", {"into_id": stays["id"]}) for gone, stays in pairs)
    )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[0] == 200
    assert statuses[1] in (409, 503)
    states = [(await office.get(f"/organisations/{key['id']}")).json()["state"] for key in (one, two)]
    assert sorted(states) == ["merged", "registered"]
