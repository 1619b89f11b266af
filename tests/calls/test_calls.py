"""From a topic's draft to a published call, through the API."""

import pytest

from tests.build import EUR45M, adopted_topic, committee, person, published_call, standing_call, vote
from tests.calls.build import prepared, staged
from tests.conftest import World
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio


async def test_a_published_call_is_seen_by_anyone(world: World) -> None:
    office = await person(world, "office", "office")
    body, members = await committee(world, "ann", "bob", "cas")
    made = await published_call(office, body, members)
    async with world.client() as anyone:
        call = (await anyone.get(f"/v1/calls/{made['call']['id']}")).json()
        topic = (await anyone.get(f"/v1/topics/{made['topic']['id']}")).json()
        listed = (await anyone.get("/v1/calls")).json()["items"]
    assert (call["state"], topic["state"]) == ("published", "in_call")
    assert [item["id"] for item in listed] == [made["call"]["id"]]
    assert call["budget"] == EUR45M


async def test_a_call_in_preparation_is_not_there_for_anyone_else(world: World) -> None:
    office = await person(world, "office", "office")
    called = {"reference": "C-1", "title": "A call", "rule_set": "imi2", "budget": EUR45M}
    call = await office.make("/calls", called)
    assert (await office.get(f"/calls/{call['id']}")).status_code == 200
    stranger = await person(world, "stranger")
    hidden, missing = [await stranger.get(f"/calls/{key}") for key in (call["id"], "0" * 8 + call["id"][8:])]
    assert hidden.status_code == missing.status_code == 404
    plain = [{**answer.json(), "instance": ""} for answer in (hidden, missing)]
    assert plain[0] == plain[1]
    assert (await stranger.get("/calls")).json()["items"] == []


async def test_a_call_is_not_published_before_the_vote_and_says_why(world: World) -> None:
    office = await person(world, "office", "office")
    called = {"reference": "C-1", "title": "A call", "rule_set": "imi2", "budget": EUR45M}
    call = await office.make("/calls", called)
    refused = await office.post(f"/calls/{call['id']}/publish")
    assert refused.status_code == 409
    assert refused.json()["detail"] == "To publish, it must be: “Budget and timetable adopted”."


async def test_the_vote_on_a_call_without_topics_fails_and_changes_nothing(world: World) -> None:
    office = await person(world, "office", "office")
    body, members = await committee(world, "ann")
    called = {"reference": "C-1", "title": "A call", "rule_set": "imi2", "budget": EUR45M}
    call = await office.make("/calls", called)
    with pytest.raises(AssertionError, match="no-stage"):
        await vote(office, body, members, "adopt_call", call["id"])
    assert (await office.get(f"/calls/{call['id']}")).json()["state"] == "preparing"


async def test_topics_above_the_budget_are_named(world: World) -> None:
    office = await person(world, "office", "office")
    body, members = await committee(world, "ann")
    topic = await adopted_topic(office, body, members)
    little = {"amount": "1.00", "currency": "EUR"}
    called = {"reference": "C-1", "title": "A call", "rule_set": "imi2", "budget": little}
    call = await office.make("/calls", called)
    dates = {"opens_at": "2049-01-01T00:00:00Z", "deadline": "2050-03-31T17:00"}
    stage = await office.make(f"/calls/{call['id']}/stages", dates)
    await office.make(f"/stages/{stage['id']}/topic_stages", {"topic_id": topic["id"], "budget": EUR45M})
    with pytest.raises(AssertionError, match="budget-exceeded"):
        await vote(office, body, members, "adopt_call", call["id"])


@pytest.mark.parametrize(
    ("wall", "word"),
    [
        ("2027-03-28T02:30", "forward"),
        ("2026-10-25T02:30", "twice"),
        ("2026-10-25T17:00+01:00", "without a zone"),
        ("yesterday at noon", "Invalid"),
    ],
)
async def test_a_deadline_that_is_no_time_in_brussels_is_refused(world: World, wall: str, word: str) -> None:
    office = await person(world, "office", "office")
    called = {"reference": "C-1", "title": "A call", "rule_set": "imi2", "budget": EUR45M}
    call = await office.make("/calls", called)
    dates = {"opens_at": "2026-01-01T00:00:00Z", "deadline": wall}
    refused = await office.post(f"/calls/{call['id']}/stages", dates)
    assert refused.status_code == 422
    assert word in refused.json()["reasons"][0]["text"]


async def test_a_call_that_is_given_up_ends_with_all_that_is_in_it_and_stays_hidden(world: World) -> None:
    """Its topic is in a published call by now, and stays there."""
    office, stranger = await person(world, "office", "office"), await person(world, "stranger")
    made = await standing_call(world)
    call = await prepared(office)
    stage, part = await staged(office, call, made["topic"]["id"])
    assert (await office.post(f"/calls/{call}/drop", {"reason": ""})).status_code == 422
    assert (await stranger.post(f"/calls/{call}/drop", {"reason": "A mistake."})).status_code == 404
    dropped = await office.make(f"/calls/{call}/drop", {"reason": "A mistake."})
    assert (dropped["state"], dropped["published_at"]) == ("cancelled", None)
    for path in (f"/stages/{stage}", f"/topic_stages/{part}"):
        assert (await is_there(office, path))["state"] == "cancelled"
        await is_hidden(stranger, path)
    await is_hidden(stranger, f"/calls/{call}")
    assert (await is_there(stranger, f"/topics/{made['topic']['id']}"))["state"] == "in_call"
    assert (await stranger.get("/amendments")).json()["items"] == []
