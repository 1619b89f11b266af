"""Corrigenda: an adopted text changes by a vote of its own, as a new version; the former is kept (T-07)."""

from typing import Any
from uuid import UUID

import pytest

from tests.build import EUR45M, TOPIC, Actor, adopted_topic, committee, heard, person, published_call, vote
from tests.conftest import World
from tests.consortia.build import consortium, give_part
from tests.topics.build import area, co_author, codes, draft, motion_on
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio
DRAFT: dict[str, Any] = {
    "changes": {"scope": "A wider scope.", "indicative_budget": {"amount": "50000000.00", "currency": "EUR"}},
    "note": "The scope left out children.",
    "touches": "scope",
}


async def drafted(office: Actor, topic: str, **more: Any) -> str:
    return str((await office.make(f"/topics/{topic}/corrigenda", DRAFT | more))["id"])


async def test_an_adopted_text_changes_by_vote_alone_and_the_former_is_kept(world: World) -> None:
    office = await person(world, "office", "office")
    body, members = await committee(world, "ann", "bob")
    found = await published_call(office, body, members)
    topic = found["topic"]["id"]
    path = f"/topics/{topic}"
    before = await is_there(office, path)
    key = await drafted(office, topic)
    assert (await is_there(office, path))["scope"] == before["scope"]
    await vote(office, body, members, "adopt_corrigendum", key)
    told = await is_there(office, f"/corrigenda/{key}")
    assert (told["state"], told["number"], told["edition"]) == ("adopted", 1, before["version"] + 1)
    async with world.client() as nobody:
        read = (await nobody.get(f"/v1{path}")).json()
        assert (read["scope"], read["version"]) == ("A wider scope.", before["version"] + 1)
        assert (read["indicative_budget"], read["impact"]) == (
            DRAFT["changes"]["indicative_budget"],
            TOPIC["impact"],
        )
        seen = (await nobody.get(f"/v1/corrigenda/{key}")).json()
        assert (seen["note"], seen["touches"], seen["changes"]) == (
            DRAFT["note"],
            "scope",
            DRAFT["changes"],
        )
        kept = (await nobody.get(f"/v1{path}/versions")).json()
        assert [(v["number"], v["adopted"]) for v in kept] == [(2, True), (3, True)]
        former = (await nobody.get(f"/v1{path}/versions/2")).json()
        assert former["fields"]["scope"] == TOPIC["scope"]
        changes = (await nobody.get(f"/v1{path}/comparison")).json()["changes"]
        assert changes == [
            {"field": "scope", "before": TOPIC["scope"], "after": "A wider scope."},
            {"field": "indicative_budget", "before": EUR45M, "after": DRAFT["changes"]["indicative_budget"]},
        ]
    second = await drafted(office, topic, changes={"scope": "Narrow again."}, touches="none")
    await vote(office, body, members, "adopt_corrigendum", second)
    told = await is_there(office, f"/corrigenda/{second}")
    assert (told["number"], told["edition"]) == (2, before["version"] + 2)


async def test_a_corrigendum_that_is_voted_down_changes_nothing(world: World) -> None:
    office = await person(world, "office", "office")
    body, (ann, bob) = await committee(world, "ann", "bob")
    topic = (await adopted_topic(office, body, [ann, bob]))["id"]
    before = await is_there(office, f"/topics/{topic}")
    key = await drafted(office, topic)
    motion = await motion_on(office, body, "adopt_corrigendum", key)
    await office.make(f"{motion}/put_to_vote")
    for member in (ann, bob):
        await member.make(f"{motion}/vote", {"choice": "no"})
    for act, body_of in (("withdraw", None), ("edit", {"note": "Other."})):
        answer = (
            await office.post(f"/corrigenda/{key}/{act}")
            if body_of is None
            else await office.patch(f"/corrigenda/{key}", body_of, 1)
        )
        assert await codes(answer) == [("being-voted-on", "")]
    await office.make(f"{motion}/reject")
    told = await is_there(office, f"/corrigenda/{key}")
    assert (told["state"], told["number"], told["edition"]) == ("not_adopted", None, None)
    assert await is_there(office, f"/topics/{topic}") == before
    again = await drafted(office, topic)
    await vote(office, body, [ann, bob], "adopt_corrigendum", again)
    assert (await is_there(office, f"/corrigenda/{again}"))["number"] == 1


async def test_what_a_corrigendum_may_say(world: World) -> None:
    office = await person(world, "office", "office")
    body, members = await committee(world, "ann")
    topic = (await adopted_topic(office, body, members))["id"]
    path = f"/topics/{topic}/corrigenda"
    for changes, reasons in (
        ({}, [("no-change", "/body/changes")]),
        ({"reference": "T-NEW"}, [("reference-stays", "/body/changes/reference")]),
        (
            {"impact": "", "duration_months": None, "architecture": ""},
            [
                ("impact-missing", "/body/changes/impact"),
                ("duration-months-missing", "/body/changes/duration_months"),
            ],
        ),
    ):
        assert sorted(await codes(await office.post(path, DRAFT | {"changes": changes}))) == sorted(reasons)
    for wrong in (
        {"note": ""},
        {"touches": "all"},
        {"changes": {"colour": "red"}},
        {"changes": {"title": ""}},
        {"changes": {"focus_area_ids": [await area(office)]}},
        {"changes": {"on_behalf_of": "A company."}},
    ):
        assert (await office.post(path, DRAFT | wrong)).status_code == 422
    key = await drafted(office, topic)
    for field, value in (("focus_area_ids", []), ("on_behalf_of", "A company.")):
        wrong = {"changes": {field: value}}
        assert (await office.patch(f"/corrigenda/{key}", wrong, 1)).status_code == 422
    assert await codes(await office.post(path, DRAFT)) == [("corrigendum-drafted", "/corrigenda")]
    edited = (await office.patch(f"/corrigenda/{key}", {"touches": "budget"}, 1)).json()
    assert (edited["touches"], edited["changes"], edited["note"]) == (
        "budget",
        DRAFT["changes"],
        DRAFT["note"],
    )
    edited = (await office.patch(f"/corrigenda/{key}", {"changes": {"impact": "More."}}, 2)).json()
    assert edited["changes"] == {"impact": "More."}
    assert (await office.patch(f"/corrigenda/{key}", {"note": "Late."}, 2)).status_code == 412
    assert (await office.make(f"/corrigenda/{key}/withdraw"))["state"] == "withdrawn"
    await drafted(office, topic)


