"""Named co-authors: they write until the text is adopted, and do not vote on it (T-03)."""

import asyncio

import pytest

from tests.build import TOPIC, committee, heard, person, published_call
from tests.conftest import World
from tests.topics.build import co_author, codes, draft, ended, idea, mail_to, motion_on, round_on
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio


async def test_a_co_author_writes_a_draft_from_the_invitation_to_the_adoption(world: World) -> None:
    office, who = await person(world, "office", "office"), await person(world, "writer")
    topic = await draft(office)
    path = f"/topics/{topic['id']}"
    made = await office.make(f"{path}/co_authors", {"account_id": str(who.id)})
    part = f"/co_authors/{made['id']}"
    (mail,) = await mail_to(world, who, "co_author")
    assert topic["reference"] in mail.text
    assert part in mail.text
    waiting = (await who.get("/me")).json()["waiting"]
    assert [(each["kind"], each["id"]) for each in waiting] == [("write", made["id"])]
    await is_hidden(who, path)  # nobody reads a draft before they take part
    assert (await who.make(f"{part}/accept"))["state"] == "active"
    assert (await who.get("/me")).json()["waiting"] == []
    read = await is_there(who, path)
    assert (read["scope"], [act["name"] for act in read["actions"]]) == (TOPIC["scope"], ["edit"])
    edited = await who.patch(path, {"scope": "By two."}, topic["version"])
    assert edited.status_code == 200
    kept = (await office.get(f"{path}/versions")).json()[-1]
    assert (kept["number"], kept["author_id"]) == (topic["version"] + 1, str(who.id))
    assert "author_id" not in (await who.get(f"{path}/versions")).json()[-1]
    for act in ("finalise", "redraft"):
        assert (await who.post(f"{path}/{act}")).status_code == 403
    await heard(world, topic["id"])
    await office.make(f"{path}/finalise")
    refused = await who.patch(path, {"scope": "Later."}, topic["version"] + 1)
    assert refused.json()["type"] == "/problems/wrong-state"
    await is_there(who, path)
    await is_there(who, part)


async def test_once_it_is_adopted_a_co_author_reads_what_everybody_reads(world: World) -> None:
    office = await person(world, "office", "office")
    body, (ann, *_) = await committee(world, "ann")
    topic = await draft(office)
    who, part = await co_author(world, office, topic["id"])
    await heard(world, topic["id"])
    await office.make(f"/topics/{topic['id']}/finalise")
    motion = await motion_on(office, body, "adopt_topic", topic["id"])
    await office.make(f"{motion}/put_to_vote")
    await ann.make(f"{motion}/vote", {"choice": "yes"})
    await is_there(who, f"/topics/{topic['id']}")
    await ann.make(f"{motion}/adopt")
    await is_hidden(who, f"/topics/{topic['id']}")
    await is_hidden(who, f"/topics/{topic['id']}/versions")
    await is_there(who, part)


async def test_who_has_written_a_draft_does_not_vote_on_it_even_if_the_part_has_ended(world: World) -> None:
    office = await person(world, "office", "office")
    body, (ann, bob, cleo, dan) = await committee(world, "ann", "bob", "cleo", "dan")
    topic = await draft(office)
    path = f"/topics/{topic['id']}"
    await co_author(world, office, topic["id"], ann)
    _, part = await co_author(world, office, topic["id"], bob)
    await bob.make(f"{part}/end")
    asked = await office.make(f"{path}/co_authors", {"account_id": str(cleo.id)})
    await cleo.make(f"/co_authors/{asked['id']}/end")  # declined: has never written
    await heard(world, topic["id"])
    await office.make(f"{path}/finalise")
    motion = await motion_on(office, body, "adopt_topic", topic["id"])
    await office.make(f"{motion}/put_to_vote")
    ballots = {b["account_id"]: b["recused"] for b in (await is_there(office, motion))["ballots"]}
    wrote = "Has written the draft."
    assert ballots == {str(ann.id): wrote, str(bob.id): wrote, str(cleo.id): None, str(dan.id): None}
    assert (await ann.post(f"{motion}/vote", {"choice": "yes"})).status_code == 403
    assert (await dan.post(f"{motion}/vote", {"choice": "yes"})).status_code == 200


