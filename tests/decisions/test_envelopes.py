"""The committee raises a topic's envelope before the list is decided (K-04), through the API."""

import asyncio
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text, update

from app.calls.models import Call, CallState, TopicStage, TopicStageState
from app.calls.topic_stage.workflow import RAISED
from app.core.clock import machine_now
from app.process import INVARIANTS
from app.topics.models import Topic, TopicState
from tests.build import adopted_topic, committee, fresh, person, published_call
from tests.conftest import World
from tests.decisions.build import Ranked, decided, motion_on, ranked
from tests.decisions.money import (
    TOGETHER,
    asked,
    budgets,
    details,
    euro,
    raised,
    reasons,
    set_call,
    set_state,
    voted,
)
from tests.decisions.two_stages import two_stages
from tests.walls import is_there

pytestmark = pytest.mark.anyio


async def test_k04_a_raised_envelope_takes_the_call_with_it_and_the_list_is_drawn_by_it(world: World) -> None:
    there = await world.prepared(ranked, *TOGETHER)
    motion = (await asked(there, "72000000.00")).json()
    assert motion["amount"] == euro("72000000.00")
    path = await voted(there, motion)
    assert await budgets(there) == ("45000000.00", "45000000.00")
    assert (await there.office.make(f"{path}/adopt"))["state"] == "adopted"
    assert await budgets(there) == ("72000000.00", "72000000.00")
    for key, act in ((there.topic_stage, "raise_envelope"), (there.made["call"]["id"], "raise_budget")):
        (kept,) = await details(world, key, act)
        assert (kept["was"], kept["now"]) == ("45000000.00", "72000000.00")
    decision = await decided(there)
    assert decision["envelope"] == euro("72000000.00")
    assert [line["outcome"] for line in decision["lines"]] == ["selected", "selected"]


async def test_k04_a_call_with_money_to_spare_keeps_its_budget(world: World) -> None:
    there = await world.prepared(ranked, *TOGETHER)
    await set_call(world, there, budget=Decimal(60_000_000))
    assert (await raised(there, "60000000.00")).status_code == 200
    assert await budgets(there) == ("60000000.00", "60000000.00")
    assert await details(world, there.made["call"]["id"], "raise_budget") == []
    assert (await raised(there, "60000000.01")).status_code == 200
    assert await budgets(there) == ("60000000.01", "60000000.01")


@pytest.mark.parametrize(
    ("amount", "refused"),
    [
        (None, [("no-amount", "/amount")]),
        ("0.00", [("not-higher", "/amount")]),
        ("44999999.99", [("not-higher", "/amount")]),
        ("45000000.00", [("not-higher", "/amount")]),
        ("45000000.01", None),
    ],
)
async def test_an_envelope_is_raised_by_a_cent_at_least(
    world: World, amount: str | None, refused: list[tuple[str, str]] | None
) -> None:
    there = await world.prepared(ranked, *TOGETHER)
    answer = await asked(there, amount)
    if refused is None:
        assert answer.status_code == 201
    else:
        assert reasons(answer) == refused
        assert (await there.office.get("/motions")).json()["items"] == []


@pytest.mark.parametrize("purpose", ["adopt_topic", "adopt_call", "adopt_list"])
async def test_no_other_motion_names_an_amount(world: World, purpose: str) -> None:
    there = await world.prepared(ranked, *TOGETHER)
    assert reasons(await asked(there, "1.00", purpose=purpose)) == [("amount-not-asked", "/amount")]


NO_MONEY = [
    {"amount": "-1.00", "currency": "EUR"},
    {"amount": "72000000.001", "currency": "EUR"},
    {"amount": "72000000.000", "currency": "EUR"},
    {"amount": "7.2e7", "currency": "EUR"},
    {"amount": "72000000.00", "currency": "USD"},
    {"amount": 72000000.0, "currency": "EUR"},
    "72000000.00",
    72_000_000,
]


@pytest.mark.parametrize("amount", NO_MONEY)
async def test_what_is_no_money_is_refused(world: World, amount: Any) -> None:
    there = await world.prepared(ranked, *TOGETHER)
    assert (await asked(there, None, amount=amount)).status_code == 422


@pytest.mark.parametrize("state", list(TopicStageState))
async def test_money_is_added_until_the_decision_and_once_it_is_released(
    world: World, state: TopicStageState
) -> None:
    there = await world.prepared(ranked, *TOGETHER)
    await set_state(world, there, state)
    answer = await asked(there, "72000000.00")
    if state not in RAISED:
        assert reasons(answer) == [("no-open-envelope", "/subject_id")]
    else:
        assert (await there.office.post(f"{await voted(there, answer.json())}/adopt")).status_code == 200
        assert await budgets(there) == ("72000000.00", "72000000.00")


