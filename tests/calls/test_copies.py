"""Copies of past calls: the wall's time stays, only what is adopted comes along, and no hidden money does."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.calls.models import Call, TopicStageState
from app.calls.rules import FIRST_YEAR, instant, moved
from app.core.audit import AuditDetail, AuditEvent
from app.topics.models import TopicState
from tests.build import EUR45M, person
from tests.conftest import World
from tests.exchange.build import published, put

pytestmark = pytest.mark.anyio
AGAIN = {"reference": "C-AGAIN", "shift_days": 364}


async def copies(world: World, office: Any, made: dict[str, Any], **body: Any) -> Any:
    return await office.post(f"/calls/{made['call']['id']}/copies", AGAIN | body)


async def stages_of(office: Any, call: str) -> list[dict[str, Any]]:
    items = (await office.get("/stages?page_size=200")).json()["items"]
    return [(await office.get(f"/stages/{s['id']}")).json() for s in items if s["call_id"] == call]


async def parts_in(office: Any, stage: str) -> list[dict[str, Any]]:
    items = (await office.get("/topic_stages?page_size=200")).json()["items"]
    return [(await office.get(f"/topic_stages/{p['id']}")).json() for p in items if p["stage_id"] == stage]


async def test_a_copy_has_its_stages_later_on_the_wall(world: World) -> None:
    office, made = await published(world, deadline="2050-03-31T17:00")
    await put(world, made, "stage", opens_at=datetime(2050, 1, 21, 9, tzinfo=UTC))
    answer = await copies(world, office, made, shift_days=240)
    assert answer.status_code == 201, answer.text
    call = answer.json()["call"]
    told = {name: call[name] for name in ("state", "reference", "title", "rule_set", "budget")}
    past = {"state": "preparing", "title": "A call", "rule_set": "imi2", "budget": EUR45M}
    assert told == past | {"reference": "C-AGAIN"}
    (stage,) = await stages_of(office, call["id"])
    assert (stage["number"], stage["deadline"]) == (1, "2050-11-26T17:00")
    assert stage["closes_at"] == "2050-11-26T16:00:00Z"  # 17:00 was 15:00Z in summer time
    assert stage["opens_at"] == "2050-09-18T08:00:00Z"  # 10:00 on the wall, as before


async def test_a_topic_comes_along_only_if_it_is_adopted_again(world: World) -> None:
    office, made = await world.prepared(published)
    topic = made["topic"]["reference"]
    left = (await copies(world, office, made)).json()
    assert [(one["topic"], one["stage"], one["reason"]["code"]) for one in left["left_out"]] == [
        (topic, 1, "topic-not-adopted")
    ]
    (stage,) = await stages_of(office, left["call"]["id"])
    assert await parts_in(office, stage["id"]) == []
    await put(world, made, "topic", state=TopicState.ADOPTED)
    taken = (await copies(world, office, made, reference="C-AND-AGAIN")).json()
    assert taken["left_out"] == []
    (stage,) = await stages_of(office, taken["call"]["id"])
    (part,) = await parts_in(office, stage["id"])
    assert (part["topic_id"], part["budget"], part["state"]) == (made["topic"]["id"], EUR45M, "scheduled")


async def test_money_under_embargo_is_not_copied(world: World) -> None:
    office, made = await world.prepared(published)
    more = {"budget": Decimal(46_000_000), "embargoed": Decimal(1_000_000)}
    await put(world, made, "topic", state=TopicState.ADOPTED)
    await put(world, made, "call", **more)
    await put(world, made, "topic_stage", state=TopicStageState.DECIDED, **more)
    assert (await office.get(f"/calls/{made['call']['id']}")).json()["budget"]["amount"] == "46000000.00"
    call = (await copies(world, office, made)).json()["call"]
    (stage,) = await stages_of(office, call["id"])
    (part,) = await parts_in(office, stage["id"])
    assert call["budget"] == part["budget"] == EUR45M


async def test_each_thing_made_is_in_the_trail_because_of_the_copy(world: World) -> None:
    office, made = await world.prepared(published)
    await put(world, made, "topic", state=TopicState.ADOPTED)
    call = (await copies(world, office, made)).json()["call"]
    async with world.sessions() as session:
        event = await session.scalar(select(AuditEvent).where(AuditEvent.act == "clone"))
        assert event is not None
        detail = await session.get_one(AuditDetail, event.id)
        caused = select(AuditEvent.entity, AuditEvent.act).where(AuditEvent.cause_id == event.id)
        found = {tuple(row) for row in await session.execute(caused)}
    assert (str(event.entity_id), event.actor_id) == (call["id"], office.id)
    assert detail.detail == AGAIN | {"of": made["call"]["reference"]}
    assert found == {("stage", "schedule"), ("topic_stage", "include")}


async def test_a_time_that_does_not_exist_there_is_refused(world: World) -> None:
    office, made = await world.prepared(published)
    for deadline, days, word in (
        ("2050-03-28T02:30", -1, "forward"),
        ("2050-10-29T02:30", 1, "twice"),
        ("2050-03-25T02:30", 2, "forward"),
    ):
        await put(world, made, "stage", deadline=deadline)
        refused = await copies(world, office, made, shift_days=days)
        assert refused.status_code == 409
        (reason,) = refused.json()["reasons"]
        assert (reason["code"], reason["path"]) == ("impossible-time", "/shift_days")
        assert word in reason["text"]
        beside = await copies(world, office, made, shift_days=days + 10, reference=f"C-{word}{days}")
        assert beside.status_code == 201


@pytest.mark.parametrize(
    ("given", "days"),
    [
        ({"evaluation_from": date(2199, 12, 30), "evaluation_to": date(2199, 12, 31)}, 1),
        ({"decision_on": date(1990, 1, 5)}, -5),
        ({"opens_at": datetime(1990, 1, 10, 23, 30, tzinfo=UTC)}, -10),  # in Brussels it is the eleventh
    ],
)
async def test_a_day_in_which_no_call_can_be_is_refused(
    world: World, given: dict[str, Any], days: int
) -> None:
    office, made = await world.prepared(published)
    await put(world, made, "stage", **given)
    refused = await copies(world, office, made, shift_days=days)
    assert refused.status_code == 409, refused.text
    assert [reason["code"] for reason in refused.json()["reasons"]] == ["impossible-time"]


async def test_every_impossible_time_and_rule_set_is_told_at_once(world: World) -> None:
    office, made = await world.prepared(published)
    await put(world, made, "call", rule_set="gone")
    await put(
        world, made, "stage", opens_at=datetime(2049, 3, 27, 1, 30, tzinfo=UTC), deadline="9999-12-31T17:00"
    )
    refused = (await copies(world, office, made, shift_days=1)).json()["reasons"]
    assert [reason["code"] for reason in refused] == [
        "unknown-rule-set",
        "impossible-time",
        "impossible-time",
    ]


async def test_a_copy_is_the_offices_alone_and_all_or_nothing(world: World) -> None:
    office, made = await world.prepared(published)
    auditor, stranger = await person(world, "auditor", "auditor"), await person(world, "stranger")
    for who in (auditor, stranger):
        assert (await copies(world, who, made)).status_code == 403
        assert (await copies(world, who, made, reference="")).status_code == 403
    async with world.client() as anyone:
        assert (await anyone.post(f"/v1/calls/{made['call']['id']}/copies", json=AGAIN)).status_code == 401
    async with world.sessions() as session:
        before = await session.scalar(select(func.count()).select_from(AuditEvent))
    taken = await copies(world, office, made, reference=made["call"]["reference"])
    assert (taken.status_code, taken.json()["reasons"][0]["code"]) == (409, "uq-call-reference")
    for wrong in ({"shift_days": 3661}, {"shift_days": 1.5}, {"shift_days": "7"}, {"title": "Mine"}):
        assert (await copies(world, office, made, **wrong)).status_code == 422
    async with world.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(AuditEvent)) == before
        assert await session.scalar(select(func.count()).select_from(Call)) == 1


async def test_a_call_that_is_not_visible_is_not_copied(world: World) -> None:
    office, made = await world.prepared(published)
    stranger = await person(world, "stranger")
    call = (await copies(world, office, made)).json()["call"]
    hidden = await stranger.post(f"/calls/{call['id']}/copies", AGAIN)
    missing = await stranger.post(f"/calls/{made['stage']['id']}/copies", AGAIN)
    assert hidden.status_code == missing.status_code == 404
    assert {**hidden.json(), "instance": ""} == {**missing.json(), "instance": ""}


async def test_the_same_key_copies_once(world: World) -> None:
    office, made = await world.prepared(published)
    path, headers = f"/calls/{made['call']['id']}/copies", {"Idempotency-Key": "copy-it-once"}
    one, other = [await office.post(path, AGAIN, headers=headers) for _ in range(2)]
    assert one.status_code == other.status_code == 201
    assert one.json() == other.json()


walls = st.datetimes(datetime(2000, 1, 1), datetime(2080, 1, 1)).map(lambda at: at.replace(microsecond=0))


@given(walls, st.integers(-3660, 3660))
@example(datetime(2000, 1, 1), -3653)
def test_a_moved_time_is_the_same_on_the_wall(wall: datetime, days: int) -> None:
    try:
        found = datetime.fromisoformat(moved(wall.isoformat(), days))
    except ValueError:
        later = wall + timedelta(days=days)
        assert later.year < FIRST_YEAR or later.month in (3, 10)
        return
    assert (wall + timedelta(days=days)).year >= FIRST_YEAR
    assert found - wall == timedelta(days=days)
    assert instant(found.isoformat()).second == wall.second
