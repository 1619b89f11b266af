"""Invitations that are not answered in time lapse; the coordinator is told, and may invite again."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.consortia.models import Partner
from app.core.audit import AuditEvent
from app.core.clock import machine_now
from app.due import tick
from tests.build import person
from tests.conftest import Counting, World
from tests.consortia.build import close, consortium, invited, open_stage, organisation, sent, token_to

pytestmark = pytest.mark.anyio
LONG = timedelta(minutes=5)
"""More than a request may take."""


async def expire(world: World, ago: timedelta = LONG) -> None:
    async with world.sessions() as session, session.begin():
        invited = update(Partner).where(Partner.state == "invited")
        await session.execute(invited.values(invited_until=machine_now() - ago))


async def test_an_invitation_lapses_with_its_time_and_the_coordinator_is_told_once(world: World) -> None:
    stage, lead = await open_stage(world), await person(world, "lead")
    made = await consortium(lead, stage)
    asked = await invited(lead, made["id"], "pat@example.org")
    still = await invited(lead, made["id"], "kim@example.org")
    async with world.sessions() as session, session.begin():
        mine = update(Partner).where(Partner.id == asked["id"])
        await session.execute(mine.values(invited_until=machine_now() - LONG))
    for _ in range(2):
        await tick(world.sessions, world.settings)
    read = [(await lead.get(f"/partners/{one['id']}")).json() for one in (asked, still)]
    assert [one["state"] for one in read] == ["lapsed", "invited"]
    (mail,) = await sent(world, "invitation_lapsed")
    assert (mail.recipient, asked["organisation"]["legal_name"] in mail.text) == (lead.email, True)
    async with world.sessions() as session:
        wanted = select(AuditEvent).where(AuditEvent.entity_id == asked["id"], AuditEvent.act == "lapse")
        assert [(e.by_system, e.actor_id) for e in await session.scalars(wanted)] == [(True, None)]


async def test_not_while_a_request_sent_in_time_may_be_under_way(world: World) -> None:
    stage, lead = await open_stage(world), await person(world, "lead")
    made = await consortium(lead, stage)
    asked = await invited(lead, made["id"], "pat@example.org")
    await expire(world, timedelta(seconds=world.settings.longest_request_seconds - 10))
    await tick(world.sessions, world.settings)
    assert (await lead.get(f"/partners/{asked['id']}")).json()["state"] == "invited"


async def test_a_lapsed_place_is_invited_again_either_way_but_not_both(world: World) -> None:
    stage, lead = await open_stage(world), await person(world, "lead")
    made = await consortium(lead, stage)
    pat = await person(world, "pat")
    asked = await invited(lead, made["id"], pat.email)
    await expire(world)
    await tick(world.sessions, world.settings)
    first = await token_to(world, pat.email)
    assert (await lead.make(f"/partners/{asked['id']}/invite_again"))["state"] == "invited"
    second = await token_to(world, pat.email)
    async with world.client() as anyone:
        assert (await anyone.get(f"/v1/partner_invitations/{first}")).status_code == 404
        assert (await anyone.get(f"/v1/partner_invitations/{second}")).status_code == 200
    await expire(world)
    await tick(world.sessions, world.settings)
    anew = {"organisation_id": asked["organisation"]["id"], "name": "Pat", "email": pat.email}
    await lead.make(f"/consortia/{made['id']}/partners", anew)
    refused = await lead.post(f"/partners/{asked['id']}/invite_again")
    assert (refused.status_code, refused.json()["reasons"][0]["code"]) == (
        409,
        "uq-partner-organisation-once",
    )
    assert (await lead.get(f"/partners/{asked['id']}")).json()["state"] == "lapsed"


async def test_it_lapses_as_the_stage_closes(world: World) -> None:
    stage, lead = await open_stage(world), await person(world, "lead")
    made = await consortium(lead, stage)
    asked = await invited(lead, made["id"], "pat@example.org")
    await close(world, past=machine_now() - LONG)
    await tick(world.sessions, world.settings)
    assert (await lead.get(f"/partners/{asked['id']}")).json()["state"] == "lapsed"
    refused = await lead.post(f"/partners/{asked['id']}/invite_again")
    assert [r["code"] for r in refused.json()["reasons"]] == ["deadline-passed"]


async def test_lapsing_costs_as_many_statements_however_many_lapse(world: World, counting: Counting) -> None:
    stage, lead = await open_stage(world), await person(world, "lead")
    made = await consortium(lead, stage)
    counts = []
    for many in (1, 1, 6):
        for number in range(many):
            given = {"organisation_id": (await organisation(lead))["id"], "name": "Pat"}
            asked = given | {"email": f"pat{number}@example.org"}
            await lead.make(f"/consortia/{made['id']}/partners", asked)
        await expire(world)
        with counting() as statements:
            await tick(world.sessions, world.settings)
        counts.append(len(statements))
    assert counts[1] == counts[2]
