"""Two officers merge what is the same; what pointed to the one points to the other, and history stays."""

from typing import Any

import pytest
from sqlalchemy import select

from app.core.audit import AuditEvent
from tests.build import Actor, person
from tests.conftest import World
from tests.consortia.build import consortium, declared, invited, open_stage, organisation, partner
from tests.proposals.build import submitted, under_check

pytestmark = pytest.mark.anyio


async def officers(world: World) -> tuple[Actor, Actor]:
    return await person(world, "office", "office"), await person(world, "other", "office")


async def merge(office: Actor, other: Actor, one: Any, into: Any) -> dict[str, Any]:
    """Both officers do it; the one that was merged."""
    path, sent = f"/organisations/{one['id']}/merge", {"into_id": into["id"]}
    assert (await office.post(path, sent)).status_code == 202
    return await other.make(path, sent)


async def events(world: World, entity: str, key: str) -> list[tuple[str, bool]]:
    async with world.sessions() as session:
        wanted = select(AuditEvent).where(AuditEvent.entity == entity, AuditEvent.entity_id == key)
        return [(e.act, e.by_system) for e in await session.scalars(wanted.order_by(AuditEvent.seq))]


async def test_the_names_go_to_the_one_that_stays_and_the_other_reads_as_merged(world: World) -> None:
    office, other = await world.prepared(officers)
    somebody = await person(world, "somebody")
    stays = await organisation(somebody, legal_name="Harbour Institute", short_name="HI", aliases=["Port"])
    gone = await organisation(
        somebody, legal_name="Harbor Inst.", short_name="Hi", aliases=["Haven", "PORT"], pic="999999999"
    )
    read = await merge(office, other, gone, stays)
    assert (read["state"], read["merged_into"]["id"], read["actions"]) == ("merged", stays["id"], [])
    assert (read["legal_name"], read["pic"], read["duplicates"]) == ("Harbor Inst.", "999999999", [])
    shown = (await somebody.get(f"/organisations/{gone['id']}")).json()
    assert (shown["state"], shown["merged_into"]["legal_name"]) == ("merged", "Harbour Institute")
    kept = (await somebody.get(f"/organisations/{stays['id']}")).json()
    assert kept["aliases"] == ["Port", "Harbor Inst.", "Haven"]
    assert (kept["version"], kept["pic"], kept["duplicates"]) == (2, None, [])
    found = (await somebody.get("/organisations/suggestions", params={"q": "haven"})).json()["items"]
    assert [(one["id"], one["found_by"]) for one in found] == [(stays["id"], "Haven")]
    by_code = await somebody.get("/organisations/suggestions", params={"q": "999999999"})
    assert by_code.json()["items"] == []
    assert await events(world, "organisation", gone["id"]) == [("register", False), ("merge", False)]
    assert await events(world, "organisation", stays["id"]) == [("register", False), ("take_names", True)]


async def test_a_chain_of_merges_leads_straight_to_the_one_that_stays(world: World) -> None:
    office, other = await world.prepared(officers)
    first, second, third = [await organisation(office, legal_name=name) for name in ("Ash", "Birch", "Cedar")]
    await merge(office, other, first, second)
    await merge(office, other, second, third)
    for one in (first, second):
        read = (await office.get(f"/organisations/{one['id']}")).json()
        assert read["merged_into"]["id"] == third["id"]
    assert (await office.get(f"/organisations/{third['id']}")).json()["aliases"] == ["Birch", "Ash"]


async def test_partners_are_of_the_one_that_stays_and_their_part_is_as_it_was(world: World) -> None:
    office, other = await world.prepared(officers)
    stage, lead = await open_stage(world), await person(world, "lead")
    made = await consortium(lead, stage)
    who, part = await partner(world, lead, made["id"])
    signed = await who.make(f"/partners/{part['id']}/sign", declared(part))
    stays = await organisation(lead, "FR", legal_name="The one that stays")
    await merge(office, other, signed["organisation"], stays)
    read = (await who.get(f"/partners/{part['id']}")).json()
    assert (read["organisation"]["id"], read["state"], read["version"]) == (
        stays["id"], "signed", signed["version"],
    )  # fmt: skip
    assert (await events(world, "partner", part["id"]))[-1] == ("follow_merge", True)


async def test_a_proposal_that_was_handed_in_is_checked_with_the_one_that_stays(world: World) -> None:
    office, other = await world.prepared(officers)
    applied = await submitted(world)
    await under_check(world)
    parts = (await applied.lead.get(f"/consortia/{applied.consortium['id']}")).json()["partners"]
    stays = await organisation(office, "US", legal_name="The one that stays")
    await merge(office, other, parts[-1]["organisation"], stays)
    read = await office.make(f"{applied.path}/check")
    (countries,) = [c["inputs"]["countries"] for c in read["checks"] if c["rule"] == "E-02"]
    assert countries["The one that stays"] == "US"
    assert len(countries) == len(parts)


