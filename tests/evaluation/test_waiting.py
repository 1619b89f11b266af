"""What waits for somebody stands in `/v1/me`, and nothing that they may not see."""

from typing import Any

import pytest

from app.core.clock import machine_now
from tests.build import TOPIC, Actor, committee, heard, person
from tests.conftest import World
from tests.evaluation.build import BRIEFED, SIGNED, expert, in_evaluation, invited

pytestmark = pytest.mark.anyio


async def waiting(who: Actor) -> list[tuple[Any, ...]]:
    found = (await who.get("/me")).json()["waiting"]
    return [(each["kind"], each["entity"], each["id"]) for each in found]


async def test_a_vote_waits_until_it_is_cast(world: World) -> None:
    office = await person(world, "office", "office")
    body, (ann, bob) = await committee(world, "ann", "bob")
    topic = await office.make("/topics", {"reference": "T-1", "title": "A topic"})
    await office.patch(f"/topics/{topic['id']}", TOPIC, topic["version"])
    await heard(world, topic["id"])
    await office.make(f"/topics/{topic['id']}/finalise")
    held = {"title": "Session", "held_at": machine_now().isoformat()}
    session = await office.make(f"/bodies/{body}/sessions", held)
    await office.make(f"/sessions/{session['id']}/open")
    asked = {"purpose": "adopt_topic", "subject_id": topic["id"], "text": "Adopt it."}
    motion = await office.make(f"/sessions/{session['id']}/motions", asked)
    assert await waiting(ann) == []
    await office.make(f"/motions/{motion['id']}/put_to_vote")
    assert await waiting(ann) == await waiting(bob) == [("vote", "motion", motion["id"])]
    await ann.make(f"/motions/{motion['id']}/vote", {"choice": "yes"})
    assert await waiting(ann) == []
    assert (await bob.get("/me")).json()["relations"][0]["kind"] == "member"


async def test_an_experts_work_waits_step_by_step(world: World) -> None:
    topic = await in_evaluation(world)
    who = await expert(topic, signs=False)
    assert [kind for kind, _, _ in await waiting(who.actor)] == ["sign"]
    await who.actor.make(f"/contracts/{who.contract}/sign", SIGNED)
    assert [kind for kind, _, _ in await waiting(who.actor)] == ["acknowledge"]
    await who.actor.make(f"/contracts/{who.contract}/acknowledge_briefing", BRIEFED)
    seat = await invited(topic, who, topic.proposals[0])
    assert await waiting(who.actor) == [("declare", "assignment", seat)]
    await who.actor.make(f"/assignments/{seat}/accept", {"clear": True})
    assert await waiting(who.actor) == [("report", "assignment", seat)]
    declared = {"situation": "P3", "text": "A doubt."}
    await who.actor.post(f"/assignments/{seat}/declare_conflict", declared)
    assert await waiting(who.actor) == []
