"""Two at once in one consortium, on a database with real commits."""

import asyncio

import pytest
from sqlalchemy import func, select

from app.consortia.models import Consortium, Partner, Person
from tests.build import person
from tests.conftest import World
from tests.consortia.build import asked_by_mail, consortium, invited, joins, open_stage, partner, token_to
from tests.proposals.test_races import waiting
from tests.topics.test_races import held

pytestmark = pytest.mark.anyio


async def coordinators(live: World, key: str) -> int:
    async with live.sessions() as session:
        here = (Partner.consortium_id == key, Partner.coordinates)
        return await session.scalar(select(func.count()).select_from(Partner).where(*here)) or 0


async def test_of_two_takings_of_the_coordination_one_is_done(live: World) -> None:
    lead = await person(live, "lead")
    made = await consortium(lead, await open_stage(live))
    pat, part = await partner(live, lead, made["id"])
    jo = await person(live, "jo")
    await joins(live, pat, part["id"], jo, "contact")
    await lead.make(f"/partners/{part['id']}/offer_coordination")
    async with held(live, Consortium, made["id"]):
        tries = [
            asyncio.create_task(who.post(f"/partners/{part['id']}/take_coordination")) for who in (pat, jo)
        ]
        await waiting(live, 2)
    answers = [await each for each in tries]
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert await coordinators(live, made["id"]) == 1


@pytest.mark.parametrize("first", ["take_coordination", "offer_coordination", "withdraw_offer", "leave"])
async def test_a_taking_meets_what_the_others_do_and_there_is_one_coordinator(
    live: World, first: str
) -> None:
    lead = await person(live, "lead")
    made = await consortium(lead, await open_stage(live))
    pat, part = await partner(live, lead, made["id"])
    _, other = await partner(live, lead, made["id"])
    await lead.make(f"/partners/{part['id']}/offer_coordination")
    acts = {
        "take_coordination": lambda: pat.post(f"/partners/{part['id']}/take_coordination"),
        "offer_coordination": lambda: lead.post(f"/partners/{other['id']}/offer_coordination"),
        "withdraw_offer": lambda: lead.post(f"/partners/{part['id']}/withdraw_offer"),
        "leave": lambda: pat.post(f"/partners/{part['id']}/leave"),
    }
    under_way = {}
    async with held(live, Consortium, made["id"]):
        for number, name in enumerate(sorted(acts, key=lambda name: name != first), start=1):
            under_way[name] = asyncio.create_task(acts[name]())
            await waiting(live, number)
    answers = {name: (await each).status_code for name, each in under_way.items()}
    assert set(answers.values()) <= {200, 403, 409}
    assert answers[first] == (409 if first == "offer_coordination" else 200)
    assert await coordinators(live, made["id"]) == 1


async def test_a_removal_meets_an_accept_and_nobody_stays_in_who_is_out(live: World) -> None:
    lead, pat = await person(live, "lead"), await person(live, "pat")
    made = await consortium(lead, await open_stage(live))
    for first in ("remove", "accept"):
        asked = await invited(lead, made["id"], pat.email)
        path = f"/v1/partner_invitations/{await token_to(live, pat.email)}/accept"
        async with live.client() as anyone:
            acts = {
                "remove": lambda key=asked["id"]: lead.post(f"/partners/{key}/remove"),
                "accept": lambda link=path, client=anyone: client.post(link),
            }
            under_way = {}
            async with held(live, Partner, asked["id"]):
                for number, name in enumerate(sorted(acts, key=lambda name: name != first), start=1):
                    under_way[name] = asyncio.create_task(acts[name]())
                    await waiting(live, number)
            answers = {name: (await each).status_code for name, each in under_way.items()}
        assert answers["remove"] == 200
        assert answers["accept"] == (404 if first == "remove" else 200)
        assert (await lead.get(f"/partners/{asked['id']}")).json()["state"] == "removed"
        assert (await pat.get(f"/consortia/{made['id']}")).status_code == 404


async def test_a_person_who_accepts_as_the_partner_is_removed_is_not_in(live: World) -> None:
    lead, jo = await person(live, "lead"), await person(live, "jo")
    made = await consortium(lead, await open_stage(live))
    pat, part = await partner(live, lead, made["id"])
    asked = {"name": "Jo", "email": jo.email, "part": "reader"}
    await pat.make(f"/partners/{part['id']}/ask_person", asked)
    path = await asked_by_mail(live, jo.email)
    async with live.client() as anyone:
        async with held(live, Partner, part["id"]):
            removing = asyncio.create_task(lead.post(f"/partners/{part['id']}/remove"))
            await waiting(live, 1)
            joining = asyncio.create_task(anyone.post(f"{path}/accept"))
            await waiting(live, 2)
        assert ((await removing).status_code, (await joining).status_code) == (200, 404)
    async with live.sessions() as session:
        mine = select(func.count()).select_from(Person).where(Person.account_id == jo.id)
        assert await session.scalar(mine) == 0


async def test_two_contacts_who_step_out_at_once_leave_one(live: World) -> None:
    lead, jo = await person(live, "lead"), await person(live, "jo")
    made = await consortium(lead, await open_stage(live))
    pat, part = await partner(live, lead, made["id"])
    await joins(live, pat, part["id"], jo, "contact")
    async with held(live, Consortium, made["id"]):
        tries = [asyncio.create_task(who.post(f"/partners/{part['id']}/step_out")) for who in (pat, jo)]
        await waiting(live, 2)
    assert sorted([(await each).status_code for each in tries]) == [204, 409]