async def test_an_ended_part_gives_no_sight_and_may_be_offered_again(world: World) -> None:
    office = await person(world, "office", "office")
    topic = await draft(office)
    path = f"/topics/{topic['id']}"
    who, part = await co_author(world, office, topic["id"])
    again = await office.post(f"{path}/co_authors", {"account_id": str(who.id)})
    assert [code for code, _ in await codes(again)] == ["uq-co-author-once-per-topic"]
    await is_there(who, path)
    await office.make(f"{part}/end")
    await is_hidden(who, path)
    assert (await who.patch(path, {"scope": "Mine."}, topic["version"])).status_code == 404
    await co_author(world, office, topic["id"], who)
    await is_there(who, path)


async def test_one_is_invited_to_a_draft_alone_and_joins_before_it_is_final(world: World) -> None:
    office, who = await person(world, "office", "office"), await person(world, "writer")
    thought = (await idea(await person(world, "proposer")))["id"]
    asked = {"account_id": str(who.id)}
    assert await codes(await office.post(f"/topics/{thought}/co_authors", asked)) == [("not-a-draft", "")]
    topic = (await draft(office))["id"]
    part = (await office.make(f"/topics/{topic}/co_authors", asked))["id"]
    await ended(world, office, await round_on(office, topic))
    assert await codes(await office.post(f"/topics/{topic}/co_authors", asked)) == [("not-a-draft", "")]
    await heard(world, topic)
    await office.make(f"/topics/{topic}/finalise")
    assert await codes(await who.post(f"/co_authors/{part}/accept")) == [("not-a-draft", "")]
    assert (await who.get("/me")).json()["waiting"] == []
    nobody = await office.post(f"/topics/{topic}/co_authors", {"account_id": topic})
    assert nobody.status_code == 409  # the state is told first


async def test_a_part_is_there_for_its_person_and_those_who_make_the_topic(world: World) -> None:
    office = await person(world, "office", "office")
    _, (chair, *_) = await committee(world, "ann")
    topic, other = await draft(office), await draft(office)
    who, part = await co_author(world, office, topic["id"])
    there, _ = await co_author(world, office, other["id"])
    for reader in (who, chair, await person(world, "auditor", "auditor")):
        await is_there(reader, part)
    for stranger in (there, await person(world, "stranger")):
        await is_hidden(stranger, part)
        await is_hidden(stranger, f"/topics/{topic['id']}")
        assert (await stranger.post(f"{part}/accept")).status_code == 404
        listed = (await stranger.get(f"/co_authors?topic_id={topic['id']}")).json()["items"]
        assert listed == []
    assert (await chair.post(f"{part}/end")).status_code == 403
    assert (
        await who.post(f"/topics/{topic['id']}/co_authors", {"account_id": str(who.id)})
    ).status_code == 403


async def test_in_a_published_call_a_former_co_author_is_the_public(world: World) -> None:
    office = await person(world, "office", "office")
    found = await published_call(office, *(await committee(world, "ann")))
    path = f"/topics/{found['topic']['id']}"
    asked = await office.post(f"{path}/co_authors", {"account_id": str(office.id)})
    assert await codes(asked) == [("not-a-draft", "")]
    await is_there(await person(world, "anyone"), path)


async def test_two_co_authors_who_write_at_once_lose_nothing(live: World) -> None:
    office = await person(live, "office", "office")
    topic = await draft(office)
    path, version = f"/topics/{topic['id']}", topic["version"]
    (one, _), (two, _) = [await co_author(live, office, topic["id"]) for _ in range(2)]
    answers = await asyncio.gather(
        one.patch(path, {"scope": "One."}, version), two.patch(path, {"scope": "Two."}, version)
    )
    won, lost = sorted(answers, key=lambda answer: answer.status_code)
    assert (won.status_code, lost.status_code) == (200, 412)
    assert lost.json()["current"]["scope"] == won.json()["scope"]
    mended = await two.patch(path, {"impact": "More."}, lost.json()["current"]["version"])
    assert (mended.status_code, mended.json()["scope"]) == (200, won.json()["scope"])
    kept = (await office.get(f"{path}/versions")).json()
    assert [v["number"] for v in kept] == [1, 2, 3, 4]
