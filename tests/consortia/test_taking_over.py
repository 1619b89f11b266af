"""A part that goes to another organisation; what a partner that has left still reads."""

import pytest

from app.consortia.budget.rules import FIGURES
from tests.build import person
from tests.conftest import World
from tests.consortia.build import (
    close,
    consortium,
    give_part,
    open_stage,
    organisation,
    partner,
    sent,
    signed,
)
from tests.consortia.test_coordination import part_of
from tests.consortia.test_merging import events
from tests.proposals.build import pdf, ready, submitted, under_check, upload
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio


async def test_the_part_goes_over_and_is_signed_anew(world: World) -> None:
    applied = await world.prepared(submitted)
    pat = applied.fellows[0]
    was, new = await part_of(pat, applied), await organisation(pat, "ES")
    money = {"amount": "1200.50", "currency": "EUR"}
    figures = dict.fromkeys(FIGURES, money) | {"self_financed": True}
    assert (await pat.patch(f"/partners/{was}", figures, 1)).status_code == 200
    await signed(pat, was)
    given = {"organisation_id": new["id"]}
    assert (await pat.make(f"/partners/{was}/transfer", given))["state"] == "transferred"
    partners = (await is_there(pat, f"/consortia/{applied.consortium['id']}"))["partners"]
    (now,) = [p for p in partners if p["organisation"]["id"] == new["id"]]
    assert (now["state"], now["coordinates"]) == ("accepted", False)
    part = await is_there(pat, f"/partners/{now['id']}")
    assert {name: part[name] for name in figures} == figures
    people = (await is_there(pat, f"/partners/{now['id']}"))["people"]
    assert [(p["email"], p["part"], p["until"]) for p in people] == [(pat.email, "contact", None)]
    assert await events(world, "partner", was) == [
        ("invite", False), ("accept", False), ("edit", False), ("sign", False), ("transfer", False),
    ]  # fmt: skip
    assert await events(world, "partner", now["id"]) == [("take_over", True)]
    assert (await signed(pat, now["id"]))["state"] == "signed"


async def test_what_was_handed_in_is_checked_with_who_was_in_it(world: World) -> None:
    applied, office = await submitted(world), await person(world, "office", "office")
    pat = applied.fellows[0]
    given = {"organisation_id": (await organisation(pat, "DE"))["id"]}
    await pat.make(f"/partners/{await part_of(pat, applied)}/transfer", given)
    await under_check(world)
    checks = (await office.make(f"{applied.path}/check"))["checks"]
    assert [c["passed"] for c in checks if c["rule"] == "E-02"] == [True]


async def test_the_coordinating_part_goes_over_and_still_coordinates(world: World) -> None:
    applied = await ready(world)
    (own,) = applied.consortium["partners"]
    given = {"organisation_id": (await organisation(applied.lead))["id"]}
    await applied.lead.make(f"/partners/{own['id']}/transfer", given)
    await applied.lead.make(f"{applied.path}/submit")
    after = (await applied.lead.get(f"/consortia/{applied.consortium['id']}")).json()["partners"]
    leads = [
        (p["organisation"]["id"], p["state"]) for p in after if p["coordinates"] and p["id"] != own["id"]
    ]
    assert leads == [(given["organisation_id"], "accepted")]


async def test_what_cannot_be_taken_over(world: World) -> None:
    stage, lead = await open_stage(world), await person(world, "lead")
    made = await consortium(lead, stage)
    pat, part = await partner(world, lead, made["id"])
    kim, other = await partner(world, lead, made["id"])
    path, own = f"/partners/{part['id']}/transfer", made["partners"][0]
    for organisation_id, status, code in (
        (part["organisation"]["id"], 409, "same-organisation"),
        (own["organisation"]["id"], 409, "uq-partner-organisation-once"),
        (stage, 422, "no-such-organisation"),
    ):
        refused = await lead.post(path, {"organisation_id": organisation_id})
        assert (refused.status_code, refused.json()["reasons"][0]["code"]) == (status, code)
    given = {"organisation_id": (await organisation(lead))["id"]}
    assert (await kim.post(path, given)).status_code == 403
    assert (await (await person(world, "stranger")).post(path, given)).status_code == 404
    reader = await person(world, "reader")
    await give_part(world, part["id"], reader, "contributor")
    assert (await reader.post(path, given)).status_code == 403
    assert (await is_there(pat, f"/partners/{part['id']}"))["state"] == "accepted"
    await close(world)
    refused = await pat.post(path, given)
    assert [r["code"] for r in refused.json()["reasons"]] == ["deadline-passed"]
    assert (await is_there(kim, f"/partners/{other['id']}"))["state"] == "accepted"