@pytest.mark.parametrize("state", [CallState.PREPARING, CallState.ADOPTED])
async def test_a_call_in_preparation_has_no_envelope_yet(world: World, state: CallState) -> None:
    there = await world.prepared(ranked, *TOGETHER)
    await set_state(world, there, TopicStageState.SCHEDULED)
    await set_call(world, there, state=state)
    answer = await asked(there, "72000000.00")
    if state == CallState.PREPARING:
        assert reasons(answer) == [("no-open-envelope", "/subject_id")]
    else:
        assert answer.status_code == 201


async def test_a_cancelled_call_has_no_envelope_any_more(world: World) -> None:
    there = await world.prepared(ranked, *TOGETHER)
    await set_state(world, there, TopicStageState.RELEASED)
    assert (await asked(there, "72000000.00")).status_code == 201
    await set_call(world, there, state=CallState.CANCELLED)
    assert reasons(await asked(there, "73000000.00")) == [("no-open-envelope", "/subject_id")]


async def test_a_subject_that_is_no_topic_in_a_stage_has_no_envelope(world: World) -> None:
    there = await world.prepared(ranked, *TOGETHER)
    for key in (str(uuid4()), there.made["call"]["id"]):
        answer = await asked(there, "72000000.00", subject_id=key)
        assert reasons(answer) == [("no-open-envelope", "/subject_id")]


async def test_one_motion_to_raise_is_open_beside_the_one_on_the_list(world: World) -> None:
    there = await world.prepared(ranked, *TOGETHER)
    await motion_on(there)
    assert (await asked(there, "72000000.00")).status_code == 201
    assert (await asked(there, "73000000.00")).status_code == 409


async def test_a_decision_that_stands_is_never_changed(world: World) -> None:
    there = await world.prepared(ranked, *TOGETHER)
    path = await voted(there, (await asked(there, "72000000.00")).json())
    decision = await decided(there)
    late = await there.office.post(f"{path}/adopt")
    assert (late.status_code, late.json()["type"].rsplit("/")[-1]) == (409, "wrong-state")
    assert await budgets(there) == ("45000000.00", "45000000.00")
    assert await is_there(there.office, f"/decisions/{decision['id']}") == decision
    assert (await is_there(there.office, path))["state"] == "voting"


async def test_a_motion_that_is_not_carried_raises_nothing(world: World) -> None:
    there = await world.prepared(ranked, *TOGETHER)
    path = await voted(there, (await asked(there, "72000000.00")).json(), "no")
    assert reasons(await there.office.post(f"{path}/adopt")) == [("no-majority", "")]
    assert (await there.office.make(f"{path}/reject"))["state"] == "not_adopted"
    assert await budgets(there) == ("45000000.00", "45000000.00")


async def test_a_vote_on_the_list_falls_when_its_money_changes_and_one_that_is_prepared_stands(
    world: World,
) -> None:
    """Members have voted by the line that the money reached then."""
    there = await world.prepared(ranked, *TOGETHER)
    listed = await voted(there, await motion_on(there))
    assert (await raised(there, "46000000.00")).status_code == 200
    read = await is_there(there.office, listed)
    told = "The money for the list has changed while it was voted on."
    assert (read["state"], read["outcome_reason"]) == ("adjourned", told)
    prepared = await motion_on(there)
    assert (await raised(there, "72000000.00")).status_code == 200
    path = await voted(there, prepared)
    assert (await there.office.make(f"{path}/adopt"))["state"] == "adopted"
    items = (await there.office.get("/decisions")).json()["items"]
    decision = await is_there(there.office, f"/decisions/{items[0]['id']}")
    assert [line["outcome"] for line in decision["lines"]] == ["selected", "selected"]


async def test_money_that_is_not_raised_lets_the_vote_on_the_list_go_on(world: World) -> None:
    there = await world.prepared(ranked, *TOGETHER)
    listed = await voted(there, await motion_on(there))
    path = await voted(there, (await asked(there, "72000000.00")).json(), "no")
    await there.office.make(f"{path}/reject")
    assert (await there.office.make(f"{listed}/adopt"))["state"] == "adopted"


@pytest.mark.parametrize("side", ["from", "to"])
async def test_money_that_moves_lets_the_vote_on_either_list_fall(world: World, side: str) -> None:
    there, other = await world.prepared(of_two_lists)
    listed = await voted(there, await motion_on(there))
    keys = [there.topic_stage, other] if side == "from" else [other, there.topic_stage]
    money = {"purpose": "move_budget", "target_id": keys[1], "text": "It is worth it.", "subject_id": keys[0]}
    motion = (await asked(there, "4.00", **money)).json()
    assert (await there.office.post(f"{await voted(there, motion)}/adopt")).status_code == 200
    assert (await is_there(there.office, listed))["state"] == "adjourned"


