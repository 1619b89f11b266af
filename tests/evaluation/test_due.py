"""What is due and overdue, reminders by the clock, statistics that say nothing of few."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.calls.models import Stage, TopicStage
from app.core.clock import machine_now
from app.core.outbox import Mail
from app.evaluation.report.due import remind_of_reports
from app.experts.models import Assignment
from app.workflow.run import system_act
from tests.build import Actor, person
from tests.conftest import Counting, World
from tests.consortia.build import consortium
from tests.evaluation.build import Topic, expert, group, in_evaluation, mark, reported, seated
from tests.evaluation.hidden import same_as_missing

pytestmark = pytest.mark.anyio
DAY = timedelta(days=1)
WHY = {"reason": "A slip."}


async def accepted(topic: Topic, seat: str, ago: timedelta) -> None:
    """The seat was accepted so long ago; by the rule set there are 21 days to report."""
    async with topic.world.sessions() as session, session.begin():
        here = update(Assignment).where(Assignment.id == UUID(seat))
        await session.execute(here.values(declared_at=machine_now() - ago))


async def evaluation_ends(topic: Topic, day: date) -> None:
    async with topic.world.sessions() as session, session.begin():
        stage = select(TopicStage.stage_id).where(TopicStage.id == UUID(topic.topic_stage))
        here = update(Stage).where(Stage.id == stage.scalar_subquery())
        await session.execute(here.values(evaluation_from=day - 9 * DAY, evaluation_to=day))


async def mine(who: Actor) -> list[dict[str, Any]]:
    return list((await who.get("/me/reports")).json()["items"])


async def overdue(who: Actor, topic: Topic) -> list[tuple[Any, ...]]:
    items = (await who.get(f"/calls/{topic.call}/overdue_reports")).json()["items"]
    return [(one["assignment_id"], one["state"], one["missing"], one["name"]) for one in items]


async def reminded(world: World) -> list[tuple[str, str]]:
    """What is mailed to experts once the clock has struck."""
    async with world.sessions() as session, session.begin():
        await remind_of_reports(system_act(session, machine_now(), "tick"))
    async with world.sessions() as session:
        found = (
            select(Mail.recipient, Mail.subject).where(Mail.kind == "report_due").order_by(Mail.written_at)
        )
        return [(recipient, subject) for recipient, subject in await session.execute(found)]


async def test_an_expert_reads_what_is_due_and_what_is_missing(world: World) -> None:
    topic = await world.prepared(in_evaluation, 2)
    first, second = topic.proposals
    ada = await expert(topic, "ada")
    later, sooner = await seated(topic, ada, first), await seated(topic, ada, second)
    await accepted(topic, later, DAY)
    await accepted(topic, sooner, 10 * DAY)
    report = await ada.actor.make(f"/assignments/{later}/reports")
    await ada.actor.patch(f"/reports/{report['id']}/marks/impact", {"score": "3"}, 1)
    told = [
        (one["assignment_id"], one["state"], one["missing"], one["overdue"]) for one in await mine(ada.actor)
    ]
    assert told == [(sooner, "not_begun", 6, False), (later, "draft", 5, False)]
    waiting = (await ada.actor.get("/me")).json()["waiting"]
    assert [(one["kind"], one["id"], one["due"]) for one in waiting] == [
        ("report", one["assignment_id"], one["due"]) for one in await mine(ada.actor)
    ]
    await evaluation_ends(topic, date(2020, 3, 2))
    assert [(one["due"], one["overdue"]) for one in await mine(ada.actor)] == [
        ("2020-03-02T22:59:59Z", True)
    ] * 2
    for other in (topic.office, topic.members[0], first.coordinator):
        assert await mine(other) == []


async def test_a_blocked_seat_is_on_no_list_and_gets_no_reminder(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    seat = await seated(topic, ada, topic.proposals[0])
    await accepted(topic, seat, 40 * DAY)
    assert await overdue(topic.office, topic) == [(seat, "not_begun", 6, "ada")]
    assert len(await mine(ada.actor)) == 1
    said = {"situation": "P3", "text": "My sister has joined them."}
    await ada.actor.make(f"/assignments/{seat}/declare_conflict", said)
    assert (await overdue(topic.office, topic), await mine(ada.actor)) == ([], [])
    assert await reminded(world) == []


async def test_the_office_reads_what_is_overdue_until_it_is_sealed(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    proposal = topic.proposals[0]
    ada, bob = await expert(topic, "ada"), await expert(topic, "bob")
    late, longer = await seated(topic, ada, proposal), await seated(topic, bob, proposal)
    await accepted(topic, late, 30 * DAY)
    await accepted(topic, longer, 40 * DAY)
    rows = [(longer, "not_begun", 6, "bob"), (late, "not_begun", 6, "ada")]
    assert await overdue(topic.office, topic) == rows
    report = await reported(ada, late)
    assert await overdue(topic.office, topic) == rows[:1]
    await topic.office.make(f"/reports/{report}/reopen", WHY)  # with its time anew
    assert await overdue(topic.office, topic) == rows[:1]
    stranger = await person(world, "stranger")
    paths = [f"/calls/{topic.call}/{kind}" for kind in ("overdue_reports", "report_statistics")]
    for path in paths:
        for nobody in (ada.actor, *topic.members, proposal.coordinator, stranger):
            assert (await nobody.get(f"/calls/{topic.call}")).status_code == 200
            assert await same_as_missing(nobody, path)
    assert len(await overdue(topic.second, topic)) == 1
    await consortium(topic.second, topic.topic_stage)
    assert await overdue(topic.second, topic) == []  # an officer who applies in the topic
    assert (await topic.second.get(paths[1])).json()["topics"] == []


async def test_reminders_go_out_by_the_clock_each_once(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    seat = await seated(topic, ada, topic.proposals[0])
    assert await reminded(world) == []
    await evaluation_ends(topic, (machine_now() + 5 * DAY).date())
    await accepted(topic, seat, 10 * DAY)
    reference = topic.proposals[0].reference
    soon = (ada.actor.email, f"Your report on {reference} is due soon")
    assert await reminded(world) == await reminded(world) == [soon]
    await evaluation_ends(topic, (machine_now() - 3 * DAY).date())
    over = (ada.actor.email, f"Your report on {reference} is overdue")
    assert await reminded(world) == await reminded(world) == [soon, over]
    await reported(ada, seat)
    await evaluation_ends(topic, (machine_now() - 6 * DAY).date())
    assert await reminded(world) == [soon, over]


async def test_lists_reminders_and_advice_cost_as_many_statements_however_many_seats(
    world: World, counting: Counting
) -> None:
    topic = await in_evaluation(world, 3)
    costs = []
    experts = [await expert(topic, name) for name in ("ada", "bob", "cid")]
    for proposal in topic.proposals:
        for who in experts:
            seat = await seated(topic, who, proposal)
            await accepted(topic, seat, 30 * DAY)
            report = (await who.actor.make(f"/assignments/{seat}/reports"))["id"]
        found = []
        for reader, path in (
            (experts[-1].actor, "/me/reports"),
            (experts[-1].actor, f"/reports/{report}/advice"),
            (topic.office, f"/reports/{report}/advice"),
            (topic.office, f"/calls/{topic.call}/overdue_reports"),
            (topic.office, f"/calls/{topic.call}/report_statistics"),
        ):
            with counting() as cost:
                assert (await reader.get(path)).status_code == 200
            found.append(len(cost))
        with counting() as cost:
            await reminded(world)
        costs.append([*found, len(cost)])
    assert costs[1] == costs[2]  # the first has no other report to look at


async def statistics(topic: Topic) -> dict[str, Any]:
    return dict((await topic.office.get(f"/calls/{topic.call}/report_statistics")).json())


async def test_statistics_say_nothing_of_fewer_than_five_reports(world: World) -> None:
    topic = await world.prepared(in_evaluation, 2)
    first, second = topic.proposals
    await group(topic, first, "abcd")
    quiet = await statistics(topic)
    assert quiet["least_reports"] == 5
    assert (quiet["topics"][0]["progress"], quiet["topics"][0]["timeliness"]) == (None, None)
    assert [one["spread"] for one in quiet["proposals"]] == [[]]
    assert [(one["workload"], one["spread"]) for one in quiet["experts"]] == [(None, [])] * 4
    eve = await expert(topic, "eve")
    await seated(topic, eve, second)
    five = (await statistics(topic))["topics"][0]
    assert five["progress"] == {"reports": 5, "drafts": 0, "sealed": 4}
    assert five["timeliness"] is None  # of four that are sealed
    report = await ada_low(topic, first)
    told = await statistics(topic)
    assert told["topics"][0]["progress"] == {"reports": 6, "drafts": 0, "sealed": 5}
    assert {k: told["topics"][0]["timeliness"][k] for k in ("sealed", "in_time", "late")} == {
        "sealed": 5, "in_time": 5, "late": 0,
    }  # fmt: skip
    spread = {one["reference"]: one["spread"] for one in told["proposals"]}
    assert spread[second.reference] == []
    impact = next(one for one in spread[first.reference] if one["criterion"] == "impact")
    assert (impact["sealed"], impact["least"], impact["most"], impact["mean"]) == (5, "1.00", "4.00", "3.40")
    assert report


async def ada_low(topic: Topic, proposal: Any) -> str:
    """A fifth report, with low scores."""
    ada = await expert(topic, "ada")
    return await reported(ada, await seated(topic, ada, proposal), ("1", "1", "1"))


async def test_statistics_of_an_expert_begin_with_the_fifth_report(world: World) -> None:
    topic = await in_evaluation(world, 5)
    ada = await expert(topic, "ada")
    for number, proposal in enumerate(topic.proposals, 1):
        report = (await ada.actor.make(f"/assignments/{await seated(topic, ada, proposal)}/reports"))["id"]
        await mark(ada.actor, f"/reports/{report}/marks", ("3", str(number), "4"))
        (one,) = (await statistics(topic))["experts"]
        assert (one["workload"] is None, one["spread"]) == (number < 5, [])
        await ada.actor.make(f"/reports/{report}/seal")
    (one,) = (await statistics(topic))["experts"]
    assert one["workload"] == {"reports": 5, "drafts": 0, "sealed": 5}
    assert [(s["criterion"], s["least"], s["most"], s["mean"]) for s in one["spread"]][1] == (
        "impact", "1.00", "5.00", "3.00",
    )  # fmt: skip
