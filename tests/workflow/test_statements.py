"""How many statements things cost: lists and many at once a constant number, one act an exact one."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from app import process
from app.calls.models import Call
from app.core.audit import AuditEvent
from app.core.clock import process_now
from app.proposals.access import interest
from app.topics.models import Topic
from app.workflow import sight
from app.workflow.rows import lock_all
from app.workflow.run import Forbidden, WrongState, fire_all, system_act
from tests.build import person
from tests.conftest import Counting, World
from tests.workflow.build import shelf, shown, state_of, toy
from tests.workflow.toy import SOLD, TOY, Toy, ToyState

pytestmark = pytest.mark.anyio


async def test_a_list_costs_the_same_however_long_it_is(toys: World, counting: Counting) -> None:
    ann, on = await person(toys, "ann"), await shelf(toys)
    costs = []
    for _ in range(3):
        for _ in range(4):
            await toy(ann, on)
        with counting() as sent:
            await ann.get("/toys")
        costs.append(len(sent))
    assert costs == [2, 2, 2]


async def test_a_read_is_two_statements_and_one_for_what_its_guards_need(
    toys: World, counting: Counting
) -> None:
    ann = await person(toys, "ann")
    made = await toy(ann, await shelf(toys))
    with counting() as sent:
        await ann.get(f"/toys/{made['id']}")
    assert [line.split()[0] for line in sent] == ["SELECT"] * 3


async def test_an_act_is_who_lock_look_write_and_look_again(toys: World, counting: Counting) -> None:
    office, ann = await person(toys, "office", "office"), await person(toys, "ann")
    made = await shown(toys, ann, await shelf(toys, office))
    with counting() as sent:
        assert (await ann.post(f"/toys/{made['id']}/hide")).status_code == 200
    wrote = ["INSERT INTO audit_event", "INSERT INTO audit_detail"]
    kinds = [line if line.startswith("INSERT") else line.split()[0] for line in sent]
    assert kinds[:3] == ["SELECT"] * 3  # who, lock, look: no guard of this row asks for the wheels
    assert sorted(kinds[3:6]) == sorted(["UPDATE", *wrote])
    assert kinds[6:] == ["SELECT"] * 2  # look, the wheels: the acts now offered ask for them


async def test_a_stranger_costs_two_statements_and_waits_for_no_lock(toys: World, counting: Counting) -> None:
    ann, eve = await person(toys, "ann"), await person(toys, "eve")
    made = await toy(ann, await shelf(toys))
    with counting() as sent:
        assert (await eve.post(f"/toys/{made['id']}/show")).status_code == 404
    assert len(sent) == 2


async def test_many_fire_in_a_constant_number_of_statements(toys: World, counting: Counting) -> None:
    ann, on = await person(toys, "ann"), await shelf(toys)
    costs = []
    for many in (2, 6):
        made = [await shown(toys, ann, on) for _ in range(many)]
        with counting() as sent:
            async with toys.sessions() as session, session.begin():
                subjects = await lock_all(session, Toy, [UUID(one["id"]) for one in made])
                await fire_all(TOY, "expire", subjects, system_act(session, await process_now(session)))
        costs.append(len(sent))
        assert [await state_of(toys, one) for one in made] == ["gone"] * many
    assert costs == [5, 5]  # lock, clock, the rows, their events, the details


async def test_many_fire_all_or_none(toys: World) -> None:
    ann, on = await person(toys, "ann"), await shelf(toys)
    made = [await shown(toys, ann, on), await toy(ann, on), await shown(toys, ann, on)]
    keys = [UUID(one["id"]) for one in made]
    async with toys.sessions() as session:
        subjects = await lock_all(session, Toy, keys)
        assert [subject.id for subject in subjects] == sorted(keys)
        with pytest.raises(WrongState):
            await fire_all(TOY, "expire", subjects, system_act(session, await process_now(session)))
        assert {subject.state for subject in subjects} == {ToyState.SHOWN, ToyState.MADE}
        events = select(AuditEvent).where(AuditEvent.act == "expire")
        assert (await session.scalars(events)).all() == []


async def test_a_row_for_two_officers_is_not_fired_in_bulk(toys: World) -> None:
    ann = await person(toys, "ann")
    made = await shown(toys, ann, await shelf(toys))
    async with toys.sessions() as session:
        subjects = await lock_all(session, Toy, [UUID(made["id"])])
        act = system_act(session, await process_now(session))
        with pytest.raises(Forbidden):
            await fire_all(TOY, "sell", subjects, act)
        act.ask = type(act.ask)(act.actor, act.now, frozenset({"office"}))
        with pytest.raises(ValueError, match="two officers"):
            await fire_all(TOY, "sell", subjects, act)
        assert subjects[0].state != SOLD


def test_what_is_built_outlives_the_same_page_and_no_other() -> None:
    page, kind = dict(process.SIGHTS), (frozenset({"office"}), True)
    sight.install(page, interest)
    try:
        first = sight.seen_by(Call, kind)
        sight.install(dict(page), interest)
        assert sight.seen_by(Call, kind) is first
        sight.install({**page, Call: replace(page[Call], topic=None, relations=())}, interest)
        assert str(sight.seen_by(Call, kind)) != str(first)
        sight.install({model: page[model] for model in page if model is not Topic}, interest)
        second = sight.seen_by(Call, kind)
        assert (str(second), second is first) == (str(first), False)
    finally:
        sight.install(dict(process.SIGHTS), interest)
