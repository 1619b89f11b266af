"""IMI2 Call 17 as it was published: two stages, three topics, deadlines on both sides of summer time."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.core.clock import begin_at
from tests.build import Actor, adopted_topic, committee, person, vote
from tests.calls.build import euro
from tests.conftest import World

pytestmark = pytest.mark.anyio
JU = 40_786_000
# How the money was shared between the topics is not in the data; these shares are synthetic.
SHARES = (13_000_000, 13_000_000, 14_786_000)
SHORT = {
    "opens_at": "2019-01-22T09:00:00Z",
    "deadline": "2019-04-25T17:00",
    "evaluation_from": "2019-04-26",
    "evaluation_to": "2019-06-28",
    "decision_on": "2019-07-31",
}
FULL = {"opens_at": "2019-08-05T09:00:00Z", "deadline": "2019-11-07T17:00", "decision_on": "2020-02-28"}


async def configured(office: Actor, topics: list[str]) -> tuple[str, list[dict[str, Any]]]:
    """The call and its stages, in preparation."""
    call = {"reference": "H2020-JTI-IMI2-2019-17-two-stage", "title": "IMI2 Call 17", "rule_set": "imi2"}
    key = str((await office.make("/calls", call | {"budget": euro(JU), "kind": "two_stage"}))["id"])
    stages = []
    for dates in (SHORT, FULL):
        stage = await office.make(f"/calls/{key}/stages", dates)
        for topic, share in zip(topics, SHARES, strict=True):
            body = {"topic_id": topic, "budget": euro(share)}
            part = await office.make(f"/stages/{stage['id']}/topic_stages", body)
            stage["parts"] = [*stage.get("parts", ()), part]
        stages.append(stage)
    return key, stages


async def test_call_17_is_published_with_its_budget_and_both_deadlines(world: World) -> None:
    async with world.sessions() as session, session.begin():
        await begin_at(session, datetime(2019, 1, 15, 9, tzinfo=UTC))
    office = await person(world, "office", "office")
    body, members = await committee(world, "ann", "bob", "cas")
    topics = [(await adopted_topic(office, body, members))["id"] for _ in SHARES]
    key, stages = await configured(office, topics)
    await vote(office, body, members, "adopt_call", key)
    await office.make(f"/calls/{key}/publish")
    async with world.client() as anyone:
        call = (await anyone.get(f"/v1/calls/{key}")).json()
        shown = [(await anyone.get(f"/v1/stages/{stage['id']}")).json() for stage in stages]
        parts = [
            (await anyone.get(f"/v1/topic_stages/{part['id']}")).json()
            for stage in stages
            for part in stage["parts"]
        ]
        rules = (await anyone.get(f"/v1/calls/{key}/rules")).json()
    assert (call["state"], call["kind"], call["budget"]) == ("published", "two_stage", euro(JU))
    assert [(s["number"], s["kind"], s["deadline"], s["closes_at"]) for s in shown] == [
        (1, "short", "2019-04-25T17:00", "2019-04-25T15:00:00Z"),
        (2, "full", "2019-11-07T17:00", "2019-11-07T16:00:00Z"),
    ]
    assert [p["budget"] for p in parts] == [euro(share) for share in SHARES] * 2
    assert [p["invited_to_next"] for p in parts] == [1, 1, 1, None, None, None]
    assert (rules["code"], rules["version"]) == ("imi2", 2)
    frozen = [await office.post(f"/stages/{s['id']}/configure", {"scheme": None}) for s in stages]
    frozen += [
        await office.post(f"/topic_stages/{p['id']}/configure", {"ceiling": "indicative"}) for p in parts
    ]
    assert {(a.status_code, a.json()["reasons"][0]["code"]) for a in frozen} == {(409, "adopted")}


async def test_short_and_full_proposals_have_their_own_form_and_scheme(world: World) -> None:
    office = await person(world, "office", "office")
    body, members = await committee(world, "ann")
    topics = [(await adopted_topic(office, body, members))["id"] for _ in SHARES]
    _, stages = await configured(office, topics)
    found = []
    for stage in stages:
        part = stage["parts"][0]
        told = (await office.get(f"/topic_stages/{part['id']}/conditions")).json()
        pages = {document["key"]: document["pages"] for document in told["documents"]}
        found.append((told["scheme"]["code"], told["scheme"]["least_experts"], pages))
    assert found == [
        ("short", 2, {"part_b": 30}),
        ("default", 3, {"part_b": 70, "exploitation_plan": None}),
    ]
