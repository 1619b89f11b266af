"""Builders: motions on a list, as far as a vote goes."""

from typing import Any
from uuid import UUID

import httpx2

from app.core.clock import machine_now
from tests.build import Actor
from tests.decisions.build import Ranked
from tests.evaluation.build import Topic

RETURN: dict[str, Any] = {
    "purpose": "return_list",
    "fault": "unequal_treatment",
    "text": "One was heard, the other was not.",
}


def of(topic: Topic, body: UUID) -> Ranked:
    """A topic that was evaluated by acts, as what the committee decides on."""
    made = {"topic_stage": {"id": topic.topic_stage}, "call": {"id": topic.call}}
    return Ranked(topic.office, topic.second, body, topic.members, made, [])


async def put(there: Ranked, who: Actor | None = None, **asked: Any) -> httpx2.Response:
    """A motion on the list, put before an open session of its own by an officer."""
    held = {"title": "Session", "held_at": machine_now().isoformat()}
    session = await there.office.make(f"/bodies/{there.body}/sessions", held)
    await there.office.make(f"/sessions/{session['id']}/open")
    whole = {"purpose": "adopt_list", "subject_id": there.topic_stage, "text": "Adopt it."} | asked
    return await (who or there.office).post(f"/sessions/{session['id']}/motions", whole)


async def voting(there: Ranked, choice: str = "yes", **asked: Any) -> str:
    """The same, put to the vote; every member but those who are out has voted. Its path."""
    motion = await put(there, **asked)
    assert motion.status_code == 201, motion.text
    path = f"/motions/{motion.json()['id']}"
    await there.office.make(f"{path}/put_to_vote")
    for member in there.members:
        await member.post(f"{path}/vote", {"choice": choice})
    return path


async def carried(there: Ranked, **asked: Any) -> httpx2.Response:
    """The same, and what comes of closing the vote as adopted."""
    return await there.office.post(f"{await voting(there, **asked)}/adopt")


def named(there: Ranked, number: int, reason: str = "INSUFFICIENT_BUDGET", text: str = "Why.") -> Any:
    """The proposal of this place in the list, counted from 1, as it is passed over."""
    return {"proposal_id": str(there.proposals[number - 1].id), "reason": reason, "text": text}


async def decisions(there: Ranked) -> list[dict[str, Any]]:
    """The decisions on the topic, the first made first."""
    found = (await there.office.get("/decisions", params={"topic_stage_id": there.topic_stage})).json()
    read = [(await there.office.get(f"/decisions/{one['id']}")).json() for one in found["items"]]
    return sorted(read, key=lambda one: str(one["superseded_at"] or "9"))
