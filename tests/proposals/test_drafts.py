"""Writing a proposal together: who may, what is told to be missing, who sees it."""

import pytest
from sqlalchemy import update

from app.proposals.models import Section
from tests.build import committee, person
from tests.conftest import World
from tests.consortia.build import close, give_part
from tests.proposals.build import NO_ISSUE, SECTIONS, pdf, ready, started, upload

pytestmark = pytest.mark.anyio


async def test_a_draft_has_the_sections_of_the_rules_and_says_what_is_missing(world: World) -> None:
    applied = await world.prepared(started, countries=("DE",))
    read = (await applied.lead.get(applied.path)).json()
    assert (read["state"], read["acronym"], read["receipt"]) == ("draft", "SECRETUM", None)
    assert [(s["key"], s["characters"]) for s in read["sections"]] == [
        (key, 0) for key in ("ethics", *SECTIONS)
    ]
    head, _, digits = read["reference"].rpartition("-")
    assert (head.startswith("T-"), len(digits), digits.isdigit()) == (True, 6, True)
    submit = next(act for act in read["actions"] if act["name"] == "submit")
    assert [r["code"] for r in submit["blocked_by"]] == [
        "title-missing",
        "abstract-missing",
        "excellence-missing",
        "impact-missing",
        "implementation-missing",
        "part_b-missing",
        *(f"ethics-{issue}-missing" for issue in NO_ISSUE),
    ]
    refused = await applied.lead.post(f"{applied.path}/submit")
    assert (refused.status_code, len(refused.json()["reasons"])) == (409, 6 + len(NO_ISSUE))


async def test_a_consortium_has_one_proposal_and_says_so_before_it_is_tried(world: World) -> None:
    applied = await world.prepared(started, countries=("DE",))
    acts = (await applied.lead.get(f"/consortia/{applied.consortium['id']}")).json()["actions"]
    start = next(act for act in acts if act["name"] == "start")
    assert [r["code"] for r in start["blocked_by"]] == ["already-started"]
    again = await applied.lead.post(f"/consortia/{applied.consortium['id']}/proposals", {"acronym": "B"})
    assert again.status_code == 409


async def test_partners_write_sections_each_knowing_of_the_others_change(world: World) -> None:
    applied = await started(world, countries=("DE", "FR"))
    (pat,) = applied.fellows
    path = f"{applied.path}/sections/impact"
    assert (await pat.patch(path, {"text": "By Pat."}, 1)).status_code == 200
    stale = await applied.lead.patch(path, {"text": "By the lead."}, 1)
    assert (stale.status_code, stale.json()["current"]["answers"]["text"]) == (412, "By Pat.")
    read = await applied.lead.get(path)
    assert (read.json(), read.headers["ETag"]) == (
        {"key": "impact", "version": 2, "answers": {"text": "By Pat."}},
        '"2"',
    )
    assert (await pat.patch(f"{applied.path}/sections/nonsense", {"text": "x"}, 1)).status_code == 404


async def test_a_section_takes_as_many_characters_as_its_rule_says(world: World) -> None:
    applied = await world.prepared(started, countries=("DE",))
    path = f"{applied.path}/sections/impact"
    refused = await applied.lead.patch(path, {"text": "é" * 40_001}, 1)
    assert [r["code"] for r in refused.json()["reasons"]] == ["text-too-long"]
    assert (await applied.lead.patch(path, {"text": "é" * 40_000}, 1)).status_code == 200


async def test_a_partner_writes_but_neither_edits_nor_submits_and_a_deputy_does(world: World) -> None:
    applied = await world.prepared(ready, countries=("DE", "FR"))
    (pat,) = applied.fellows
    deputy, reader = await person(world, "deputy"), await person(world, "reader")
    lead_partner = applied.consortium["partners"][0]["id"]
    await give_part(world, lead_partner, deputy, "deputy_contact")
    await give_part(world, lead_partner, reader, "reader")
    version = (await pat.get(applied.path)).json()["version"]
    for who, edit, write, submit in ((reader, 403, 403, 403), (pat, 403, 200, 403), (deputy, 200, 200, 200)):
        assert (await who.get(applied.path)).status_code == 200
        section = (await who.get(f"{applied.path}/sections/impact")).json()
        answers = [
            await who.patch(applied.path, {"title": "Other"}, version),
            await who.patch(f"{applied.path}/sections/impact", {"text": "T."}, section["version"]),
            await who.post(f"{applied.path}/submit"),
        ]
        assert [a.status_code for a in answers] == [edit, write, submit]
    refused = await pat.post(f"{applied.path}/submit")
    told = "Only the coordinator or a deputy contact may submit this proposal."
    assert refused.json()["detail"] == told


async def test_a_draft_is_there_for_its_consortium_alone(world: World) -> None:
    applied = await world.prepared(ready, countries=("DE", "FR"))
    (pat,) = applied.fellows
    paths = [
        applied.path,
        f"{applied.path}/sections/impact",
        f"{applied.path}/documents/part_b",
    ]
    assert [(await pat.get(path)).status_code for path in paths] == [200, 200, 200]
    assert [i["acronym"] for i in (await pat.get("/proposals")).json()["items"]] == ["SECRETUM"]
    _, (member,) = await committee(world, "member")
    staff = [await person(world, role, role) for role in ("office", "auditor", "signatory", "admin")]
    for other in [*staff, member, await person(world, "stranger")]:
        hidden = [await other.get(path) for path in paths]
        assert [a.status_code for a in hidden] == [404, 404, 404]
        missing = await other.get(f"/proposals/{applied.topic_stage}")
        assert hidden[0].json() | {"instance": ""} == missing.json() | {"instance": ""}
        assert (await other.get("/proposals")).json()["items"] == []
        found = await other.get("/proposals", params={"state": "draft"})
        assert found.json()["items"] == []


async def test_nothing_is_written_after_the_deadline(world: World) -> None:
    applied = await world.prepared(ready, countries=("DE",))
    await close(world)
    lead, path = applied.lead, applied.path
    version = (await lead.get(path)).json()["version"]
    late = [
        await lead.patch(path, {"title": "Late"}, version),
        await lead.patch(f"{path}/sections/impact", {"text": "Late."}, 2),
        await upload(lead, applied.id, pdf()),
        await lead.post(f"{path}/submit"),
    ]
    assert [(a.status_code, a.json()["reasons"][0]["code"]) for a in late] == [(409, "deadline-passed")] * 4


async def test_blanks_are_no_text(world: World) -> None:
    applied = await world.prepared(ready, countries=("DE",))
    async with world.sessions() as session, session.begin():
        await session.execute(update(Section).where(Section.key == "impact").values(answers={"text": " \n"}))
    refused = await applied.lead.post(f"{applied.path}/submit")
    assert [r["code"] for r in refused.json()["reasons"]] == ["impact-missing"]


async def test_of_drafts_the_office_learns_how_many_there_are(world: World) -> None:
    applied = await world.prepared(started, countries=("DE",))
    office = await person(world, "office", "office")
    path = f"/topic_stages/{applied.topic_stage}/proposal_counts"
    assert (await office.get(path)).json() == {"drafts": 1, "handed_in": 0, "withdrawn": 0}
    assert (await applied.lead.get(path)).status_code == 404


async def test_a_key_that_no_text_can_hold_is_refused_quietly(world: World) -> None:
    applied = await world.prepared(started, countries=("DE",))
    for path in ("sections/%00", "documents/%00"):
        assert (await applied.lead.get(f"{applied.path}/{path}")).status_code in (404, 422)
