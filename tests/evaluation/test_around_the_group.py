"""Around the group: who moderates, when it meets, who does not answer, who else may read."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import select, update

from app.core.clock import machine_now
from app.core.outbox import Mail
from app.evaluation.consensus.meeting import Meeting
from app.evaluation.consensus.reactions import remind_silent
from app.workflow.run import system_act
from tests.build import person
from tests.conftest import World
from tests.consortia.build import consortium
from tests.evaluation.build import (
    Expert,
    approve,
    draft,
    expert,
    joining,
    reported,
    seated,
)
from tests.evaluation.hidden import same_as_missing
from tests.evaluation.test_workbench import CONFLICT, Group, codes, working
from tests.experts.assigning.build import given

pytestmark = pytest.mark.anyio


def slot(**other: Any) -> dict[str, Any]:
    start = machine_now() + timedelta(days=1)
    times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=1)).isoformat()}
    return times | {"place": "https://meet.example.org/a", "secret": "4711"} | other


async def moderates(there: Group, who: Expert) -> httpx2.Response:
    asked = {"contract_id": who.contract}
    return await there.topic.office.post(f"{there.path}/name_moderator", asked)


async def asked(world: World) -> Group:
    """The draft is before three experts."""
    there = await working(world)
    await draft(there.experts[0][0].actor, f"{there.path}/points")
    await there.experts[0][0].actor.make(f"{there.path}/put_to_approval")
    return there


async def state(there: Group) -> str:
    return str((await there.topic.office.get(there.path)).json()["state"])


async def tick(world: World, days: float) -> None:
    async with world.sessions() as session, session.begin():
        await remind_silent(system_act(session, machine_now() + timedelta(days=days)))


async def mailed(world: World) -> list[str]:
    async with world.sessions() as session:
        wanted = select(Mail.recipient).where(Mail.kind == "consensus_reminder")
        return sorted(await session.scalars(wanted))


def absent(there: Group, number: int) -> dict[str, str]:
    return {"assignment_id": there.experts[number][1], "reason": "No answer by mail or telephone."}


async def test_v14_an_expert_who_moderates_reads_all_and_approves_nothing(world: World) -> None:
    there = await world.prepared(working)
    dora, proposal = await expert(there.topic, "dora"), there.topic.proposals[0]
    paths = [there.path, f"{there.path}/workbench", f"/proposals/{proposal.id}"]
    assert [await same_as_missing(dora.actor, path) for path in paths] == [True] * 3
    assert (await moderates(there, dora)).status_code == 200
    assert [(await dora.actor.get(path)).status_code for path in paths] == [200] * 3
    await dora.actor.make(f"{there.path}/discuss", {"criterion": "impact", "text": "Shall we begin?"})
    await dora.actor.make(f"{there.path}/meet", slot())
    await draft(there.experts[0][0].actor, f"{there.path}/points")
    await there.experts[0][0].actor.make(f"{there.path}/put_to_approval")
    tried = [("approve", {"round": 1}), ("object", {"reason": "No."}), ("redraft", None)]
    answers = [(await dora.actor.post(f"{there.path}/{row}", body)).status_code for row, body in tried]
    assert answers == [403] * 3
    bench = await there.bench(there.experts[1][0].actor)
    assert bench["impact"]["thread"][0]["label"] == "The moderator"
    assert bench["whole"]["moderated"] is True
    assert "dora" not in str(bench)
    await there.topic.office.make(f"{there.path}/name_moderator", {})
    assert [await same_as_missing(dora.actor, path) for path in paths] == [True] * 3


async def test_who_moderates_has_no_conflict_no_seat_and_a_contract_of_the_call(world: World) -> None:
    there, other = await working(world), await working(world)
    ada, _ = there.experts[0]
    elsewhere, _ = other.experts[0]
    late = await expert(there.topic, "late", signs=False)
    bad = await expert(there.topic, "bad")
    recorded = {"account_id": str(bad.actor.id), "situation": "D4", "text": "A cousin of the coordinator."}
    await there.topic.office.make(f"/proposals/{there.topic.proposals[0].id}/conflicts", recorded)
    for who, code in (
        (ada, "has-a-seat"),
        (elsewhere, "no-contract"),
        (late, "no-contract"),
        (bad, "conflict"),
    ):
        assert codes(await moderates(there, who)) == [(code, "/contract_id")]
    named = f"{there.path}/name_moderator"
    stranger = await person(world, "stranger")
    refused = await there.topic.office.post(named, {"account_id": str(stranger.id)})
    assert codes(refused) == [("no-officer", "/account_id")]
    both = {"account_id": str(there.topic.second.id), "contract_id": bad.contract}
    assert codes(await there.topic.office.post(named, both))[0] == ("two-named", "/contract_id")
    assert (await ada.actor.post(named, {"contract_id": bad.contract})).status_code == 403


async def test_who_moderates_or_has_gets_no_seat_there(world: World) -> None:
    there = await world.prepared(working)
    dora = await expert(there.topic, "dora")
    await moderates(there, dora)
    path, body = f"/contracts/{dora.contract}/assignments", {"proposal_id": there.topic.proposals[0].id}
    assert codes(await there.topic.office.post(path, body)) == [("moderates", "/proposal_id")]
    await there.topic.office.make(f"{there.path}/name_moderator", {})
    assert codes(await there.topic.office.post(path, body)) == [("moderates", "/proposal_id")]
    stage = (await there.topic.office.get(f"/topic_stages/{there.topic.topic_stage}")).json()["stage_id"]
    drawn = {"title": "By hand", "terms": given(panel_size=4)}
    made = await there.topic.office.make(f"/stages/{stage}/assignment_sets", drawn)
    put = {"put": [body | {"contract_id": dora.contract}]}
    here = f"/assignment_sets/{made['id']}"
    assert (await there.topic.office.patch(here, put, made["version"])).status_code == 200
    refused = await there.topic.office.post(f"{here}/release")
    assert codes(refused) == [("moderates", f"/panels/{body['proposal_id']}")]


async def test_a_moderator_found_to_be_in_conflict_sees_nothing_any_more(world: World) -> None:
    there = await world.prepared(working)
    dora = await expert(there.topic, "dora")
    await moderates(there, dora)
    paths = [f"{there.path}/workbench", f"/proposals/{there.topic.proposals[0].id}"]
    assert [(await dora.actor.get(path)).status_code for path in paths] == [200] * 2
    recorded = {"account_id": str(dora.actor.id), "situation": "D4", "text": "A cousin."}
    await there.topic.office.make(f"/proposals/{there.topic.proposals[0].id}/conflicts", recorded)
    assert [await same_as_missing(dora.actor, path) for path in paths] == [True] * 2


async def test_what_bars_from_the_call_bars_a_moderator_whatever_proposal_it_is_about(world: World) -> None:
    there = await working(world, proposals=2)
    dora, (mine, other) = await expert(there.topic, "dora"), there.topic.proposals
    await moderates(there, dora)
    paths = [f"{there.path}/workbench", f"/proposals/{mine.id}"]
    assert [(await dora.actor.get(path)).status_code for path in paths] == [200] * 2
    recorded = {"account_id": str(dora.actor.id), "situation": "D7", "text": "A contact point."}
    await there.topic.office.make(f"/proposals/{other.id}/conflicts", recorded)
    assert [await same_as_missing(dora.actor, path) for path in paths] == [True] * 2


async def test_an_officer_moderates_until_they_apply(world: World) -> None:
    there = await world.prepared(working)
    second = there.topic.second
    await there.topic.office.make(f"{there.path}/name_moderator", {"account_id": str(second.id)})
    await second.make(f"{there.path}/discuss", {"criterion": "impact", "text": "Shall we begin?"})
    assert (await there.bench())["impact"]["thread"][0]["label"] == "The moderator"
    await consortium(second, there.topic.topic_stage)
    assert await same_as_missing(second, f"{there.path}/workbench")


async def test_the_secret_of_a_meeting_is_for_the_group_alone(world: World) -> None:
    there = await world.prepared(working)
    read = await there.topic.office.post(f"{there.path}/meet", slot())
    assert (read.status_code, "4711" in read.text) == (200, False)
    office = (await there.bench())["whole"]["meetings"]
    (mine,) = (await there.bench(there.experts[1][0].actor))["whole"]["meetings"]
    assert [(one["place"], one["secret"]) for one in office] == [("https://meet.example.org/a", None)]
    assert mine["secret"] == "4711"
    second = there.topic.second
    await there.topic.office.make(f"{there.path}/name_moderator", {"account_id": str(second.id)})
    assert (await there.bench(second))["whole"]["meetings"][0]["secret"] == "4711"


async def test_a_slot_is_moved_and_attendance_noted_once_it_has_begun(world: World) -> None:
    there = await world.prepared(working)
    office = there.topic.office
    labels = sorted(mark["label"] for mark in (await there.bench())["impact"]["marks"])
    noted = f"{there.path}/note_attendance"
    assert codes(await office.post(noted, {"labels": []})) == [("no-meeting", "")]
    for _ in range(2):
        await office.make(f"{there.path}/meet", slot())
    assert len((await there.bench())["whole"]["meetings"]) == 1
    assert codes(await office.post(noted, {"labels": [labels[0]]})) == [("not-begun", "")]
    async with world.sessions() as session, session.begin():
        await session.execute(update(Meeting).values(starts_at=machine_now() - timedelta(hours=1)))
    refused = await office.post(noted, {"labels": [labels[0], "Expert X"]})
    assert codes(refused) == [("not-of-group", "/labels/1")]
    await office.make(noted, {"labels": labels[:2]})
    await office.make(f"{there.path}/meet", slot())
    found = (await there.bench(there.experts[1][0].actor))["whole"]["meetings"]
    assert [one["present"] for one in found] == [labels[:2], []]
    assert codes(await there.topic.office.post(f"{there.path}/meet", slot(ends_at=slot()["starts_at"])))
    past = slot(starts_at=(machine_now() - timedelta(hours=1)).isoformat())
    assert codes(await office.post(f"{there.path}/meet", past)) == [("in-the-past", "/starts_at")]
    assert (await there.experts[1][0].actor.post(f"{there.path}/meet", slot())).status_code == 403


async def test_who_has_not_answered_is_reminded_by_the_clock(world: World) -> None:
    there = await world.prepared(asked)
    silent, late = (there.experts[n][0].actor.email for n in (1, 2))
    await approve(there.path.rsplit("/", 1)[1], there.experts[0][0])
    counts = []
    for day in (1, 4, 4.1, 6, 8, 9):
        await tick(world, day)
        counts.append(len(await mailed(world)))
    assert counts == [0, 2, 2, 4, 6, 6]
    assert set(await mailed(world)) == {silent, late}
    read = (await there.topic.office.get(there.path)).json()
    assert {one["reminders"] for one in read["silences"]} == {3}


async def test_one_absent_expert_stops_nothing_after_two_reminders(world: World) -> None:
    there = await world.prepared(asked)
    note, office = f"{there.path}/note_absence", there.topic.office
    assert codes(await office.post(note, absent(there, 2))) == [("too-few-reminders", "/assignment_id")]
    await tick(world, 4)
    assert codes(await office.post(note, absent(there, 2))) == [("too-few-reminders", "/assignment_id")]
    await tick(world, 6)
    await approve(there.path.rsplit("/", 1)[1], there.experts[0][0])
    assert codes(await office.post(note, absent(there, 0))) == [("has-answered", "/assignment_id")]
    other = absent(there, 0) | {"assignment_id": there.topic.proposals[0].id}
    assert codes(await office.post(note, other)) == [("not-of-group", "/assignment_id")]
    assert (await there.experts[0][0].actor.post(note, absent(there, 2))).status_code == 403
    assert (await office.make(note, absent(there, 2)))["state"] == "approval"
    assert codes(await office.post(note, absent(there, 2))) == [("noted", "/assignment_id")]
    assert len((await there.bench(there.experts[1][0].actor))["whole"]["absent"]) == 1
    await approve(there.path.rsplit("/", 1)[1], there.experts[1][0])
    assert await state(there) == "final"


async def test_noting_the_last_who_is_missing_ends_it_and_with_no_approval_nothing_ends(world: World) -> None:
    there = await world.prepared(asked)
    await tick(world, 4)
    await tick(world, 6)
    for number in range(3):
        await there.topic.office.make(f"{there.path}/note_absence", absent(there, number))
    assert await state(there) == "approval"
    await approve(there.path.rsplit("/", 1)[1], there.experts[0][0])
    assert await state(there) == "final"


async def test_who_comes_back_approves_or_objects_until_it_is_final(world: World) -> None:
    there = await world.prepared(asked)
    await tick(world, 4)
    await tick(world, 6)
    await there.topic.office.make(f"{there.path}/note_absence", absent(there, 2))
    back = there.experts[2][0].actor
    await back.make(f"{there.path}/object", {"reason": "I was ill, and it is too good."})
    await there.experts[0][0].actor.make(f"{there.path}/put_to_approval")
    await approve(there.path.rsplit("/", 1)[1], there.experts[0][0], there.experts[1][0])
    assert await state(there) == "approval"
    await approve(there.path.rsplit("/", 1)[1], there.experts[2][0])
    assert await state(there) == "final"
    assert (await back.post(f"{there.path}/object", {"reason": "Late."})).status_code == 409


async def test_absence_holds_over_a_new_round_and_reminders_are_counted_anew(world: World) -> None:
    there = await world.prepared(asked)
    await tick(world, 4)
    await tick(world, 6)
    await there.topic.office.make(f"{there.path}/note_absence", absent(there, 2))
    rapporteur = there.experts[0][0].actor
    await rapporteur.make(f"{there.path}/redraft")
    await rapporteur.make(f"{there.path}/put_to_approval")
    refused = await there.topic.office.post(f"{there.path}/note_absence", absent(there, 1))
    assert codes(refused) == [("too-few-reminders", "/assignment_id")]
    await approve(there.path.rsplit("/", 1)[1], there.experts[0][0], there.experts[1][0])
    assert await state(there) == "final"


async def test_v18_a_further_expert_reads_gives_a_view_and_writes_no_report(world: World) -> None:
    there = await world.prepared(working)
    dora, proposal = await expert(there.topic, "dora"), there.topic.proposals[0]
    seat = await seated(there.topic, dora, proposal)
    assert await same_as_missing(dora.actor, f"{there.path}/workbench")
    invite, body = f"{there.path}/invite_reader", {"assignment_id": seat}
    await there.topic.office.make(invite, body)
    assert (await there.topic.office.post(invite, body)).status_code == 409
    waits = [(one["kind"], one["entity"]) for one in (await dora.actor.get("/me")).json()["waiting"]]
    assert waits == [("read", "consensus")]
    assert len((await there.bench(dora.actor))["impact"]["marks"]) == 3
    await dora.actor.make(f"{there.path}/give_view", {"view": "The minority is right."})
    (found,) = (await there.bench(there.experts[1][0].actor))["whole"]["readers"]
    assert found["view"] == "The minority is right."
    assert (await dora.actor.get("/me")).json()["waiting"] == []
    refused = await dora.actor.post(f"/assignments/{seat}/reports")
    assert [code for code, _ in codes(refused)] == ["reads-across"]
    assert (await dora.actor.post(f"{there.path}/put_to_approval")).status_code == 403
    await dora.actor.make(f"/assignments/{seat}/declare_conflict", CONFLICT)
    assert await same_as_missing(dora.actor, f"{there.path}/workbench")
    assert (await there.bench(there.experts[1][0].actor))["whole"]["readers"] == []
    assert [one["out"] for one in (await there.bench())["whole"]["readers"]] == [True]


async def test_only_an_accepted_seat_of_the_proposal_without_a_report_reads_across(world: World) -> None:
    there, other = await working(world), await working(world)
    invite, dora = f"{there.path}/invite_reader", await expert(there.topic, "dora")
    seat = await seated(there.topic, dora, there.topic.proposals[0])
    for wrong in (there.experts[0][1], other.experts[0][1], dora.contract):
        refused = await there.topic.office.post(invite, {"assignment_id": wrong})
        assert codes(refused) == [("no-seat", "/assignment_id")]
    await dora.actor.make(f"/assignments/{seat}/reports")
    refused = await there.topic.office.post(invite, {"assignment_id": seat})
    assert codes(refused) == [("writes-a-report", "/assignment_id")]
    emma = await expert(there.topic, "emma")
    await reported(emma, await seated(there.topic, emma, there.topic.proposals[0]))
    assert len((await there.bench(emma.actor))["impact"]["marks"]) == 4


async def test_one_who_joined_late_is_asked_to_approve(world: World) -> None:
    there = await world.prepared(asked)
    dan, _ = await joining(there.topic, there.topic.proposals[0], "d")
    await approve(there.path.rsplit("/", 1)[1], *(who for who, _ in there.experts))
    assert await state(there) == "approval"
    await approve(there.path.rsplit("/", 1)[1], dan)
    assert await state(there) == "final"
