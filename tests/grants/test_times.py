"""Times to inform and to grant, in days and months, against the limits of the rules (K-06, K-07)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from app.calls.models import TopicStageState
from app.calls.periods import months_between, months_later
from app.core.clock import machine_now
from app.decisions.models import Decision, Line
from app.grants.models import Grant
from app.grants.times.rules import Time, summed
from tests.build import person
from tests.conftest import Counting, World
from tests.decisions.build import Ranked, ranked, released
from tests.decisions.money import apply, set_state
from tests.decisions.redress.build import contested
from tests.decisions.reserves import closed, promoted, set_proposal, withdrawn
from tests.decisions.what_ifs import another_topic
from tests.grants.build import ENTRY

pytestmark = pytest.mark.anyio
DAYS = st.dates(date(1999, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("since", "months", "due"),
    [
        ("2020-08-31", 5, "2021-01-31"),
        ("2020-09-30", 5, "2021-02-28"),
        ("2019-09-30", 5, "2020-02-29"),
        ("2020-02-29", 12, "2021-02-28"),
        ("2020-03-31", 8, "2020-11-30"),
        ("2020-12-15", 5, "2021-05-15"),
    ],
)
def test_a_limit_ends_with_the_same_day_or_the_last_of_a_shorter_month(
    since: str, months: int, due: str
) -> None:
    last, start = date.fromisoformat(due), date.fromisoformat(since)
    one = Time(start, months, last, last)
    assert (one.due, one.standing, one.months) == (last, "in_time", months)
    over = last + timedelta(days=1)
    assert Time(start, months, over, over).standing == "late"
    assert Time(start, months, None, last).standing == "pending"
    assert Time(start, months, None, over).standing == "overdue"


def test_days_are_counted_from_the_deadline_over_a_leap_day() -> None:
    assert Time(date(2020, 2, 28), 5, date(2020, 3, 1), date(2020, 6, 1)).days == 2
    assert Time(date(2020, 3, 31), 5, date(2020, 5, 12), date(2020, 6, 1)).days == 42


@given(DAYS, st.integers(0, 40))
def test_whole_months_are_counted_as_they_are_added(day: date, months: int) -> None:
    then = months_later(day, months)
    assert months_between(day, then) == months
    assert months_between(day, months_later(day, months + 1) - timedelta(days=1)) == months


def test_a_median_is_of_what_is_done_alone() -> None:
    start, today = date(2020, 1, 1), date(2020, 12, 31)
    done = [date(2020, 1, 11), date(2020, 1, 31), None, date(2020, 9, 2), date(2020, 1, 21)]
    found = summed(Time(start, 5, one, today) for one in done)
    assert (found.counted, found.in_time, found.late, found.pending, found.overdue) == (5, 3, 1, 0, 1)
    assert (found.median_days, found.longest_days) == (20, 245)
    assert summed([]).median_days is None


async def times(there: Ranked, who: Any = None) -> dict[str, Any]:
    answer = await (who or there.office).get(f"/calls/{there.made['call']['id']}/times")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_what_a_topic_waits_for_on_its_way_to_the_release(world: World) -> None:
    there = await world.prepared(ranked, "30000000.00")
    assert (await times(there))["topics"] == [], "its deadline has not passed"
    await closed(world, there)
    waits = {
        TopicStageState.SCHEDULED: "checks",
        TopicStageState.CHECKING: "checks",
        TopicStageState.EVALUATION: "panel",
        TopicStageState.RANKED: "vote",
        TopicStageState.DECIDED: "release",
    }
    for state, what in waits.items():
        await set_state(world, there, state)
        (topic,) = (await times(there))["topics"]
        assert (topic["waits_for"], topic["to_inform"]["standing"], topic["grants"]) == (what, "pending", [])
    await set_state(world, there, TopicStageState.EVALUATION)
    await set_proposal(world, there, 0, state="in_evaluation")
    (topic,) = (await times(there))["topics"]
    assert topic["waits_for"] == "evaluation"


async def test_a_topic_over_its_limit_waits_for_the_office_and_for_no_applicant(world: World) -> None:
    there = await world.prepared(ranked, "30000000.00")
    await closed(world, there, machine_now() - timedelta(days=160))
    (topic,) = (await times(there))["topics"]
    assert (topic["to_inform"]["standing"], topic["to_inform"]["days"]) == ("overdue", 160)
    waiting = {"kind": "inform", "entity": "topic_stage", "id": there.topic_stage}
    for who in (there.office, there.second):
        (one,) = (await who.get("/me")).json()["waiting"]
        assert one | waiting == one
    await apply(world, there, there.second)
    assert (await there.second.get("/me")).json()["waiting"] == []
    assert (await times(there, there.second))["topics"] == []


async def test_each_grant_is_measured_from_the_final_deadline_and_the_reserve_has_no_limit(
    world: World,
) -> None:
    there = await ranked(world, "30000000.00", "15000000.00", "20000000.00", "9000000.00")
    await closed(world, there, datetime(2020, 3, 31, 15, 0, tzinfo=UTC))
    await released(there)
    await set_released(world, there, datetime(2020, 5, 12, 8, 0, tzinfo=UTC))
    await withdrawn(there, 0)
    assert (await promoted(there, 2)).status_code == 200
    signatory = await person(world, "signatory", "signatory")
    grant = await there.office.make(f"/proposals/{there.proposals[1].id}/grants", ENTRY)
    await signatory.make(f"/grants/{grant['id']}/sign")
    await there.office.make(f"/proposals/{there.proposals[2].id}/grants", ENTRY | {"number": "101005078"})
    async with world.sessions() as session, session.begin():
        at = datetime(2020, 12, 1, 23, 30, tzinfo=UTC)
        await session.execute(update(Grant).where(Grant.id == UUID(grant["id"])).values(signed_at=at))
    found = await times(there)
    (topic,) = found["topics"]
    told = topic["to_inform"]
    assert (told["days"], told["months"], told["due"], told["standing"]) == (42, 1, "2020-08-31", "in_time")
    assert topic["waits_for"] is None
    by = {one["proposal_id"]: one for one in topic["grants"]}
    signed, waits = (by[str(there.proposals[number].id)] for number in (1, 2))
    assert (signed["to_grant"]["done"], signed["to_grant"]["due"]) == ("2020-12-02", "2020-11-30")
    assert (signed["to_grant"]["standing"], signed["uncounted"], signed["waits_for"]) == ("late", None, None)
    assert (waits["uncounted"], waits["waits_for"]) == ("reserve", "signature")
    totals = found["totals"]
    assert (totals["topics"], totals["uncounted"], totals["to_grant"]["late"]) == (1, 1, 1)
    assert totals["to_grant"]["counted"] == 1
    overdue = [w for w in (await there.office.get("/me")).json()["waiting"] if w["kind"] == "grant"]
    assert overdue == [], "what came from the reserve list has no limit, and the other one is signed"


async def set_released(world: World, there: Ranked, at: datetime) -> None:
    async with world.sessions() as session, session.begin():
        here = update(Decision).where(Decision.topic_stage_id == UUID(there.topic_stage))
        await session.execute(here.values(released_at=at))


async def test_nobody_is_taken_for_a_review_that_there_was_not(world: World) -> None:
    there = await world.prepared(ranked, "30000000.00")
    await closed(world, there, machine_now() - timedelta(days=400))
    await released(there)
    (late,) = [w for w in (await there.office.get("/me")).json()["waiting"] if w["kind"] == "grant"]
    assert late["id"] == str(there.proposals[0].id)
    await give_no_line(world)
    (topic,) = (await times(there))["topics"]
    assert [one["uncounted"] for one in topic["grants"]] == [None], "only a review that is on record counts"


async def give_no_line(world: World) -> None:
    async with world.sessions() as session, session.begin():
        new = {"outcome": "rejected", "reason": "BELOW_OVERALL_THRESHOLD"}
        await session.execute(update(Line).values(**new))


async def test_a_review_that_is_on_record_is_what_is_not_counted(world: World) -> None:
    here = await contested(world, "30000000.00", below=("10000000.00",))
    await closed(world, here.there, machine_now() - timedelta(days=400))
    await here.settled(await here.final(1, "5", "5", "4.5"))
    (topic,) = (await times(here.there))["topics"]
    by = {one["reference"]: one["uncounted"] for one in topic["grants"]}
    assert by == {here.one(0).reference: None, here.one(1).reference: "redress"}
    (late,) = [w for w in (await here.office.get("/me")).json()["waiting"] if w["kind"] == "grant"]
    assert late["id"] == str(here.one(0).id)


async def test_members_read_totals_of_what_is_released_and_others_nothing(world: World) -> None:
    there = await world.prepared(ranked, "30000000.00")
    await closed(world, there)
    member, path = there.members[0], f"/calls/{there.made['call']['id']}/times"
    before = await times(there, member)
    assert (set(before), before["totals"]["topics"]) == ({"call_id", "totals"}, 0)
    assert before["totals"]["to_inform"]["counted"] == 0
    assert len((await times(there))["topics"]) == 1
    for who in (there.proposals[0].coordinator, await person(world, "expert")):
        assert (await who.get(path)).status_code == 404
    assert (await world.client().get(f"/v1{path}")).status_code == 404
    await released(there)
    after = await times(there, member)
    assert (set(after), after["totals"]["topics"]) == ({"call_id", "totals"}, 1)
    assert (after["totals"]["to_inform"]["in_time"], after["totals"]["to_grant"]["pending"]) == (1, 1)


async def test_more_topics_cost_no_more_statements(world: World, counting: Counting) -> None:
    there = await ranked(world, "30000000.00", "1000000.00")
    await closed(world, there)
    await times(there)
    with counting() as few:
        assert len((await times(there))["topics"]) == 1
    await another_topic(world, there, "10000000.00", "6000000.00", "5000000.00")
    with counting() as many:
        assert len((await times(there))["topics"]) == 2
    assert len(many) == len(few)
