"""Two acts at once on the same seat or the same consensus report: one after the other, and no deadlock."""

import asyncio

import pytest

from tests.conftest import World
from tests.evaluation.build import approve, expert, in_evaluation, mark, seated
from tests.evaluation.test_around_the_group import asked, state
from tests.evaluation.test_workbench import CONFLICT, working

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


async def test_v17_the_last_two_approvals_at_once_make_it_final_once(live: World) -> None:
    there = await asked(live)
    await approve(there.path.rsplit("/", 1)[1], there.experts[0][0])
    body = {"round": 1}
    both = await asyncio.gather(
        *(who.actor.post(f"{there.path}/approve", body) for who, _ in there.experts[1:])
    )
    assert [answer.status_code for answer in both] == [200, 200]
    assert await state(there) == "final"
    proposal = await there.topic.office.get(f"/proposals/{there.topic.proposals[0].id}")
    assert proposal.json()["state"] == "evaluated"


async def test_the_last_approval_while_the_draft_is_taken_back(live: World) -> None:
    there = await asked(live)
    await approve(there.path.rsplit("/", 1)[1], *(who for who, _ in there.experts[:2]))
    both = await asyncio.gather(
        there.experts[2][0].actor.post(f"{there.path}/approve", {"round": 1}),
        there.experts[0][0].actor.post(f"{there.path}/redraft"),
    )
    codes = [answer.status_code for answer in both]
    assert (codes, await state(there)) in (([200, 409], "final"), ([409, 200], "drafting"))


async def test_the_last_approval_while_another_turns_out_to_be_in_conflict(live: World) -> None:
    there = await asked(live)
    await approve(there.path.rsplit("/", 1)[1], *(who for who, _ in there.experts[:2]))
    who, seat = there.experts[1]
    approved, declared = await asyncio.gather(
        there.experts[2][0].actor.post(f"{there.path}/approve", {"round": 1}),
        who.actor.post(f"/assignments/{seat}/declare_conflict", CONFLICT),
    )
    assert declared.status_code == 200
    assert (approved.status_code, await state(there)) in ((200, "voided"), (409, "drafting"))


async def test_two_who_draft_at_once(live: World) -> None:
    """The rapporteur in two tabs, and a new rapporteur while the old one writes."""
    there = await working(live)
    (ada, _), (bob, seat), _ = there.experts
    path, said = f"{there.path}/points/impact", {"score": "4"}
    both = await asyncio.gather(*(ada.actor.patch(path, said, 1) for _ in range(2)))
    assert sorted(answer.status_code for answer in both) == [200, 412]
    written, appointed = await asyncio.gather(
        ada.actor.patch(path, {"score": "3"}, 2),
        there.topic.office.post(f"{there.path}/appoint", {"rapporteur_id": seat}),
    )
    assert appointed.status_code == 200
    assert written.status_code in (200, 403)
    version = (await bob.actor.get(path)).json()["version"]
    assert version == (3 if written.status_code == 200 else 2)
    assert (await ada.actor.patch(path, said, version)).status_code == 403
    assert (await bob.actor.patch(path, said, version)).status_code == 200


async def test_who_is_asked_to_read_while_a_report_is_begun_does_one_of_both(live: World) -> None:
    there = await working(live)
    dora = await expert(there.topic, "dora")
    seat = await seated(there.topic, dora, there.topic.proposals[0])
    both = await asyncio.gather(
        there.topic.office.post(f"{there.path}/invite_reader", {"assignment_id": seat}),
        dora.actor.post(f"/assignments/{seat}/reports"),
    )
    assert [answer.status_code for answer in both] in ([200, 409], [409, 201])
