"""Two acts that touch the same seat at once: neither waits for the other without end."""

import asyncio

import pytest

from tests.conftest import World
from tests.evaluation.build import expert, in_evaluation, mark, seated

pytestmark = pytest.mark.anyio


async def test_sealing_a_report_while_declaring_a_conflict_ends_in_no_deadlock(live: World) -> None:
    topic = await in_evaluation(live)
    who = await expert(topic)
    seat = await seated(topic, who, topic.proposals[0])
    report = (await who.actor.make(f"/assignments/{seat}/reports"))["id"]
    await mark(who.actor, f"/reports/{report}/marks")
    declared = {"situation": "P3", "text": "A doubt."}
    both = await asyncio.gather(
        who.actor.post(f"/reports/{report}/seal"),
        who.actor.post(f"/assignments/{seat}/declare_conflict", declared),
    )
    assert both[1].status_code == 200
    assert both[0].status_code in (200, 404)  # the conflict came second, or first
    found = await topic.office.get(f"/reports/{report}")
    assert found.json()["state"] == "voided"