async def test_who_left_keeps_reading_its_own_part_and_nothing_else(world: World) -> None:
    applied = await world.prepared(submitted)
    pat, (own,) = applied.fellows[0], applied.consortium["partners"]
    mine = await part_of(pat, applied)
    before = await is_there(pat, f"/partners/{mine}")
    hidden = (f"/consortia/{applied.consortium['id']}", f"/partners/{own['id']}", applied.path)
    for path in (*hidden, f"{applied.path}/sealed/1", f"{applied.path}/sections/impact"):
        await is_there(pat, path)
    await pat.make(f"/partners/{mine}/leave")
    after = await is_there(pat, f"/partners/{mine}")
    assert (after["state"], after["actions"]) == ("left", [])
    assert [after[name] for name in ("organisation", "requested")] == [
        before[name] for name in ("organisation", "requested")
    ]
    for path in hidden:
        await is_hidden(pat, path)
    for path in (f"{applied.path}/sealed/1", f"{applied.path}/sections/impact"):
        assert (await pat.get(path)).status_code == 404
    assert (await pat.patch(f"/partners/{mine}", {}, after["version"])).status_code == 403
    assert [item["id"] for item in (await pat.get("/partners")).json()["items"]] == [mine]


async def test_who_was_ended_before_the_partner_left_reads_nothing_of_it(world: World) -> None:
    stage, lead = await open_stage(world), await person(world, "lead")
    made = await consortium(lead, stage)
    pat, part = await partner(world, lead, made["id"])
    jo = await person(world, "jo")
    await give_part(world, part["id"], jo, "contributor")
    await is_there(jo, f"/partners/{part['id']}")
    await jo.post(f"/partners/{part['id']}/step_out")
    await pat.make(f"/partners/{part['id']}/leave")
    await is_there(pat, f"/partners/{part['id']}")
    await is_hidden(jo, f"/partners/{part['id']}")


async def test_who_left_keeps_the_receipts_of_what_it_was_in(world: World) -> None:
    applied = await world.prepared(submitted)
    (pat, kim), lead = applied.fellows, applied.lead
    mine, theirs = await part_of(pat, applied), await part_of(kim, applied)
    whole = (await is_there(lead, applied.path))["receipt"]
    await pat.make(f"/partners/{mine}/leave")
    await lead.make(f"{applied.path}/submit")
    assert (await is_there(pat, f"/partners/{mine}/receipts"))["items"] == [whole]
    kept = (await is_there(kim, f"/partners/{theirs}/receipts"))["items"]
    assert [one["number"] for one in kept] == [1, 2]
    assert (await lead.get(f"/partners/{mine}")).status_code == 200
    for who, key in ((lead, mine), (kim, mine), (pat, theirs)):
        assert (await who.get(f"/partners/{key}/receipts")).status_code == 404
    await lead.make(f"/partners/{theirs}/remove")
    assert (await kim.get(f"/partners/{theirs}/receipts")).status_code == 404


async def test_a_partner_reads_no_receipt_of_what_it_was_not_in(world: World) -> None:
    applied = await world.prepared(submitted)
    pat, part = await partner(world, applied.lead, applied.consortium["id"], "ES")
    assert (await is_there(pat, f"/partners/{part['id']}/receipts"))["items"] == []
    await applied.lead.make(f"{applied.path}/submit")
    items = (await is_there(pat, f"/partners/{part['id']}/receipts"))["items"]
    assert [one["number"] for one in items] == [2]


@pytest.mark.parametrize("act", ["leave", "remove"])
async def test_who_is_out_reads_no_document_and_gets_no_mail_any_more(world: World, act: str) -> None:
    applied = await world.prepared(submitted)
    (pat, _), lead = applied.fellows, applied.lead
    mine = await part_of(pat, applied)
    faces = (
        f"{applied.path}/documents/part_b", f"{applied.path}/sealed/1/documents/part_b",
        f"{applied.path}/sealed/1", f"{applied.path}/sections/impact",
    )  # fmt: skip
    for path in faces:
        assert (await pat.get(path)).status_code == 200
    assert [mail.recipient for mail in await sent(world, "receipt")].count(pat.email) == 1
    await {"leave": pat, "remove": lead}[act].make(f"/partners/{mine}/{act}")
    for path in faces:
        assert (await pat.get(path)).status_code == 404
    for plural in ("consortia", "proposals"):
        assert (await pat.get(f"/{plural}")).json()["items"] == []
    assert (await upload(pat, applied.id, pdf())).status_code == 404
    await lead.make(f"{applied.path}/submit")
    recipients = [mail.recipient for mail in await sent(world, "receipt")]
    assert (recipients.count(lead.email), recipients.count(pat.email)) == (2, 1)
