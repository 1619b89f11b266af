"""The industry consortium of a topic: who is named, who reads it, what it takes away (A-15, C-09, E-09)."""

from typing import Any
from uuid import uuid4

import pytest

from tests.build import Actor, committee, person, standing_call
from tests.conftest import World
from tests.decisions.build import organisation, proposal
from tests.evaluation.build import expert, in_evaluation, seated

pytestmark = pytest.mark.anyio


async def company(world: World, name: str) -> str:
    async with world.sessions() as session, session.begin():
        return str((await organisation(session, f"{name} {uuid4().hex[:6]}", None)).id)


async def named(office: Actor, topic: str, key: str, email: str, **more: Any) -> Any:
    body = {"organisation_id": key, "name": "A person", "email": email} | more
    return await office.post(f"/topics/{topic}/industry_members", body)


async def test_the_office_names_and_nobody_else(world: World) -> None:
    made, office = await standing_call(world), await person(world, "office", "office")
    topic, stranger = made["topic"]["id"], await person(world, "stranger")
    key, admin = await company(world, "Company"), await person(world, "admin", "admin")
    for who in (stranger, admin):
        assert (await named(who, topic, key, "a@example.org")).status_code == 403
    answer = await named(office, topic, key, "A@Example.org", leads=True)
    assert answer.status_code == 201
    member = answer.json()
    assert (member["email"], member["leads"]) == ("a@example.org", True)
    again = await named(office, topic, key, "b@example.org")
    assert "once-per-topic" in again.text
    assert again.status_code == 409
    lead = await named(office, topic, await company(world, "Other"), "b@example.org", leads=True)
    assert (lead.status_code, "one-lead-per-topic" in lead.text) == (409, True)
    assert (await stranger.get(f"/industry_members/{member['id']}")).status_code == 404


async def test_who_is_named_by_address_reads_the_others_until_the_end(world: World) -> None:
    made, office = await standing_call(world), await person(world, "office", "office")
    topic, first, other = made["topic"]["id"], await person(world, "first"), await person(world, "other")
    one = (await named(office, topic, await company(world, "One"), first.email)).json()
    two = (await named(office, topic, await company(world, "Two"), "two@example.org")).json()
    seen = (await first.get("/industry_members")).json()["items"]
    assert {each["id"] for each in seen} == {one["id"], two["id"]}
    tied = (await first.get("/me")).json()["relations"]
    assert [(tie["kind"], tie["id"]) for tie in tied] == [("industry", one["id"])]
    assert (await other.get("/industry_members")).json()["items"] == []
    replaced = await office.make(
        f"/industry_members/{one['id']}/replace", {"name": "O", "email": other.email}
    )
    assert replaced["email"] == other.email
    assert (await first.get("/industry_members")).json()["items"] == []
    assert len((await other.get("/industry_members")).json()["items"]) == 2
    await office.make(f"/industry_members/{one['id']}/end")
    assert (await other.get("/industry_members")).json()["items"] == []


async def test_an_officer_of_industry_runs_nothing_of_the_topic(world: World) -> None:
    """Interest subtracts before roles add: the topic's proposals are hidden, those of others are not."""
    made, apart = await standing_call(world), await standing_call(world)
    office, second = await person(world, "office", "office"), await person(world, "second", "office")
    _, (chair, *_) = await committee(world, "chair")
    here = await proposal(world, made, "1.00", await person(world, "one"))
    there = await proposal(world, apart, "1.00", await person(world, "two"))
    paths = [f"/proposals/{each.id}" for each in (here, there)]
    assert [(await second.get(path)).status_code for path in paths] == [200, 200]
    assert (await chair.get(f"/topic_stages/{made['topic_stage']['id']}")).json()["state"] == "scheduled"
    assert (
        await named(office, made["topic"]["id"], await company(world, "C"), second.email)
    ).status_code == 201
    assert [(await second.get(path)).status_code for path in paths] == [404, 200]
    listed = (await second.get("/proposals")).json()["items"]
    assert [each["id"] for each in listed] == [str(there.id)]
    more = await named(second, made["topic"]["id"], await company(world, "D"), "d@example.org")
    assert more.status_code == 403


async def test_a_reviewer_is_not_named_and_who_is_named_takes_no_seat(world: World) -> None:
    there = await in_evaluation(world)
    topic = str(there.id)
    ada, bob = await expert(there, "ada"), await expert(there, "bob")
    seat = await seated(there, ada, there.proposals[0])
    answer = await named(there.office, topic, await company(world, "Company"), ada.actor.email)
    assert [r["code"] for r in answer.json()["reasons"]] == ["is-its-expert"]
    key = await company(world, "Company")
    assert (await named(there.office, topic, key, bob.actor.email)).status_code == 201
    asked = {"proposal_id": there.proposals[0].id}
    refused = await there.office.post(f"/contracts/{bob.contract}/assignments", asked)
    assert [r["code"] for r in refused.json()["reasons"]] == ["D9"]
    assert (await ada.actor.get(f"/assignments/{seat}")).status_code == 200
