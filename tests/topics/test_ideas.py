"""Ideas: proposed by anyone, screened by vote, drafted or turned down (T-01, T-02, T-03)."""

import re

import pytest

from tests.build import TOPIC, Actor, committee, heard, person
from tests.conftest import World
from tests.topics.build import IDEA, OUTCOME, codes, draft, idea, mail_to, motion_on, screened
from tests.walls import is_there

pytestmark = pytest.mark.anyio


async def ballot_of(office: Actor, motion: str, who: Actor) -> tuple[str | None, str | None]:
    ballots = (await office.get(motion)).json()["ballots"]
    return next((b["recused"], b["choice"]) for b in ballots if b["account_id"] == str(who.id))


async def test_anyone_signed_in_proposes_an_idea_that_says_where_it_comes_from(world: World) -> None:
    who, office = await person(world, "proposer"), await person(world, "office", "office")
    made = await idea(who)
    assert made["state"] == "idea"
    assert re.fullmatch(r"IDEA-\d{6}", made["reference"])
    assert [action["name"] for action in made["actions"]] == ["edit", "withdraw_idea"]
    for reader in (who, office):
        read = await is_there(reader, f"/topics/{made['id']}")
        assert {name: read[name] for name in IDEA} == IDEA
    async with world.client() as nobody:
        assert (await nobody.post("/v1/topics/ideas", json=IDEA)).status_code == 401
    refused = await who.post("/topics/ideas", IDEA | {"reference": "IMI2-2020-21-01"})
    assert refused.status_code == 422


async def test_its_proposer_edits_an_idea_and_nobody_else(world: World) -> None:
    who, office = await person(world, "proposer"), await person(world, "office", "office")
    path = f"/topics/{(await idea(who))['id']}"
    assert (await office.patch(path, {"title": "Ours"}, 1)).status_code == 403
    changed = await who.patch(path, {"title": "Better", "eu_priority": "None."}, 1)
    assert (changed.status_code, changed.json()["title"], changed.json()["version"]) == (200, "Better", 2)


async def test_of_an_idea_only_its_own_fields_are_written(world: World) -> None:
    who = await person(world, "proposer")
    path = f"/topics/{(await idea(who))['id']}"
    refused = await who.patch(path, {"title": "T", "scope": "All.", "reference": "T-1"}, 1)
    assert await codes(refused) == [("not-of-an-idea", "/body/reference"), ("not-of-an-idea", "/body/scope")]
    assert (await who.get(path)).json()["title"] == IDEA["title"]


async def test_an_idea_voted_for_is_drafted_and_its_proposer_told_why(world: World) -> None:
    who, office = await person(world, "proposer"), await person(world, "office", "office")
    body, members = await committee(world, "ann", "bob")
    made = await idea(who)
    path = f"/topics/{made['id']}"
    await screened(office, body, members, made["id"], "yes")
    assert (await is_there(who, path))["state"] == "drafting"
    (mail,) = await mail_to(world, who, "idea_screened")
    for words in (
        made["reference"],
        IDEA["title"],
        "It is taken up",
        "Because patients ask for it.",
        OUTCOME["reason"],
    ):
        assert words in mail.text
    assert (await who.patch(path, {"title": "Mine"}, 1)).status_code == 403
    edited = await office.patch(path, TOPIC | {"reference": "IMI2-2030-01-01", "action_type": "CSA"}, 1)
    assert (edited.json()["reference"], edited.json()["action_type"]) == ("IMI2-2030-01-01", "CSA")
    await heard(world, made["id"])
    assert (await office.make(f"{path}/finalise"))["state"] == "final_draft"


async def test_an_idea_voted_down_ends_and_its_proposer_is_told_why(world: World) -> None:
    who, office = await person(world, "proposer"), await person(world, "office", "office")
    body, members = await committee(world, "ann", "bob")
    made = await idea(who)
    await screened(office, body, members, made["id"], "no")
    read = await is_there(who, f"/topics/{made['id']}")
    assert (read["state"], read["challenge"], read["actions"]) == ("rejected", IDEA["challenge"], [])
    (mail,) = await mail_to(world, who, "idea_screened")
    assert "It is not taken up." in mail.text
    assert "Because patients ask for it." in mail.text
    assert OUTCOME["reason"] in mail.text
    assert await mail_to(world, office, "idea_screened") == []