async def test_an_expert_is_employed_by_the_one_that_stays(world: World) -> None:
    office, other = await world.prepared(officers)
    one, into = await organisation(office), await organisation(office)
    employed = {"account_id": str((await person(world, "expert")).id), "organisation_id": one["id"]}
    expert = await office.make("/experts", employed)
    await merge(office, other, one, into)
    assert (await office.get(f"/experts/{expert['id']}")).json()["organisation_id"] == into["id"]
    refused = await office.patch(f"/experts/{expert['id']}", {"organisation_id": one["id"]}, 1)
    assert (refused.status_code, refused.json()["reasons"][0]["code"]) == (409, "merged-organisation")


async def test_two_parts_in_one_consortium_are_not_made_one(world: World) -> None:
    office, other = await world.prepared(officers)
    stage, lead = await open_stage(world), await person(world, "lead")
    made = await consortium(lead, stage)
    first = await invited(lead, made["id"], "a@example.org")
    second = await invited(lead, made["id"], "b@example.org")
    path = f"/organisations/{first['organisation']['id']}/merge"
    sent = {"into_id": second["organisation"]["id"]}
    assert (await office.post(path, sent)).status_code == 202
    refused = await other.post(path, sent)
    assert (refused.status_code, refused.json()["reasons"][0]["code"]) == (409, "both-take-part")
    assert (await office.get(path.removesuffix("/merge"))).json()["state"] == "registered"
    assert made["name"] not in refused.text
    await lead.make(f"/partners/{first['id']}/remove")
    assert (await other.make(path, sent))["state"] == "merged"


async def test_nothing_is_formed_nor_invited_with_what_was_merged(world: World) -> None:
    office, other = await world.prepared(officers)
    stage, lead = await open_stage(world), await person(world, "lead")
    one, into = await organisation(lead), await organisation(lead, legal_name="The one that stays")
    await merge(office, other, one, into)
    refused = await lead.post(f"/topic_stages/{stage}/consortia", {"name": "C", "organisation_id": one["id"]})
    assert refused.status_code == 409
    assert [(r["code"], r["path"]) for r in refused.json()["reasons"]] == [
        ("merged-organisation", "/body/organisation_id")
    ]
    assert "The one that stays" in refused.json()["reasons"][0]["text"]
    for act, sent in (("merge", {"into_id": into["id"]}), ("validate", None), ("reopen", {"reason": "R."})):
        answer = await office.post(f"/organisations/{one['id']}/{act}", sent)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/wrong-state")
    edited = await office.patch(f"/organisations/{one['id']}", {"short_name": "S"}, 1)
    assert (edited.status_code, edited.json()["type"]) == (409, "/problems/wrong-state")


async def test_a_merge_into_itself_into_nothing_or_into_what_was_merged_is_refused(world: World) -> None:
    office, other = await world.prepared(officers)
    one, gone, into = [await organisation(office) for _ in range(3)]
    await merge(office, other, gone, into)
    path = f"/organisations/{one['id']}/merge"
    itself = await office.post(path, {"into_id": one["id"]})
    assert (itself.status_code, itself.json()["reasons"][0]["code"]) == (409, "itself")
    for sent, status, code in (
        (str((await person(world, "nothing")).id), 422, "no-such-organisation"),
        (gone["id"], 409, "merged-organisation"),
    ):
        assert (await office.post(path, {"into_id": sent})).status_code == 202
        refused = await other.post(path, {"into_id": sent})
        assert (refused.status_code, refused.json()["reasons"][0]["code"]) == (status, code)
    assert (await office.get(f"/organisations/{one['id']}")).json()["state"] == "registered"
    assert (await office.post(path, {"into_id": "x"})).status_code == 422


async def test_one_officer_alone_or_anybody_else_merges_nothing(world: World) -> None:
    office, _ = await world.prepared(officers)
    one, into = await organisation(office), await organisation(office)
    path, sent = f"/organisations/{one['id']}/merge", {"into_id": into["id"]}
    assert (await office.post(path, sent)).status_code == 202
    assert (await office.post(path, sent)).status_code == 409
    for role in ((), ("signatory",), ("admin",), ("auditor",), ("observer",)):
        assert (await (await person(world, "else", *role)).post(path, sent)).status_code == 403
    async with world.client() as anyone:
        assert (await anyone.post(f"/v1{path}", json=sent)).status_code == 404
    assert (await office.get(f"/organisations/{one['id']}")).json()["state"] == "registered"
