"""The panel: from consensus reports to a frozen list, through the API."""

import hashlib

import pytest
import rfc8785

from tests.conftest import World
from tests.evaluation.build import evaluated, in_evaluation

pytestmark = pytest.mark.anyio


async def test_the_panel_waits_for_every_consensus(world: World) -> None:
    topic = await in_evaluation(world)
    panel = await topic.office.make(f"/topic_stages/{topic.topic_stage}/panels")
    refused = await topic.office.post(f"/panels/{panel['id']}/rank")
    told = f"{topic.proposals[0].reference} has no final consensus report."
    assert [(r["code"], r["text"]) for r in refused.json()["reasons"]] == [("no-consensus", told)]


async def test_the_list_is_ranked_frozen_and_named_by_its_digest(world: World) -> None:
    topic = await evaluated(world, ("3", "3", "4"), ("5", "5", "2.5"), ("4", "4", "4"))
    panel = await topic.office.make(f"/topic_stages/{topic.topic_stage}/panels")
    ranked = await topic.office.make(f"/panels/{panel['id']}/rank")
    first, second, third = (proposal.reference for proposal in topic.proposals)
    assert [(p["proposal"]["reference"], p["rank"], p["total"]) for p in ranked["places"]] == [
        (third, 1, "12.00"),
        (first, 2, "10.00"),
        (second, None, "12.50"),
    ]
    assert (await topic.office.make(f"/panels/{panel['id']}/rank"))["places"] == ranked["places"]
    closed = await topic.office.make(f"/panels/{panel['id']}/close")
    lines = {
        place["proposal"]["reference"]: {
            "rank": place["rank"],
            "total": place["total"],
            "scores": place["scores"],
        }
        for place in closed["places"]
    }
    assert closed["digest"] == hashlib.sha256(rfc8785.dumps(lines)).hexdigest()
    assert (await topic.office.get(f"/topic_stages/{topic.topic_stage}")).json()["state"] == "ranked"
    assert (await topic.office.post(f"/panels/{panel['id']}/rank")).status_code == 409

    ann = topic.members[0]
    (item,) = (await ann.get("/panels")).json()["items"]
    read = (await ann.get(f"/panels/{item['id']}")).json()
    assert [(p["proposal"]["title"], p["rank"], p["scores"]["impact"]) for p in read["places"]] == [
        ("Title 3", 1, "4.00"),
        ("Title 1", 2, "3.00"),
    ]
    assert read["below"] == 1
    assert second not in (await ann.get(f"/panels/{item['id']}")).text


async def test_ex_aequo_is_settled_by_the_panel_with_a_reason(world: World) -> None:
    topic = await evaluated(world, ("4", "4", "4"), ("4", "4", "4"))
    panel = await topic.office.make(f"/topic_stages/{topic.topic_stage}/panels")
    ranked = await topic.office.make(f"/panels/{panel['id']}/rank")
    assert [place["rank"] for place in ranked["places"]] == [1, 1]
    refused = await topic.office.post(f"/panels/{panel['id']}/close")
    assert [r["code"] for r in refused.json()["reasons"]] == ["ex-aequo"]
    order = [proposal.id for proposal in reversed(topic.proposals)]
    said = {"order": order, "reason": "The first covers an aspect that no other does."}
    one = await topic.office.post(f"/panels/{panel['id']}/settle", said | {"order": [order[0], order[0]]})
    assert [r["code"] for r in one.json()["reasons"]] == ["not-one-rank"]
    settled = await topic.office.make(f"/panels/{panel['id']}/settle", said)
    assert [(p["proposal_id"], p["rank"]) for p in settled["places"]] == list(zip(order, (1, 2), strict=True))
    assert (await topic.office.make(f"/panels/{panel['id']}/close"))["state"] == "closed"


async def test_the_panel_of_a_topic_is_convened_once_and_in_evaluation(world: World) -> None:
    topic = await in_evaluation(world)
    path = f"/topic_stages/{topic.topic_stage}/panels"
    await topic.office.make(path)
    assert (await topic.office.post(path)).status_code == 409
