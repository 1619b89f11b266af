"""Ideas before they are handed in: unfinished, for oneself alone, then complete or withdrawn (T-01)."""

from typing import Any
from uuid import uuid4

import pytest

from tests.build import Actor, committee, person
from tests.conftest import World
from tests.topics.build import IDEA, area, codes, draft, idea, motion_on, sketch
from tests.walls import is_hidden, is_there, plain

pytestmark = pytest.mark.anyio
SOURCES = ("patient_need", "eu_priority", "industry_interest")
FIELDS = (*IDEA, "beneficiaries", "eu_priority_code", "industry_contribution", "on_behalf_of")


async def makers(world: World) -> list[Actor]:
    _, members = await committee(world, "ann", "bob")
    return [await person(world, role, role) for role in ("office", "auditor")] + members


async def test_a_sketch_may_say_nothing_yet_and_is_filled_in_later(world: World) -> None:
    who = await person(world, "proposer")
    made = await who.make("/topics/ideas", {})
    assert (made["state"], made["title"], made["focus_areas"]) == ("sketch", "", [])
    assert [action["name"] for action in made["actions"]] == ["edit", "submit_idea", "withdraw_idea"]
    path = f"/topics/{made['id']}"
    said = dict.fromkeys(FIELDS, "Said.") | {"focus_area_ids": [await area(who), await area(who, "vaccines")]}
    assert (await who.patch(path, said, 1)).status_code == 200
    read = await is_there(who, path)
    assert {name: read[name] for name in FIELDS} == dict.fromkeys(FIELDS, "Said.")
    assert [each["label"] for each in read["focus_areas"]] == ["Cancer", "Vaccines"]
    handed_in = await who.make(f"{path}/submit_idea")
    assert (handed_in["state"], handed_in["version"]) == ("idea", 2)
    assert (await who.post(f"{path}/submit_idea")).json()["type"] == "/problems/wrong-state"


async def test_every_missing_field_is_named_at_once(world: World) -> None:
    who = await person(world, "proposer")
    path = f"/topics/{(await who.make('/topics/ideas', {}))['id']}"
    lacks = [
        ("title-missing", "/title"),
        ("focus-area-missing", "/focus_area_ids"),
        ("challenge-missing", "/challenge"),
        ("impact-missing", "/impact"),
        ("source-missing", ""),
    ]
    assert await codes(await who.post(f"{path}/submit_idea")) == lacks
    offered = next(a for a in (await is_there(who, path))["actions"] if a["name"] == "submit_idea")
    assert [(reason["code"], reason["path"]) for reason in offered["blocked_by"]] == lacks


@pytest.mark.parametrize("source", SOURCES)
async def test_one_of_the_three_sources_is_enough(world: World, source: str) -> None:
    who = await person(world, "proposer")
    made = await sketch(who, **dict.fromkeys(SOURCES, ""))
    path = f"/topics/{made['id']}"
    assert await codes(await who.post(f"{path}/submit_idea")) == [("source-missing", "")]
    await who.patch(path, {source: "It comes from here."}, 1)
    assert (await who.make(f"{path}/submit_idea"))["state"] == "idea"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"title": "T", "impact": ""}, "impact-missing"),
        ({"focus_area_ids": []}, "focus-area-missing"),
        (dict.fromkeys(SOURCES, ""), "source-missing"),
    ],
)
async def test_what_is_handed_in_stays_complete(world: World, sent: dict[str, Any], code: str) -> None:
    who = await person(world, "proposer")
    path = f"/topics/{(await idea(who))['id']}"
    assert [found for found, _ in await codes(await who.patch(path, sent, 1))] == [code]
    assert (await who.patch(path, {"eu_priority": ""}, 1)).status_code == 200


async def test_a_sketch_is_there_for_its_proposer_alone(world: World) -> None:
    who, others = await person(world, "proposer"), await makers(world)
    path = f"/topics/{(await sketch(who))['id']}"
    others.append(await person(world, "stranger"))
    await is_there(who, path)
    for other in others:
        await is_hidden(other, path)
        for act in ("submit_idea", "withdraw_idea"):
            assert (await other.post(f"{path}/{act}")).status_code == 404
        assert (await other.patch(path, {"title": "Mine"}, 1)).status_code == 404
        assert (await other.get(f"{path}/similar")).status_code == 404
        assert (await other.post(f"{path}/screenings", {"score": 3, "reason": "R"})).status_code == 404
    async with world.client() as nobody:
        assert (await nobody.get(f"/v1{path}")).status_code == 404
    await who.make(f"{path}/submit_idea")
    for other in others[:-1]:
        await is_there(other, path)
    await is_hidden(others[-1], path)


async def test_who_is_an_officer_too_reads_and_hands_in_their_own(world: World) -> None:
    who = await person(world, "proposer", "office")
    path = f"/topics/{(await sketch(who))['id']}"
    assert "on_behalf_of" in await is_there(who, path)
    assert (await who.make(f"{path}/submit_idea"))["state"] == "idea"


