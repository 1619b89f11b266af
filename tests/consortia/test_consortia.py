"""Forming a consortium, inviting partners, answering by the link, leaving."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.consortia.models import Partner, Person
from app.core.audit import AuditEvent
from app.core.clock import machine_now
from app.people.families import hash_of
from tests.build import person
from tests.conftest import World
from tests.consortia.build import (
    close,
    consortium,
    declared,
    give_part,
    invited,
    open_stage,
    organisation,
    partner,
    token_to,
)
from tests.people.given import GOOD, link_to

pytestmark = pytest.mark.anyio


async def test_forming_makes_the_founder_coordinator_of_it(world: World) -> None:
    stage, lead = await open_stage(world), await person(world, "lead")
    made = await consortium(lead, stage)
    assert [(p["state"], p["coordinates"]) for p in made["partners"]] == [("accepted", True)]
    assert [act["name"] for act in made["actions"]][:2] == ["edit", "invite"]
    read = (await lead.get(f"/partners/{made['partners'][0]['id']}")).json()
    assert [(p["part"], p["name"], p["email"]) for p in read["people"]] == [("contact", "lead", lead.email)]
    async with world.sessions() as session:
        events = await session.scalars(
            select(AuditEvent)
            .where(AuditEvent.entity.in_(["consortium", "partner"]))
            .order_by(AuditEvent.entity)
        )
        told = [(e.entity, e.act, e.actor_id, e.by_system) for e in events]
    assert told == [("consortium", "form", lead.id, False), ("partner", "coordinate", lead.id, True)]


async def test_none_is_formed_once_the_stage_has_closed(world: World) -> None:
    stage, lead = await open_stage(world), await person(world, "lead")
    mine = await organisation(lead)
    await close(world)
    formed = {"name": "Late", "organisation_id": mine["id"]}
    refused = await lead.post(f"/topic_stages/{stage}/consortia", formed)
    assert refused.status_code == 409
    assert [r["code"] for r in refused.json()["reasons"]] == ["deadline-passed"]


async def test_an_organisation_that_is_not_there_is_named(world: World) -> None:
    stage, lead = await open_stage(world), await person(world, "lead")
    formed = {"name": "None", "organisation_id": stage}
    refused = await lead.post(f"/topic_stages/{stage}/consortia", formed)
    assert (refused.status_code, refused.json()["reasons"][0]["path"]) == (422, "/body/organisation_id")


async def test_an_invited_partner_accepts_by_its_link_without_an_account(world: World) -> None:
    stage, lead = await open_stage(world), await person(world, "lead")
    made = await consortium(lead, stage)
    asked = await invited(lead, made["id"], "Pat@Example.org")
    assert asked["state"] == "invited"
    token = await token_to(world, "pat@example.org")
    async with world.sessions() as session:
        kept = await session.scalar(select(Partner.invitation).where(Partner.state == "invited"))
    assert kept == hash_of(token)
    async with world.client() as pat:
        shown = (await pat.get(f"/v1/partner_invitations/{token}")).json()
        accepted = await pat.post(f"/v1/partner_invitations/{token}/accept")
        again = [
            await pat.get(f"/v1/partner_invitations/{token}"),
            await pat.post(f"/v1/partner_invitations/{token}/accept"),
            await pat.post(f"/v1/partner_invitations/{token}/decline"),
            await pat.get("/v1/partner_invitations/unknown"),
        ]
    assert (shown["consortium"], shown["name"]) == (made["name"], "Pat Partner")
    assert shown["coordinator"] == made["partners"][0]["organisation"]["legal_name"]
    assert accepted.json()["state"] == "accepted"
    assert [a.status_code for a in again] == [404] * 4
    plain = [{**a.json(), "instance": ""} for a in again]
    assert plain == [plain[0]] * 4
    assert (await lead.get(f"/partners/{asked['id']}")).json()["state"] == "accepted"


async def test_a_link_lapses_and_another_may_be_sent(world: World) -> None:
    stage, lead = await open_stage(world), await person(world, "lead")
    made = await consortium(lead, stage)
    asked = await invited(lead, made["id"], "pat@example.org")
    first = await token_to(world, "pat@example.org")
    async with world.sessions() as session, session.begin():
        await session.execute(update(Partner).values(invited_until=machine_now() - timedelta(seconds=1)))
    async with world.client() as pat:
        assert (await pat.post(f"/v1/partner_invitations/{first}/accept")).status_code == 404
        await lead.make(f"/partners/{asked['id']}/invite_again")
        assert (await pat.post(f"/v1/partner_invitations/{first}/accept")).status_code == 404
        second = await token_to(world, "pat@example.org")
        declined = await pat.post(f"/v1/partner_invitations/{second}/decline")
    assert (first != second, declined.json()["state"]) == (True, "declined")


async def test_who_is_invited_sees_nothing_before_accepting_or_after_removal(
    world: World,
) -> None:
    stage, lead = await open_stage(world), await person(world, "lead")
    made = await consortium(lead, stage)
    pat = await person(world, "pat")
    asked = await invited(lead, made["id"], pat.email)
    path = f"/consortia/{made['id']}"
    assert (await lead.get(path)).status_code == 200
    assert (await pat.get(path)).status_code == 404
    async with world.client() as anyone:
        await anyone.post(f"/v1/partner_invitations/{await token_to(world, pat.email)}/accept")
    assert (await pat.get(path)).status_code == 200
    assert (await lead.make(f"/partners/{asked['id']}/remove"))["state"] == "removed"
    assert (await pat.get(path)).status_code == 404
    assert (await pat.get("/partners")).json()["items"] == []
    async with world.sessions() as session:
        ended = await session.scalar(select(Person.until).where(Person.account_id == pat.id))
    assert ended is not None


async def test_a_partner_leaves_and_is_out_at_once_but_the_coordinator_stays(world: World) -> None:
    stage, lead = await open_stage(world), await person(world, "lead")
    made = await consortium(lead, stage)
    pat, part = await partner(world, lead, made["id"])
    assert (await pat.make(f"/partners/{part['id']}/leave"))["state"] == "left"
    assert (await pat.get(f"/consortia/{made['id']}")).status_code == 404
    refused = await lead.post(f"/partners/{made['partners'][0]['id']}/leave")
    assert [r["code"] for r in refused.json()["reasons"]] == ["coordinates"]


async def test_editing_a_signed_part_voids_the_signature(world: World) -> None:
    stage, lead = await open_stage(world), await person(world, "lead")
    made = await consortium(lead, stage)
    pat, part = await partner(world, lead, made["id"])
    assert (await lead.post(f"/partners/{part['id']}/sign", declared(part))).status_code == 403
    signed = await pat.make(f"/partners/{part['id']}/sign", declared(part))
    assert signed["state"] == "signed"
    money = {"amount": "1200.50", "currency": "EUR"}
    edited = (await lead.patch(f"/partners/{part['id']}", {"requested": money}, signed["version"])).json()
    assert (edited["state"], edited["requested"]) == ("accepted", money)
    total = (await pat.get(f"/consortia/{made['id']}")).json()["requested"]
    assert total == money


async def test_a_partner_edits_its_own_part_alone_and_a_reader_none(world: World) -> None:
    stage, lead = await open_stage(world), await person(world, "lead")
    made = await consortium(lead, stage)
    pat, part = await partner(world, lead, made["id"])
    reader = await person(world, "reader")
    await give_part(world, part["id"], reader, "reader")
    change: dict[str, Any] = {"requested": {"amount": "1.00", "currency": "EUR"}}
    led = made["partners"][0]["id"]
    assert (await pat.get(f"/partners/{led}")).status_code == 200
    assert (await pat.patch(f"/partners/{led}", change, 1)).status_code == 403
    assert (await reader.get(f"/partners/{part['id']}")).status_code == 200
    assert (await reader.patch(f"/partners/{part['id']}", change, 1)).status_code == 403
    assert (await pat.patch(f"/partners/{part['id']}", change, 1)).status_code == 200


async def test_a_partner_invites_nobody(world: World) -> None:
    stage, lead = await open_stage(world), await person(world, "lead")
    made = await consortium(lead, stage)
    pat, _ = await partner(world, lead, made["id"])
    given = {"organisation_id": (await organisation(pat))["id"], "name": "X", "email": "x@example.org"}
    assert (await pat.post(f"/consortia/{made['id']}/partners", given)).status_code == 403
    stranger = await person(world, "stranger")
    assert (await stranger.post(f"/consortia/{made['id']}/partners", given)).status_code == 404


async def test_an_organisation_takes_part_once_at_a_time(world: World) -> None:
    stage, lead = await open_stage(world), await person(world, "lead")
    made = await consortium(lead, stage)
    given = {"organisation_id": (await organisation(lead))["id"], "name": "X", "email": "x@example.org"}
    first = await lead.make(f"/consortia/{made['id']}/partners", given)
    assert (await lead.post(f"/consortia/{made['id']}/partners", given)).status_code == 409
    await lead.make(f"/partners/{first['id']}/remove")
    assert (await lead.post(f"/consortia/{made['id']}/partners", given)).status_code == 201


async def test_an_account_that_becomes_active_takes_over_its_people(world: World) -> None:
    stage, lead = await open_stage(world), await person(world, "lead")
    made = await consortium(lead, stage)
    await invited(lead, made["id"], "New.Person@example.org")
    async with world.client() as new:
        await new.post(f"/v1/partner_invitations/{await token_to(world, 'new.person@example.org')}/accept")
        await new.post("/v1/auth/register", json={"email": "new.person@example.org"})
        link = await link_to(world, "new.person@example.org")
        chosen = {"link": link, "name": "New", "password": GOOD}
        signed_in = (await new.post("/v1/auth/activate", json=chosen)).json()
        new.headers["Authorization"] = f"Bearer {signed_in['access_token']}"
        assert (await new.get(f"/v1/consortia/{made['id']}")).status_code == 200


async def test_the_office_sees_no_consortium(world: World) -> None:
    stage, lead = await open_stage(world), await person(world, "lead")
    made = await consortium(lead, stage)
    office = await person(world, "office", "office")
    assert (await lead.get("/consortia")).json()["items"] != []
    assert (await office.get("/consortia")).json()["items"] == []
    assert (await office.get(f"/consortia/{made['id']}")).status_code == 404
