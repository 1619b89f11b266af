"""Seats that lapse, are handed back or declined: access ends, and the office is asked for another expert."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.calls.models import Stage, TopicStage
from app.core.clock import machine_now
from app.core.errors import Unmet
from app.core.outbox import Mail
from app.evaluation.report.models import Report
from app.experts.models import Assignment
from app.experts.reactions import keep_what_experts_read, lapse_seats, remind_to_declare
from app.workflow.run import system_act
from tests.build import Actor, person
from tests.conftest import World
from tests.consortia.build import consortium
from tests.evaluation.build import Expert, Topic, expert, group, in_evaluation, invited, seated
from tests.evaluation.hidden import same_as_missing
from tests.experts.test_experts import codes
from tests.experts.test_late_conflicts import waits

pytestmark = pytest.mark.anyio
ANSWER_DAYS = 14
WHY = {"reason": "I am ill."}


async def tick(world: World, days: float) -> None:
    async with world.sessions() as session, session.begin():
        act = system_act(session, machine_now() + timedelta(days=days))
        await lapse_seats(timedelta(minutes=2))(act)


async def told(world: World, who: Actor) -> list[str]:
    """What an officer is mailed of experts who are to be replaced."""
    here = (Mail.recipient == who.email, Mail.kind == "experts_to_replace")
    async with world.sessions() as session:
        return list(await session.scalars(select(Mail.text).where(*here)))


async def two_and(world: World, *, accepts: bool) -> tuple[Topic, Expert, str]:
    """Two experts who have reported, and a third who is invited or has accepted."""
    topic = await in_evaluation(world)
    await group(topic, topic.proposals[0], "ab")
    who = await expert(topic, "cleo")
    seat = await (seated if accepts else invited)(topic, who, topic.proposals[0])
    return topic, who, seat


async def state(topic: Topic, seat: str) -> dict[str, Any]:
    return dict((await topic.office.get(f"/assignments/{seat}")).json())


async def test_an_invitation_lapses_by_the_clock_and_the_office_is_told_once(world: World) -> None:
    topic, who, seat = await world.prepared(two_and, accepts=False)
    applying = await person(world, "applying", "office")
    await consortium(applying, topic.topic_stage)
    until = datetime.fromisoformat((await state(topic, seat))["answer_until"])
    assert until.date() == (machine_now() + timedelta(days=ANSWER_DAYS)).date()
    await tick(world, ANSWER_DAYS - 1)
    assert (await state(topic, seat))["state"] == "invited"
    assert (await who.actor.get(f"/assignments/{seat}/card")).status_code == 200
    assert await waits(topic.office) == []
    await tick(world, ANSWER_DAYS + 1.1)
    read = await state(topic, seat)
    assert (read["state"], [one["name"] for one in read["actions"]]) == ("lapsed", ["find"])
    assert await same_as_missing(who.actor, f"/assignments/{seat}/card")
    assert (await who.actor.get(f"/assignments/{seat}")).json()["state"] == "lapsed"
    assert (await who.actor.post(f"/assignments/{seat}/accept", {"clear": True})).status_code == 403
    assert await waits(topic.office) == [topic.proposals[0].reference]
    await tick(world, ANSWER_DAYS + 2)
    (mail,) = await told(world, topic.office)
    assert f"{topic.proposals[0].reference} has 2 of 3 experts." in mail
    assert "cleo" not in mail
    assert await told(world, topic.second) == [mail]
    assert await told(world, applying) == []
    assert await waits(applying) == []
    await invited(topic, who, topic.proposals[0])
    assert await waits(topic.office) == []


async def test_an_answer_after_the_last_day_is_too_late_before_the_clock_has_come(world: World) -> None:
    topic, who, seat = await world.prepared(two_and, accepts=False)
    async with world.sessions() as session, session.begin():
        over = update(Assignment).where(Assignment.id == UUID(seat))
        await session.execute(over.values(answer_until=machine_now() - timedelta(seconds=1)))
    assert codes(await who.actor.post(f"/assignments/{seat}/accept", {"clear": True})) == ["too-late"]
    await tick(world, 0)  # an answer sent in time may still be under way
    assert (await state(topic, seat))["state"] == "invited"
    conflict = {"situation": "D2", "text": "A cousin applies."}
    await who.actor.make(f"/assignments/{seat}/declare_conflict", conflict)
    await tick(world, 1)
    assert (await state(topic, seat))["state"] == "blocked"


async def test_who_was_given_no_time_to_answer_in_does_not_lapse(world: World) -> None:
    topic, _, seat = await world.prepared(two_and, accepts=False)
    async with world.sessions() as session, session.begin():
        await session.execute(update(Assignment).values(answer_until=None))
    await tick(world, 900)
    assert (await state(topic, seat))["state"] == "invited"


async def test_a_seat_is_handed_back_with_a_reason_and_all_access_ends(world: World) -> None:
    topic, who, seat = await world.prepared(two_and, accepts=True)
    (proposal,) = topic.proposals
    other = await expert(topic, "other")
    report = (await who.actor.make(f"/assignments/{seat}/reports"))["id"]
    assert (await who.actor.get(f"/proposals/{proposal.id}")).status_code == 200
    path = f"/assignments/{seat}/hand_back"
    assert (await who.actor.post(path, {"reason": ""})).status_code == 422
    assert (await topic.office.post(path, WHY)).status_code == 403
    assert (await other.actor.post(path, WHY)).status_code == 404
    assert (await proposal.coordinator.post(path, WHY)).status_code == 404
    await who.actor.make(path, WHY)
    assert await same_as_missing(who.actor, f"/proposals/{proposal.id}")
    assert await same_as_missing(who.actor, f"/reports/{report}")
    read = (await who.actor.get(f"/assignments/{seat}")).json()
    assert (read["state"], read["actions"]) == ("handed_back", [])
    assert (await topic.office.post(f"/assignments/{seat}/void", WHY)).status_code == 409
    async with world.sessions() as session:
        assert (await session.get_one(Report, UUID(report))).state == "voided"
    assert await waits(topic.office) == [proposal.reference]
    assert len(await told(world, topic.office)) == 1


async def test_a_sealed_report_is_not_handed_back(world: World) -> None:
    topic = await in_evaluation(world)
    ((who, seat),) = await group(topic, topic.proposals[0], "a")
    assert (await who.actor.post(f"/assignments/{seat}/hand_back", WHY)).status_code == 409


async def test_a_stage_is_not_extended_once_a_seat_was_handed_back(world: World) -> None:
    topic, who, seat = await world.prepared(two_and, accepts=True)
    await who.actor.make(f"/assignments/{seat}/hand_back", WHY)
    async with world.sessions() as session, session.begin():
        others = update(Assignment).where(Assignment.id != UUID(seat))
        await session.execute(others.values(state="voided"))
        part = await session.get_one(TopicStage, UUID(topic.topic_stage))
        opened = await session.get_one(Stage, part.stage_id)
        with pytest.raises(Unmet):
            await keep_what_experts_read(opened, system_act(session, machine_now()))


async def test_declining_and_the_end_of_a_contract_ask_for_another_expert_too(world: World) -> None:
    topic, who, seat = await world.prepared(two_and, accepts=False)
    await who.actor.make(f"/assignments/{seat}/decline")
    assert len(await told(world, topic.office)) == 1
    again = await invited(topic, who, topic.proposals[0])
    assert await waits(topic.office) == []
    await topic.office.make(f"/contracts/{who.contract}/suspend", WHY)
    assert await waits(topic.office) == [topic.proposals[0].reference]
    await topic.office.make(f"/contracts/{who.contract}/resume", WHY)
    assert await waits(topic.office) == []
    assert (await state(topic, again))["state"] == "invited"


async def test_who_is_enough_without_the_seat_is_not_asked_for(world: World) -> None:
    topic, _, _ = await world.prepared(two_and, accepts=True)
    spare = await expert(topic, "spare")
    seat = await seated(topic, spare, topic.proposals[0])
    await spare.actor.make(f"/assignments/{seat}/hand_back", WHY)
    assert await waits(topic.office) == []
    assert await told(world, topic.office) == []


async def test_who_has_not_declared_is_reminded_in_one_mail_however_many_the_seats(world: World) -> None:
    topic = await in_evaluation(world, 2)
    who, quick = await expert(topic, "cleo"), await expert(topic, "quick")
    for proposal in topic.proposals:
        await invited(topic, who, proposal)
    await seated(topic, quick, topic.proposals[0])
    counts = []
    for days in (1, ANSWER_DAYS - 6, ANSWER_DAYS - 5, ANSWER_DAYS - 1, ANSWER_DAYS + 2):
        async with world.sessions() as session, session.begin():
            await remind_to_declare(system_act(session, machine_now() + timedelta(days=days)))
        async with world.sessions() as session:
            due = select(Mail.recipient, Mail.text).where(Mail.kind == "declare_due")
            mails = (await session.execute(due)).all()
        counts.append(len(mails))
    assert counts == [0, 1, 1, 2, 2]
    assert {to for to, _ in mails} == {who.actor.email}
    for _, text in mails:
        assert text.startswith("cleo,\n\n2 proposals of call")
        assert not any(proposal.reference in text for proposal in topic.proposals)