async def test_a_motion_on_a_sketch_is_refused_as_one_on_nothing(world: World) -> None:
    who, office = await person(world, "proposer"), await person(world, "office", "office")
    body, _ = await committee(world, "ann")
    made, thought = await sketch(who), await idea(who)
    motion = await motion_on(office, body, "merge_idea", thought["id"], (await idea(who))["id"])
    session = (await is_there(office, motion))["session_id"]
    asked: dict[str, Any] = {"purpose": "screen_idea", "text": "Why."}
    told = [
        plain(await office.post(f"/sessions/{session}/motions", asked | {"subject_id": key}))
        for key in (made["id"], str(uuid4()))
    ]
    assert told[0] == told[1]
    asked |= {"purpose": "merge_idea", "subject_id": (await idea(who))["id"]}
    told = [
        plain(await office.post(f"/sessions/{session}/motions", asked | {"target_id": key}))
        for key in (made["id"], str(uuid4()))
    ]
    assert told[0] == told[1]
    assert told[0][1]["reasons"][0]["code"] == "no-target-to-merge-into"


async def test_a_withdrawn_sketch_was_never_there_and_a_withdrawn_idea_was(world: World) -> None:
    who, others = await person(world, "proposer"), await makers(world)
    unseen, seen = [f"/topics/{(await make(who))['id']}" for make in (sketch, idea)]
    for path in (unseen, seen):
        await who.make(f"{path}/withdraw_idea")
        read = await is_there(who, path)
        assert (read["state"], read["challenge"], read["actions"]) == ("withdrawn", IDEA["challenge"], [])
        assert (await who.patch(path, {"title": "After all"}, 1)).status_code == 409
    for other in others:
        await is_hidden(other, unseen)
        await is_there(other, seen)
    await is_hidden(await person(world, "stranger"), seen)


async def test_an_idea_that_is_voted_on_is_not_withdrawn(world: World) -> None:
    who, office = await person(world, "proposer"), await person(world, "office", "office")
    body, _ = await committee(world, "ann")
    made = await idea(who)
    motion = await motion_on(office, body, "screen_idea", made["id"])
    await office.make(f"{motion}/put_to_vote")
    path = f"/topics/{made['id']}"
    assert await codes(await who.post(f"{path}/withdraw_idea")) == [("being-voted-on", "")]
    await office.make(f"{motion}/adjourn", {"reason": "No quorum."})
    assert (await who.patch(path, {"title": "Better"}, 1)).status_code == 200
    assert (await who.make(f"{path}/withdraw_idea"))["state"] == "withdrawn"


async def test_who_stands_behind_an_idea_is_told_to_those_who_make_topics(world: World) -> None:
    who, office = await person(world, "proposer"), await person(world, "office", "office")
    made = await idea(who, on_behalf_of="PONDUS")
    path = f"/topics/{made['id']}"
    for reader in (who, office):
        assert (await is_there(reader, path))["on_behalf_of"] == "PONDUS"
    drafted = await draft(office)
    answer = await office.patch(f"/topics/{drafted['id']}", {"on_behalf_of": "PONDUS"}, drafted["version"])
    assert "PONDUS" in answer.text


async def test_a_focus_area_is_one_that_is_offered(world: World) -> None:
    who, office = await person(world, "proposer"), await person(world, "office", "office")
    made = await sketch(who)
    path = f"/topics/{made['id']}"
    key = await area(who)
    for wrong in ([str(uuid4())], [key, str(uuid4())]):
        refused = await who.patch(path, {"focus_area_ids": wrong}, 1)
        assert refused.status_code == 422
        assert [reason["path"] for reason in refused.json()["reasons"]] == ["/body/focus_area_ids"]
        assert (await who.post("/topics/ideas", {"focus_area_ids": wrong})).status_code == 422
    twice = await who.patch(path, {"focus_area_ids": [key, key]}, 1)
    assert [each["code"] for each in twice.json()["focus_areas"]] == ["cancer"]
    await office.make(f"/focus_areas/{key}/retire")
    kept = [key, await area(who, "vaccines")]
    assert (await who.patch(path, {"focus_area_ids": kept}, 2)).status_code == 200
    assert (await who.post("/topics/ideas", {"focus_area_ids": [key]})).status_code == 422
    assert (await who.patch(path, {"focus_area_ids": kept[1:]}, 3)).status_code == 200
    assert (await who.patch(path, {"focus_area_ids": kept}, 4)).status_code == 422


async def test_the_office_keeps_the_vocabulary_and_everybody_reads_it(world: World) -> None:
    who, office = await person(world, "anyone"), await person(world, "office", "office")
    term = {"scheme": "imi", "code": "obesity", "label": "Obesity"}
    assert (await who.post("/focus_areas", term)).status_code == 403
    path = f"/focus_areas/{(await office.make('/focus_areas', term))['id']}"
    again = await office.post("/focus_areas", term)
    assert [code for code, _ in await codes(again)] == ["uq-focus-area-code-once-per-scheme"]
    assert (await office.post("/focus_areas", term | {"code": "Obesity!"})).status_code == 422
    changed = await office.patch(path, {"label": "Obesity and its complications"}, 1)
    assert (changed.status_code, (await is_there(who, path))["label"]) == (200, changed.json()["label"])
    await office.make(f"{path}/retire")
    assert (await is_there(who, path))["state"] == "retired"
    assert (await office.patch(path, {"label": "Again"}, 2)).status_code == 409
    assert (await office.make("/focus_areas", term))["state"] == "active"
    async with world.client() as nobody:
        assert (await nobody.get(f"/v1{path}")).status_code == 404


async def test_a_title_is_left_out_or_says_something(world: World) -> None:
    """The same when an idea is begun and when it is changed."""
    who = await person(world, "proposer")
    assert (await who.post("/topics/ideas", {"title": ""})).status_code == 422
    made = await who.make("/topics/ideas", {})
    assert made["title"] == ""
    assert (await who.patch(f"/topics/{made['id']}", {"title": ""}, 1)).status_code == 422
