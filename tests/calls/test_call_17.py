"""IMI2 Call 17 as it was published: two stages, three topics, deadlines on both sides of summer time."""

import pytest

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


async def configured(office: Actor, topics: list[str]) -> tuple[str, list[dict[str, object]]]:
    """The call and its stages, in preparation."""
    call = {"reference": "H2020-JTI-IMI2-2019-17-two-stage", "title": "IMI2 Call 17", "rule_set": "imi2"}
    key = str((await office.make("/calls", call | {"budget": euro(JU), "kind": "two_stage"}))["id"])
    stages = []
    for dates in (SHORT, FULL):
        stage = await office.make(f"/calls/{key}/stages", dates)
        for topic, share in zip(topics, SHARES, strict=True):
            body = {"topic_id": topic, "budget": euro(share)}
            stage.setdefault("parts", []).append(
                await office.make(f"/stages/{stage['id']}/topic_stages", body)
            )
        stages.append(stage)
    return key, stages


async def test_call_17_is_configured_with_its_budget_and_both_deadlines(world: World) -> None:
    office = await person(world, "office", "office")
    body, members = await committee(world, "ann", "bob", "cas")
    topics = [(await adopted_topic(office, body, members))["id"] for _ in SHARES]
    key, stages = await configured(office, topics)
    assert [(s["kind"], s["closes_at"]) for s in stages] == [
        ("short", "2019-04-25T15:00:00Z"),
        ("full", "2019-11-07T16:00:00Z"),
    ]
    parts = [[(p["invited_to_next"], p["ceiling"], p["action_type"]) for p in s["parts"]] for s in stages]
    assert parts == [[(1, "binding", "RIA")] * 3, [(None, "binding", "RIA")] * 3]
    adopted = await vote(office, body, members, "adopt_call", key)
    assert adopted["state"] == "adopted"
    call = (await office.get(f"/calls/{key}")).json()
    assert (call["state"], call["kind"], call["budget"]) == ("adopted", "two_stage", euro(JU))
    late = (await office.post(f"/calls/{key}/publish")).json()["reasons"]
    assert [(r["code"], r["path"]) for r in late] == [
        ("deadline-passed", "/stages/1/deadline"),
        ("deadline-passed", "/stages/2/deadline"),
    ]


async def test_short_and_full_proposals_have_their_own_form_and_scheme(world: World) -> None:
    office = await person(world, "office", "office")
    body, members = await committee(world, "ann")
    topics = [(await adopted_topic(office, body, members))["id"] for _ in SHARES]
    _, stages = await configured(office, topics)
    found = []
    for stage in stages:
        part = stage["parts"][0]  # type: ignore[index]
        told = (await office.get(f"/topic_stages/{part['id']}/conditions")).json()
        pages = {document["key"]: document["pages"] for document in told["documents"]}
        found.append((told["scheme"]["code"], told["scheme"]["least_experts"], pages))
    assert found == [
        ("short", 2, {"part_b": 30}),
        ("default", 3, {"part_b": 70, "exploitation_plan": None}),
    ]
