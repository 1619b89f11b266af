"""The trail of a topic: from an idea to what became of it, and what of that is public."""

from uuid import UUID

import pytest
from sqlalchemy import update

from app.topics.models import Topic, TopicState
from tests.build import TOPIC, committee, heard, person, vote
from tests.conftest import World
from tests.grants.build import prepared, signed
from tests.topics.build import OUTCOME, draft, idea, motion_on, round_on, screened
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio


async def put_out(world: World, topic: str) -> None:
    """The topic stands in a published call."""
    async with world.sessions() as session, session.begin():
        out = {"state": TopicState.IN_CALL, "adopted_version": 1}
        await session.execute(update(Topic).where(Topic.id == UUID(topic)).values(**out))


async def test_from_a_project_back_to_its_topic_and_from_the_topic_to_its_projects(world: World) -> None:
    made = await signed(world, by_vote=True)
    topic = made.there.made["topic"]
    async with world.client() as anyone:
        project = (await anyone.get("/v1/projects/101005077")).json()
        told = (await anyone.get(f"/v1/topics/{topic['id']}/trail")).json()
    assert project["topic"] == told["reference"] == topic["reference"]
    assert project["trail_url"] == f"/v1/topics/{topic['id']}/trail"
    assert told["projects"] == [{"number": "101005077", "acronym": project["acronym"]}]
    assert [call["reference"] for call in told["calls"]] == [project["call"]]
    assert [(v["purpose"], v["outcome"]) for v in told["votes"]] == [("adopt_topic", "adopted")]
    assert [step["act"] for step in told["steps"]][:2] == ["adopt", "put_in_call"]


async def test_a_grant_in_preparation_is_in_no_trail(world: World) -> None:
    made = await prepared(world)
    office = await person(world, "office", "office")
    told = await is_there(office, f"/topics/{made.there.made['topic']['id']}/trail")
    assert (told["projects"], len(told["calls"])) == ([], 1)


async def test_what_led_to_a_text_is_for_those_who_make_it_and_its_states_for_its_proposer(
    world: World,
) -> None:
    who, office = await person(world, "proposer"), await person(world, "office", "office")
    body, members = await committee(world, "ann")
    made = await idea(who)
    path = f"/topics/{made['id']}/trail"
    await screened(office, body, members, made["id"], "yes")
    await office.patch(f"/topics/{made['id']}", TOPIC, 1)
    steps = ["sketch", "submit_idea", "take_up"]
    for reader in (who, office, members[0]):
        assert [s["act"] for s in (await is_there(reader, path))["steps"]] == steps
    assert (await is_there(who, path))["votes"] == []
    assert [v["purpose"] for v in (await is_there(office, path))["votes"]] == ["screen_idea"]
    await is_hidden(await person(world, "stranger"), path)
    await heard(world, made["id"])
    await office.make(f"/topics/{made['id']}/finalise")
    await vote(office, body, members, "adopt_topic", made["id"])
    votes = (await is_there(members[0], path))["votes"]
    assert [(v["purpose"], v["outcome"]) for v in votes] == [
        ("screen_idea", "adopted"),
        ("adopt_topic", "adopted"),
    ]


async def test_an_idea_that_is_merged_leads_to_its_target_and_that_leads_back(world: World) -> None:
    who, office = await person(world, "proposer"), await person(world, "office", "office")
    body, members = await committee(world, "ann")
    made, target = await idea(who), await draft(office)
    path, into = f"/topics/{made['id']}/trail", f"/topics/{target['id']}/trail"
    motion = await motion_on(office, body, "merge_idea", made["id"], target["id"])
    await office.make(f"{motion}/put_to_vote")
    await members[0].make(f"{motion}/vote", {"choice": "yes"})
    await office.make(f"{motion}/adopt", OUTCOME)
    named = [{name: one[name] for name in ("id", "reference", "title")} for one in (made, target)]
    for reader in (office, members[0]):
        told, back = await is_there(reader, path), await is_there(reader, into)
        assert (told["merged_into"], told["merged_from"]) == (named[1], [])
        assert (back["merged_into"], back["merged_from"]) == (None, named[:1])
        assert [(v["purpose"], v["outcome"]) for v in told["votes"]] == [("merge_idea", "adopted")]
    told = await is_there(who, path)
    assert [step["act"] for step in told["steps"]][-1] == "merge"
    assert (told["merged_into"], told["votes"]) == (None, [])
    await put_out(world, target["id"])
    assert (await is_there(who, path))["merged_into"] == named[1]
    assert (await is_there(office, into))["merged_from"] == named[:1]
    for reader in (who, await person(world, "stranger")):
        back = await is_there(reader, into)
        assert (back["merged_into"], back["merged_from"], back["votes"]) == (None, [], [])


async def test_an_idea_leads_past_what_its_proposer_may_not_read_to_what_is_public(world: World) -> None:
    """Merged with another's idea, which was merged with a draft in its turn."""
    who, other = await person(world, "proposer"), await person(world, "other")
    office = await person(world, "office", "office")
    made, second, target = await idea(who), await idea(other), await draft(office)
    async with world.sessions() as session, session.begin():
        for one, into in ((made, second), (second, target)):
            merged = {"state": TopicState.MERGED, "merged_into_id": UUID(into["id"])}
            await session.execute(update(Topic).where(Topic.id == UUID(one["id"])).values(**merged))
    path = f"/topics/{made['id']}/trail"
    assert (await is_there(office, path))["merged_into"]["id"] == second["id"]
    assert (await is_there(who, path))["merged_into"] is None
    await put_out(world, target["id"])
    assert (await is_there(who, path))["merged_into"]["id"] == target["id"]
    assert (await is_there(other, f"/topics/{second['id']}/trail"))["merged_into"]["id"] == target["id"]


async def test_who_is_only_consulted_reads_no_trail(world: World) -> None:
    office, anyone = await person(world, "office", "office"), await person(world, "anyone")
    topic = (await draft(office))["id"]
    await round_on(office, topic, public=True)
    await is_there(anyone, f"/topics/{topic}")
    assert (await anyone.get(f"/topics/{topic}/trail")).status_code == 404


async def test_an_open_vote_is_in_no_trail(world: World) -> None:
    office = await person(world, "office", "office")
    body, _ = await committee(world, "ann")
    topic = (await draft(office))["id"]
    await heard(world, topic)
    await office.make(f"/topics/{topic}/finalise")
    motion = await motion_on(office, body, "adopt_topic", topic)
    await office.make(f"{motion}/put_to_vote")
    assert (await is_there(office, f"/topics/{topic}/trail"))["votes"] == []
