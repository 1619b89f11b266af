"""Questions about a call: anybody asks, everybody reads the answer, nobody learns who asked (T-07)."""

import asyncio
from typing import Any

import httpx2
import pytest

from tests.build import Actor, person
from tests.calls.ending import There, there
from tests.calls.living import closed, codes, mailed
from tests.conftest import World
from tests.consortia.build import give_part
from tests.proposals.build import started
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio
SECRET = "We at Institute Example ask whether a hospital of ours may take part."
PLAIN = "May a hospital take part?"


async def ask(here: There, by: Actor, **more: Any) -> httpx2.Response:
    return await by.post(f"/calls/{here.call}/questions", {"text": SECRET, **more})


async def asked(here: There, by: Actor) -> str:
    answer = await ask(here, by)
    assert answer.status_code == 201, answer.text
    return f"/questions/{answer.json()['id']}"


async def published(here: There, path: str, **more: Any) -> dict[str, Any]:
    await here.office.make(f"{path}/answer", {"answer": "Yes.", "question": PLAIN} | more)
    return await here.office.make(f"{path}/publish")


async def anyone(world: World, path: str) -> Any:
    async with world.client() as client:
        return (await client.get(f"/v1{path}")).json()


async def test_an_answer_is_read_by_anyone_and_tells_nothing_of_who_asked(world: World) -> None:
    here = await world.prepared(there)
    who, other = await person(world, "who"), await person(world, "other")
    path = await asked(here, who)
    whole = await published(here, path)
    assert (whole["asked_by"], whole["text"], whole["number"]) == (str(who.id), SECRET, 1)
    read = await anyone(world, path)
    assert set(read) == {
        "id", "state", "actions", "call_id", "topic_id", "number", "versions", "note",
    }  # fmt: skip
    assert [(v["question"], v["answer"]) for v in read["versions"]] == [(PLAIN, "Yes.")]
    assert "changes nothing" in read["note"]
    for text in (str(read), str(await anyone(world, "/questions")), (await other.get(path)).text):
        assert "Institute Example" not in text
        assert str(who.id) not in text
    assert list(await mailed(world, "question")) == [who.email]


async def test_what_is_asked_or_dismissed_is_between_the_asker_and_the_office(world: World) -> None:
    here = await world.prepared(there)
    who, other = await person(world, "who"), await person(world, "other")
    path = await asked(here, who)
    await is_hidden(other, path)
    before = await is_there(who, path)
    await here.office.make(f"{path}/answer", {"answer": "Yes."})
    assert await is_there(who, path) == before  # nobody learns earlier than others that there is an answer
    await is_hidden(other, path)
    assert (await is_there(here.office, path))["answer"] == "Yes."
    await here.office.make(f"{path}/dismiss", {"reason": "It is not about the call."})
    await is_hidden(other, path)
    assert (await is_there(who, path))["reason"] == "It is not about the call."
    texts = await mailed(world, "question")
    assert list(texts) == [who.email]
    assert "It is not about the call." in texts[who.email]
    assert (await here.office.post(f"{path}/publish")).status_code == 409


async def test_answers_are_numbered_in_order_and_every_version_stays(world: World) -> None:
    here = await world.prepared(there)
    who = await person(world, "who")
    paths = [await asked(here, who) for _ in range(3)]
    for path in (paths[2], paths[0]):
        await published(here, path)
    listed = (await anyone(world, f"/questions?call_id={here.call}&sort=number"))["items"]
    assert [(item["number"], item["id"]) for item in listed] == [
        (1, paths[2].split("/")[2]), (2, paths[0].split("/")[2]),
    ]  # fmt: skip
    await here.office.make(f"{paths[0]}/replace", {"answer": "Yes, if it is a legal entity."})
    read = await anyone(world, paths[0])
    assert [(v["number"], v["question"], v["answer"]) for v in read["versions"]] == [
        (1, PLAIN, "Yes."), (2, PLAIN, "Yes, if it is a legal entity."),
    ]  # fmt: skip
    assert read["number"] == 2


async def test_no_question_is_taken_after_the_last_deadline_nor_about_another_topic(world: World) -> None:
    here, elsewhere = await there(world), await there(world)
    who = await person(world, "who")
    topic = (await is_there(who, f"/topic_stages/{elsewhere.part}"))["topic_id"]
    assert codes(await ask(here, who, topic_id=topic)) == ["no-such-topic"]
    mine = (await is_there(who, f"/topic_stages/{here.part}"))["topic_id"]
    assert (await ask(here, who, topic_id=mine)).status_code == 201
    path = await asked(here, who)
    await closed(world, here.part)
    assert codes(await ask(here, who)) == ["deadline-passed"]
    assert (await published(here, path))["state"] == "published"  # what was asked in time is answered
    async with world.client() as client:
        refused = await client.post(f"/v1/calls/{here.call}/questions", json={"text": "Why?"})
    assert refused.status_code == 401


@pytest.mark.parametrize("about", ["call", "topic"])
async def test_an_officer_who_applies_reads_no_more_than_others(world: World, about: str) -> None:
    here = await world.prepared(there)
    who, both = await person(world, "who"), await person(world, "both", "office")
    topic = (await is_there(who, f"/topic_stages/{here.part}"))["topic_id"]
    made = await ask(here, who, **({"topic_id": topic} if about == "topic" else {}))
    path = f"/questions/{made.json()['id']}"
    assert (await is_there(both, path))["asked_by"] == str(who.id)
    waiting = [w["kind"] for w in (await both.get("/me")).json()["waiting"]]
    assert waiting == ["answer"]
    draft = await started(world, here.other)
    await give_part(world, draft.consortium["partners"][0]["id"], both, "contributor")
    await is_hidden(both, path)
    assert (await both.get("/me")).json()["waiting"] == []
    assert (await both.post(f"{path}/answer", {"answer": "No."})).status_code == 404
    await published(here, path)
    assert "asked_by" not in await is_there(both, path)
    assert (await both.post(f"{path}/replace", {"answer": "No."})).status_code == 403


async def test_two_answers_published_at_once_take_two_numbers(live: World) -> None:
    here = await there(live)
    who = await person(live, "who")
    paths = [await asked(here, who) for _ in range(3)]
    for path in paths:
        await here.office.make(f"{path}/answer", {"answer": "Yes."})
    found = await asyncio.gather(*(here.office.post(f"{path}/publish") for path in paths))
    assert sorted(answer.json()["number"] for answer in found) == [1, 2, 3]


@pytest.mark.parametrize("text", ["", "x" * 2_001, "a\x00b"])
async def test_what_is_no_text_is_refused(world: World, text: str) -> None:
    here = await world.prepared(there)
    assert (await ask(here, await person(world, "who"), text=text)).status_code == 422
