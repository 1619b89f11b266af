"""The coordination goes to another partner: offered by the one, taken by the other, never held by two."""

import pytest
from sqlalchemy import func, select

from app.consortia.models import Partner
from tests.build import Actor, person
from tests.conftest import World
from tests.consortia.build import close, consortium, joins, open_stage, partner, sent
from tests.proposals.build import Applied, ready
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio


async def part_of(who: Actor, applied: Applied) -> str:
    """The id of the partner that somebody is the contact of."""
    listed = await who.get(f"/partners?consortium_id={applied.consortium['id']}")
    for item in listed.json()["items"]:
        read = (await who.get(f"/partners/{item['id']}")).json()
        if who.email in [one["email"] for one in read["people"]]:
            return str(item["id"])
    raise AssertionError("acts for no partner")


async def coordinators(world: World, applied: Applied) -> int:
    async with world.sessions() as session:
        mine = (Partner.consortium_id == applied.consortium["id"], Partner.coordinates)
        return await session.scalar(select(func.count()).select_from(Partner).where(*mine)) or 0


async def test_rights_follow_at_once_when_it_is_taken(world: World) -> None:
    applied = await world.prepared(ready)
    lead, pat = applied.lead, applied.fellows[0]
    theirs, own = await part_of(pat, applied), applied.consortium["partners"][0]["id"]
    assert (await pat.post(f"{applied.path}/submit")).status_code == 403
    read = await lead.make(f"/partners/{theirs}/offer_coordination")
    assert read["coordination_offered_at"] is not None
    assert (await pat.post(f"{applied.path}/submit")).status_code == 403
    waiting = (await pat.get("/me")).json()["waiting"]
    assert [(w["kind"], w["id"]) for w in waiting] == [("coordinate", theirs)]
    taken = await pat.make(f"/partners/{theirs}/take_coordination")
    assert (taken["coordinates"], taken["coordination_offered_at"]) == (True, None)
    assert (await is_there(lead, f"/partners/{own}"))["coordinates"] is False
    assert (await lead.post(f"{applied.path}/submit")).status_code == 403
    invitation = {"organisation_id": own, "name": "X", "email": "x@example.org"}
    assert (await lead.post(f"/consortia/{applied.consortium['id']}/partners", invitation)).status_code == 403
    await pat.make(f"{applied.path}/submit")
    assert await coordinators(world, applied) == 1
    assert [mail.recipient for mail in await sent(world, "coordination")] == sorted([lead.email, pat.email])
    assert (await lead.make(f"/partners/{own}/leave"))["state"] == "left"
    await is_hidden(lead, applied.path)


async def test_the_deputies_of_the_former_are_contributors(world: World) -> None:
    applied = await world.prepared(ready)
    own, dep = applied.consortium["partners"][0]["id"], await person(world, "deputy")
    await joins(world, applied.lead, own, dep, "deputy_contact")
    await dep.make(f"{applied.path}/submit")
    theirs = await part_of(applied.fellows[0], applied)
    await applied.lead.make(f"/partners/{theirs}/offer_coordination")
    await applied.fellows[0].make(f"/partners/{theirs}/take_coordination")
    assert (await dep.post(f"{applied.path}/submit")).status_code == 403
    people = (await is_there(dep, f"/partners/{own}"))["people"]
    assert sorted(p["part"] for p in people) == ["contact", "contributor"]


async def test_an_offer_is_declined_or_withdrawn_and_then_not_taken(world: World) -> None:
    applied = await world.prepared(ready)
    lead, pat = applied.lead, applied.fellows[0]
    theirs = await part_of(pat, applied)
    for who, act in ((pat, "decline_coordination"), (lead, "withdraw_offer")):
        await lead.make(f"/partners/{theirs}/offer_coordination")
        assert (await who.make(f"/partners/{theirs}/{act}"))["coordination_offered_at"] is None
        refused = await pat.post(f"/partners/{theirs}/take_coordination")
        assert [r["code"] for r in refused.json()["reasons"]] == ["not-offered"]
    await lead.make(f"{applied.path}/submit")


async def test_it_is_offered_to_one_at_a_time_and_taken_by_nobody_else(world: World) -> None:
    applied = await world.prepared(ready)
    lead, (pat, kim) = applied.lead, applied.fellows
    one, other = await part_of(pat, applied), await part_of(kim, applied)
    own, stranger = applied.consortium["partners"][0]["id"], await person(world, "stranger")
    assert (await pat.post(f"/partners/{other}/offer_coordination")).status_code == 403
    assert (await stranger.post(f"/partners/{one}/offer_coordination")).status_code == 404
    refused = await lead.post(f"/partners/{own}/offer_coordination")
    assert [r["code"] for r in refused.json()["reasons"]] == ["coordinates"]
    await lead.make(f"/partners/{one}/offer_coordination")
    twice = await lead.post(f"/partners/{other}/offer_coordination")
    assert (twice.status_code, twice.json()["reasons"][0]["code"]) == (
        409,
        "uq-partner-coordination-offered-once",
    )
    assert (await lead.post(f"/partners/{one}/take_coordination")).status_code == 403
    assert (await kim.post(f"/partners/{one}/take_coordination")).status_code == 403
    refused = await kim.post(f"/partners/{other}/take_coordination")
    assert [r["code"] for r in refused.json()["reasons"]] == ["not-offered"]


async def test_it_is_not_offered_to_one_that_is_out_nor_kept_by_one_that_goes(world: World) -> None:
    applied = await world.prepared(ready)
    lead, (pat, kim) = applied.lead, applied.fellows
    one, other = await part_of(pat, applied), await part_of(kim, applied)
    await lead.make(f"/partners/{one}/offer_coordination")
    await pat.make(f"/partners/{one}/leave")
    assert (await pat.post(f"/partners/{one}/take_coordination")).status_code == 403
    refused = await lead.post(f"/partners/{one}/offer_coordination")
    assert (refused.status_code, refused.json()["detail"][:7]) == (409, "To offe")
    await lead.make(f"/partners/{other}/offer_coordination")


async def test_it_is_neither_offered_nor_taken_after_the_deadline(world: World) -> None:
    stage, lead = await open_stage(world), await person(world, "lead")
    made = await consortium(lead, stage)
    pat, part = await partner(world, lead, made["id"])
    await lead.make(f"/partners/{part['id']}/offer_coordination")
    await close(world)
    for who, act in ((pat, "take_coordination"), (lead, "offer_coordination")):
        refused = await who.post(f"/partners/{part['id']}/{act}")
        assert "deadline-passed" in [r["code"] for r in refused.json()["reasons"]]
