"""Opinions of advisory bodies: who gives them, on what text, and that the vote is told of them (T-05)."""

from uuid import uuid4

import pytest

from app.topics import reactions
from app.topics.programme import Opinions, Programme, programme
from tests.build import Actor, committee, heard, person
from tests.conftest import World
from tests.topics.build import advisers, codes, draft, ended, motion_on, round_on
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio
WITHDRAWN = {"reason": "Given on another text."}


async def final(world: World, office: Actor) -> str:
    """The path of a topic that is a final draft."""
    topic = (await draft(office))["id"]
    await heard(world, topic)
    await office.make(f"/topics/{topic}/finalise")
    return f"/topics/{topic}"


async def test_a_negative_opinion_is_told_with_the_motion_and_does_not_block(world: World) -> None:
    office = await person(world, "office", "office")
    body, (ann, *_) = await committee(world, "ann")
    path = await final(world, office)
    said, (chair, _) = await advisers(world, "States Group", "sten", "siv")
    given = await chair.make(f"{path}/opinions", said | {"outcome": "negative", "text": "Too narrow."})
    assert (given["number"], given["of_version"], given["state"]) == (1, 2, "given")
    motion = await motion_on(office, body, "adopt_topic", path.rsplit("/", 1)[1])
    later, _ = await advisers(world, "Science Panel", "pia")
    await office.make(f"{path}/opinions", later | {"outcome": "positive_with_remarks"})
    await office.make(f"{motion}/put_to_vote")
    assert (await is_there(ann, motion))["annexes"] == [
        "Opinion 1, of States Group, on version 2: negative.",
        "Opinion 2, of Science Panel, on version 2: positive, with remarks.",
    ]
    assert (await is_there(ann, f"/opinions/{given['id']}"))["text"] == "Too narrow."
    for act in (f"{path}/opinions", f"/opinions/{given['id']}/withdraw"):
        refused = await office.post(act, said if act.startswith(path) else WITHDRAWN)
        assert ("being-voted-on", "") in await codes(refused)
    await ann.make(f"{motion}/vote", {"choice": "yes"})
    await ann.make(f"{motion}/adopt")
    assert (await is_there(office, path))["state"] == "adopted"
    assert ("not-advanced", "") in await codes(await office.post(f"{path}/opinions", said))


async def test_a_withdrawn_opinion_is_not_told(world: World) -> None:
    office = await person(world, "office", "office")
    body, _ = await committee(world, "ann")
    path = await final(world, office)
    said, (chair, member) = await advisers(world, "States Group", "sten", "siv")
    opinion = f"/opinions/{(await chair.make(f'{path}/opinions', said))['id']}"
    assert (await member.post(f"{opinion}/withdraw", WITHDRAWN)).status_code == 403
    assert (await chair.post(f"{opinion}/withdraw", {"reason": ""})).status_code == 422
    assert (await chair.make(f"{opinion}/withdraw", WITHDRAWN))["state"] == "withdrawn"
    motion = await motion_on(office, body, "adopt_topic", path.rsplit("/", 1)[1])
    assert (await is_there(office, motion))["annexes"] == []
    assert (await chair.make(f"{path}/opinions", said))["number"] == 2


async def test_a_chair_speaks_for_no_other_body(world: World) -> None:
    office = await person(world, "office", "office")
    deciding, _ = await committee(world, "ann")
    path = await final(world, office)
    (mine, (chair, member)), (other, _) = (
        await advisers(world, "Mine", "sten", "siv"),
        await advisers(world, "Other", "pia"),
    )
    answers = [await chair.post(f"{path}/opinions", mine | {"body_id": key}) for key in
               (other["body_id"], str(uuid4()), str(deciding))]  # fmt: skip
    assert [a.status_code for a in answers] == [422] * 3
    assert len({str(a.json()["reasons"]) for a in answers}) == 1  # whether it exists is not told
    assert (await member.post(f"{path}/opinions", mine)).status_code == 403
    assert (await office.post(f"{path}/opinions", mine | {"body_id": str(deciding)})).status_code == 422
    await office.make(f"{path}/opinions", other)
    await chair.make(f"{path}/opinions", mine)


async def test_advisers_read_an_advanced_text_and_no_other(world: World) -> None:
    office = await person(world, "office", "office")
    said, (chair, member) = await advisers(world, "States Group", "sten", "siv")
    topic = (await draft(office))["id"]
    path = f"/topics/{topic}"
    for who in (chair, member):
        await is_hidden(who, path)
    here = await round_on(office, topic)
    for who in (chair, member):
        assert [act["name"] for act in (await is_there(who, path))["actions"]] == (
            ["give"] if who is chair else []
        )
        await is_hidden(who, here)
        assert (await who.get(f"{path}/versions")).status_code == 404
    await chair.make(f"{path}/opinions", said)
    await ended(world, office, here)
    await office.make(f"{path}/redraft")
    for who in (chair, member):
        await is_hidden(who, path)
        assert (await who.post(f"{path}/opinions", said)).status_code == 404
    refused = await office.post(f"{path}/opinions", said)
    assert await codes(refused) == [("not-advanced", "")]


async def test_an_opinion_is_there_for_its_body_and_those_who_make_the_topic(world: World) -> None:
    office = await person(world, "office", "office")
    _, (ann, *_) = await committee(world, "ann")
    path = await final(world, office)
    said, (chair, member) = await advisers(world, "Mine", "sten", "siv")
    _, (other, *_) = await advisers(world, "Other", "pia")
    opinion = f"/opinions/{(await chair.make(f'{path}/opinions', said))['id']}"
    for reader in (office, ann, chair, member):
        await is_there(reader, opinion)
    await is_there(other, path)
    for stranger in (other, await person(world, "stranger")):
        await is_hidden(stranger, opinion)
        assert (await stranger.get("/opinions")).json()["items"] == []
        assert (await stranger.post(f"{opinion}/withdraw", WITHDRAWN)).status_code == 404


def asking(*names: str) -> Programme:
    opinions = Opinions(required=names, confirmed=False, note="test")
    return programme().model_copy(update={"opinions": opinions})


async def test_where_the_programme_wants_an_opinion_no_vote_opens_without_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = await person(world, "office", "office")
    body, _ = await committee(world, "ann")
    path = await final(world, office)
    said, (chair, _) = await advisers(world, "States Group", "sten", "siv")
    session = (await motion_on(office, body, "adopt_topic", path.rsplit("/", 1)[1])) and (
        await office.get("/motions")
    ).json()["items"][0]
    monkeypatch.setattr(reactions, "programme", lambda: asking("States Group"))
    refused = await office.post(f"/motions/{session['id']}/put_to_vote")
    assert await codes(refused) == [("no-opinion", "/opinions")]
    other = await final(world, office)
    asked = {"purpose": "adopt_topic", "subject_id": other.rsplit("/", 1)[1], "text": "Adopt it."}
    refused = await office.post(f"/sessions/{session['session_id']}/motions", asked)
    assert await codes(refused) == [("no-opinion", "/opinions")]
    opinion = f"/opinions/{(await chair.make(f'{path}/opinions', said))['id']}"
    await chair.make(f"{opinion}/withdraw", WITHDRAWN)
    refused = await office.post(f"/motions/{session['id']}/put_to_vote")
    assert await codes(refused) == [("no-opinion", "/opinions")]
    await chair.make(f"{path}/opinions", said | {"outcome": "negative"})
    await office.make(f"/motions/{session['id']}/put_to_vote")