async def test_a_corrigendum_is_of_an_adopted_text(world: World) -> None:
    office = await person(world, "office", "office")
    body, members = await committee(world, "ann")
    topic = (await draft(office))["id"]
    assert await codes(await office.post(f"/topics/{topic}/corrigenda", DRAFT)) == [("not-adopted", "")]
    await heard(world, topic)
    await office.make(f"/topics/{topic}/finalise")
    assert await codes(await office.post(f"/topics/{topic}/corrigenda", DRAFT)) == [("not-adopted", "")]
    await vote(office, body, members, "adopt_topic", topic)
    assert await codes(await office.post(f"/topics/{topic}/finalise")) == []
    await drafted(office, topic)


async def test_a_motion_names_a_drafted_corrigendum(world: World) -> None:
    office = await person(world, "office", "office")
    body, members = await committee(world, "ann")
    topic = (await adopted_topic(office, body, members))["id"]
    key = await drafted(office, topic)
    motion = await motion_on(office, body, "adopt_corrigendum", key)
    session = (await is_there(office, motion))["session_id"]
    asked = {"purpose": "adopt_corrigendum", "subject_id": topic, "text": "Adopt it."}
    refused = await office.post(f"/sessions/{session}/motions", asked)
    assert await codes(refused) == [("not-a-drafted-corrigendum", "/subject_id")]
    await office.make(f"/corrigenda/{key}/withdraw")
    refused = await office.post(f"{motion}/put_to_vote")
    assert await codes(refused) == [("not-a-drafted-corrigendum", "/subject_id")]


async def test_who_has_written_the_text_does_not_vote_on_its_change(world: World) -> None:
    office = await person(world, "office", "office")
    body, (ann, bob) = await committee(world, "ann", "bob")
    topic = (await draft(office))["id"]
    await co_author(world, office, topic, ann)
    await heard(world, topic)
    await office.make(f"/topics/{topic}/finalise")
    motion = await motion_on(office, body, "adopt_topic", topic)
    await office.make(f"{motion}/put_to_vote")
    await bob.make(f"{motion}/vote", {"choice": "yes"})
    await office.make(f"{motion}/adopt")
    motion = await motion_on(office, body, "adopt_corrigendum", await drafted(office, topic))
    await office.make(f"{motion}/put_to_vote")
    assert (await ann.post(f"{motion}/vote", {"choice": "yes"})).status_code == 403
    ballots = {b["account_id"]: b["recused"] for b in (await is_there(office, motion))["ballots"]}
    assert ballots == {str(ann.id): "Has written the draft.", str(bob.id): None}


async def test_a_drafted_corrigendum_is_hidden_from_all_who_do_not_make_it(world: World) -> None:
    """Whoever applies, an officer or a member of the committee among them, has no head start."""
    office = await person(world, "office", "office")
    applying = await person(world, "applying", "office")
    body, members = await committee(world, "ann", "bob")
    found = await published_call(office, body, members)
    part = found["topic_stage"]["id"]
    lead, stranger = await person(world, "lead"), await person(world, "stranger")
    key = await drafted(office, found["topic"]["id"])
    path = f"/corrigenda/{key}"
    for reader in (office, applying, *members):
        await is_there(reader, path)
    made = await consortium(lead, part)
    partners = (await is_there(lead, f"/partners?consortium_id={made['id']}"))["items"]
    await give_part(world, partners[0]["id"], applying, "contributor")
    await give_part(world, partners[0]["id"], members[1], "contributor")
    for reader in (lead, stranger, applying, members[1]):
        await is_hidden(reader, path)
        assert (await reader.get("/corrigenda")).json()["items"] == []
        assert (await reader.post(f"{path}/withdraw")).status_code == 404
    motion = await motion_on(office, body, "adopt_corrigendum", key)
    for reader in (applying, members[1]):
        await is_hidden(reader, motion)
    held = (await is_there(office, motion))["session_id"]
    asked = {"purpose": "adopt_corrigendum", "subject_id": key, "text": "Adopt it."}
    hidden = await applying.post(f"/sessions/{held}/motions", asked)
    nothing = await applying.post(f"/sessions/{held}/motions", asked | {"subject_id": str(UUID(int=1))})
    assert await codes(hidden) == await codes(nothing) == [("not-a-drafted-corrigendum", "/subject_id")]
    assert (await applying.post(f"/topics/{found['topic']['id']}/corrigenda", DRAFT)).status_code == 403
    await office.make(f"{motion}/put_to_vote")
    await members[0].make(f"{motion}/vote", {"choice": "yes"})
    await office.make(f"{motion}/adopt")
    for reader in (lead, stranger, applying, members[1]):
        assert (await is_there(reader, path))["note"] == DRAFT["note"]