async def test_a_motion_names_what_its_purpose_is_about(world: World) -> None:
    office = await person(world, "office", "office")
    body, members = await committee(world, "ann")
    thought, drafted = await idea(await person(world, "proposer")), await draft(office)
    path = (await motion_on(office, body, "screen_idea", thought["id"])).rsplit("/", 1)[0]
    session = (await office.get(path)).json()["items"][0]["session_id"]
    for purpose, topic, code in (
        ("screen_idea", drafted["id"], "not-an-idea"),
        ("adopt_topic", drafted["id"], "not-a-final-draft"),
        ("adopt_topic", thought["id"], "not-a-final-draft"),
        ("screen_idea", str(members[0].id), "not-an-idea"),
    ):
        asked = {"purpose": purpose, "subject_id": topic, "text": "Why."}
        refused = await office.post(f"/sessions/{session}/motions", asked)
        assert await codes(refused) == [(code, "/subject_id")]


async def test_an_idea_is_screened_once(world: World) -> None:
    office, body_and = await person(world, "office", "office"), await committee(world, "ann")
    made = await idea(await person(world, "proposer"))
    await screened(office, *body_and, made["id"], "no")
    held = (await office.get("/motions")).json()["items"][0]["session_id"]
    asked = {"purpose": "screen_idea", "subject_id": made["id"], "text": "Again."}
    assert await codes(await office.post(f"/sessions/{held}/motions", asked)) == [
        ("not-an-idea", "/subject_id")
    ]


async def test_who_proposed_an_idea_counts_in_no_vote_on_it(world: World) -> None:
    office = await person(world, "office", "office")
    body, (ann, bob) = await committee(world, "ann", "bob")
    made = await idea(ann)
    path = f"/topics/{made['id']}"
    motion = await motion_on(office, body, "screen_idea", made["id"])
    await office.make(f"{motion}/put_to_vote")
    assert await ballot_of(office, motion, ann) == ("Proposed the idea.", None)
    assert (await ann.post(f"{motion}/vote", {"choice": "yes"})).status_code == 403
    await bob.make(f"{motion}/vote", {"choice": "yes"})
    await office.make(f"{motion}/adopt", OUTCOME)
    assert (await office.patch(path, TOPIC, 1)).status_code == 200
    await heard(world, made["id"])
    await office.make(f"{path}/finalise")
    motion = await motion_on(office, body, "adopt_topic", made["id"])
    await office.make(f"{motion}/put_to_vote")
    assert await ballot_of(office, motion, ann) == ("Proposed the idea.", None)
    assert await ballot_of(office, motion, bob) == (None, None)
    assert (await ann.post(f"{motion}/vote", {"choice": "yes"})).status_code == 403


async def test_a_text_rests_while_it_is_voted_on(world: World) -> None:
    who, office = await person(world, "proposer"), await person(world, "office", "office")
    body, _ = await committee(world, "ann")
    made = await idea(who)
    motion = await motion_on(office, body, "screen_idea", made["id"])
    assert (await who.patch(f"/topics/{made['id']}", {"title": "Better"}, 1)).status_code == 200
    await office.make(f"{motion}/put_to_vote")
    refused = await who.patch(f"/topics/{made['id']}", {"title": "Other"}, 2)
    assert await codes(refused) == [("being-voted-on", "")]
    final = await draft(office)
    await heard(world, final["id"])
    await office.make(f"/topics/{final['id']}/finalise")
    motion = await motion_on(office, body, "adopt_topic", final["id"])
    await office.make(f"/topics/{final['id']}/redraft")
    refused = await office.post(f"{motion}/put_to_vote")
    assert await codes(refused) == [("not-a-final-draft", "/subject_id")]
    await office.make(f"/topics/{final['id']}/finalise")
    await office.make(f"{motion}/put_to_vote")
    assert await codes(await office.post(f"/topics/{final['id']}/redraft")) == [("being-voted-on", "")]


async def test_a_reference_that_is_taken_is_refused(world: World) -> None:
    office = await person(world, "office", "office")
    one, other = await draft(office), await draft(office)
    refused = await office.patch(f"/topics/{other['id']}", {"reference": one["reference"]}, 2)
    assert [code for code, _ in await codes(refused)] == ["uq-topic-reference"]
    assert one["reference"] not in refused.text
    read = (await office.get(f"/topics/{other['id']}")).json()
    assert (read["reference"], read["version"]) == (other["reference"], 2)