async def test_of_short_proposals_no_money_is_voted_on(world: World) -> None:
    there = (await two_stages(world, *TOGETHER)).ranked
    listed = await voted(there, await motion_on(there))
    assert (await raised(there, "72000000.00")).status_code == 200
    assert (await there.office.make(f"{listed}/adopt"))["state"] == "adopted"


@pytest.mark.parametrize("first", ["money", "list"])
async def test_raising_while_the_list_is_adopted_does_the_one_or_the_other(live: World, first: str) -> None:
    there = await ranked(live, *TOGETHER)
    money = await voted(there, (await asked(there, "72000000.00")).json())
    listed = await voted(there, await motion_on(there))
    paths = [money, listed] if first == "money" else [listed, money]
    answers = await asyncio.gather(*(there.office.post(f"{path}/adopt") for path in paths))
    status = {path: answer.status_code for path, answer in zip(paths, answers, strict=True)}
    assert sorted(status.values()) == [200, 409]
    items = (await there.office.get("/decisions")).json()["items"]
    states = [(await is_there(there.office, path))["state"] for path in (money, listed)]
    if status[money] == 200:
        assert (states, items) == (["adopted", "adjourned"], [])
        assert await budgets(there) == ("72000000.00", "72000000.00")
        return
    assert states == ["voting", "adopted"]
    decision = await is_there(there.office, f"/decisions/{items[0]['id']}")
    assert decision["envelope"] == euro("45000000.00")
    assert [line["outcome"] for line in decision["lines"]] == ["selected", "reserve"]
    assert await budgets(there) == ("45000000.00", "45000000.00")


@pytest.mark.parametrize("first", ["money", "list"])
async def test_a_vote_that_opens_while_the_money_changes_is_by_the_new_line_or_falls(
    live: World, first: str
) -> None:
    there = await ranked(live, *TOGETHER)
    money = f"{await voted(there, (await asked(there, '72000000.00')).json())}/adopt"
    listed = f"/motions/{(await motion_on(there))['id']}"
    paths = [money, f"{listed}/put_to_vote"] if first == "money" else [f"{listed}/put_to_vote", money]
    answers = await asyncio.gather(*(there.office.post(path) for path in paths))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert await budgets(there) == ("72000000.00", "72000000.00")
    state = (await is_there(there.office, listed))["state"]
    assert state in ("voting", "adjourned")


async def of_two_lists(world: World) -> tuple[Ranked, str]:
    """A closed list, and another topic of the stage whose list is closed as well: its way through it."""
    there = await ranked(world, *TOGETHER)
    other = fresh(Topic, TopicState.IN_CALL, reference="T-OTHER", title="B", adopted_version=1)
    other.action_type = "RIA"
    async with world.sessions() as session, session.begin():
        stage = (await session.get_one(TopicStage, UUID(there.topic_stage))).stage_id
        beside = fresh(TopicStage, TopicStageState.RANKED, stage_id=stage, topic=other, budget=Decimal(9))
        session.add(beside)
    await set_call(world, there, budget=Decimal(60_000_000))
    return there, str(beside.id)


async def of_two_topics(world: World) -> tuple[Ranked, str]:
    """A call of 50 million whose topics take 45 and 5; the second one's way through the stage."""
    office, (body, members) = await person(world, "office", "office"), await committee(world, "ann", "bob")
    made = await published_call(office, body, members)
    other = await adopted_topic(office, body, members)
    part = TopicStage(id=uuid4(), created_at=machine_now(), state=TopicStageState.SCHEDULED)
    part.stage_id, part.topic_id = UUID(made["stage"]["id"]), UUID(other["id"])
    part.budget = Decimal(5_000_000)
    there = Ranked(office, office, body, members, made, [])
    async with world.sessions() as session, session.begin():
        session.add(part)
    await set_call(world, there, budget=Decimal(50_000_000))
    return there, str(part.id)


async def test_more_money_than_can_be_written_down_is_refused_and_nothing_is_raised(world: World) -> None:
    there, _ = await of_two_topics(world)
    assert (await raised(there, "999999999999.99")).status_code == 422
    assert await budgets(there) == ("45000000.00", "50000000.00")


async def test_two_topics_of_a_call_raised_at_once_are_both_covered(live: World) -> None:
    there, other = await of_two_topics(live)
    paths = []
    for key, amount in ((there.topic_stage, "60000000.00"), (other, "7000000.00")):
        motion = await asked(there, amount, subject_id=key)
        paths.append(await voted(there, motion.json()))
    answers = await asyncio.gather(*(there.office.post(f"{path}/adopt") for path in paths))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert await budgets(there) == ("60000000.00", "67000000.00")
    (rule,) = [one for one in INVARIANTS if "no more than the budget" in one.says]
    async with live.sessions() as session:
        assert (await session.execute(text(rule.broken_by))).all() == []
        await session.execute(update(Call).values(budget=Decimal(66_999_999)))
        assert len((await session.execute(text(rule.broken_by))).all()) == 1
