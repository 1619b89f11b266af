"""What changes in a published call: corrigenda, money; public, told to all who apply (T-07, K-04)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from app.calls.amendments.rules import soonest
from app.calls.models import Call, CallState, TopicStage, TopicStageState
from app.calls.rules import instant
from app.core.clock import machine_now
from app.decisions.models import Decision, DecisionState, Line
from tests.build import Actor, person
from tests.calls.ending import There, there
from tests.calls.living import DAY, carried, closed, codes, later, mailed, put, wall
from tests.calls.test_extensions import amendments, extend
from tests.conftest import World
from tests.consortia.build import give_part
from tests.decisions.build import proposal as listed
from tests.proposals.build import started, submitted
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio
MILLION = 1_000_000


def euro(amount: int | str) -> dict[str, str]:
    return {"amount": f"{amount}.00", "currency": "EUR"}


async def correct(here: There, by: Actor | None = None, **more: Any) -> httpx2.Response:
    body = {"text": "Annex 2 names the wrong form.", **more}
    return await (by or here.office).post(f"/calls/{here.call}/amendments", body)


async def set_call(world: World, here: There, **values: Any) -> None:
    async with world.sessions() as session, session.begin():
        await session.execute(update(Call).where(Call.id == UUID(here.call)).values(**values))


async def set_parts(world: World, here: There, **values: Any) -> None:
    async with world.sessions() as session, session.begin():
        parts = update(TopicStage).where(TopicStage.id.in_([UUID(here.part), UUID(here.other)]))
        await session.execute(parts.values(**values))


async def deadline_of(here: There) -> datetime:
    part = await is_there(here.office, f"/topic_stages/{here.part}")
    stage = await is_there(here.office, f"/stages/{part['stage_id']}")
    return datetime.fromisoformat(stage["closes_at"])


async def test_a_note_moves_no_deadline_and_marks_what_was_handed_in_before(world: World) -> None:
    here = await world.prepared(there)
    handed, draft = await submitted(world, here.part), await started(world, here.other)
    assert (await handed.lead.get(handed.path)).json()["before_corrigenda"] == []
    before = await deadline_of(here)
    answer = await correct(here)
    assert answer.status_code == 201, answer.text
    (told,) = await amendments(world)
    assert (told["kind"], told["number"], told["touches"], told["new_deadline"]) == (
        "corrigendum",
        1,
        [],
        None,
    )
    assert await deadline_of(here) == before
    letters = await mailed(world, "amendment")
    assert set(letters) == {handed.lead.email, draft.lead.email}
    valid = "What you have handed in stays valid."
    assert [valid in letters[one.lead.email] for one in (handed, draft)] == [True, False]
    for reader in (handed.lead, here.office):
        assert (await is_there(reader, handed.path))["before_corrigenda"] == [1]
    assert (await is_there(handed.lead, f"{handed.path}/sealed/1"))["before_corrigenda"] == [1]
    await handed.lead.make(f"{handed.path}/submit")
    assert (await is_there(handed.lead, handed.path))["before_corrigenda"] == []
    assert (await is_there(handed.lead, f"{handed.path}/sealed/1"))["before_corrigenda"] == [1]
    await correct(here)
    assert (await is_there(handed.lead, f"{handed.path}/sealed/1"))["before_corrigenda"] == [1, 2]
    assert (await is_there(draft.lead, draft.path))["before_corrigenda"] == []


@pytest.mark.parametrize(
    ("days", "given", "code"),
    [
        (None, None, "no-deadline"),
        (None, -1, "too-soon"),
        (None, 0, None),
        (None, 1, None),
        (10, None, None),
        (10, 9, "too-soon"),
        (10, 10, None),
        (10, 11, None),
        (0, None, None),
    ],
)
async def test_what_touches_the_call_gives_as_many_days_as_its_rules_name(
    world: World, days: int | None, given: int | None, code: str | None
) -> None:
    here = await world.prepared(there)
    assert (await extend(here.office, here.part, later(60))).status_code == 200
    before = await deadline_of(here)
    async with world.sessions() as session:
        rules = dict((await session.get_one(Call, UUID(here.call))).rules)
    rules.pop("days_after_corrigendum")  # as a call that was published before there was such a rule
    await set_call(world, here, rules=rules | ({} if days is None else {"days_after_corrigendum": days}))
    more = {} if given is None else {"deadline": wall(before + given * DAY)}
    answer = await correct(here, touches=["scope"], **more)
    if code:
        assert codes(answer) == [code]
        assert await deadline_of(here) == before
        return
    assert answer.status_code == 201, answer.text
    moved = await deadline_of(here)
    assert wall(moved) == wall(before + (given if given is not None else days or 0) * DAY)
    told = (await amendments(world))[-1]
    assert [told["old_deadline"], told["new_deadline"]] == [
        f"{at:%Y-%m-%dT%H:%M:%S}Z" for at in (before, moved)
    ]


async def test_after_the_deadline_nothing_that_counts_is_changed(world: World) -> None:
    here = await world.prepared(there)
    await closed(world, here.part)
    assert codes(await correct(here, touches=["eligibility"], deadline=later())) == ["deadline-passed"]
    assert codes(await correct(here, deadline=later())) == ["deadline-not-asked"]
    assert (await correct(here)).status_code == 201


async def test_a_call_that_is_not_out_has_no_corrigendum(world: World) -> None:
    here = await world.prepared(there)
    await set_call(world, here, state=CallState.ADOPTED)
    assert codes(await correct(here)) == ["call-not-published"]
    stranger = await person(world, "stranger")
    assert (await stranger.post(f"/calls/{here.call}/amendments", {"text": "A."})).status_code == 404


async def test_an_officer_who_applies_corrects_nothing(world: World) -> None:
    here = await world.prepared(there)
    handed = await submitted(world, here.part)
    both = await person(world, "both", "office")
    assert (await correct(here, both)).status_code == 201
    await give_part(world, handed.consortium["partners"][0]["id"], both, "contributor")
    assert (await correct(here, both)).status_code == 403


walls = st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1)).map(lambda at: at.replace(microsecond=0))


@given(walls, st.integers(0, 400))
def test_a_deadline_moved_by_days_is_a_time_in_brussels(at: datetime, days: int) -> None:
    found = datetime.fromisoformat(soonest(at.isoformat(), days))
    assert found.time() == at.time()
    assert timedelta(days=days) <= found - at <= timedelta(days=days + 1)
    instant(found.isoformat())


async def budgets(actor: Actor, here: There) -> list[str]:
    found = [await is_there(actor, f"/topic_stages/{key}") for key in (here.part, here.other)]
    return [part["budget"]["amount"] for part in found]


async def moved(here: There, amount: int, **more: Any) -> httpx2.Response:
    asked = {
        "purpose": "move_budget",
        "subject_id": here.part,
        "target_id": here.other,
        "amount": euro(amount),
    }
    return await carried(here.office, here.body, here.members, **asked | more)


async def asked_to_move(here: There, amount: Any, **more: Any) -> httpx2.Response:
    money = {"subject_id": here.part, "target_id": here.other, "amount": amount}
    return await put(here.office, here.body, **{"purpose": "move_budget"} | money | more)


async def test_k04_money_moves_between_topics_and_before_the_deadline_it_is_news(world: World) -> None:
    here = await world.prepared(there)
    draft = await started(world, here.part)
    assert (await moved(here, 5 * MILLION)).status_code == 200
    stranger = await person(world, "stranger")
    assert await budgets(stranger, here) == ["40000000.00", "5000001.00"]
    (told,) = await amendments(world)
    assert (told["kind"], told["reason"]) == ("budget", "A reason.")
    assert [(b["old"]["amount"], b["new"]["amount"]) for b in told["budgets"]] == [
        ("45000000.00", "40000000.00"),
        ("1.00", "5000001.00"),
    ]
    assert set(await mailed(world, "amendment")) == {draft.lead.email}


async def test_whose_topic_has_left_the_call_hears_no_more_of_it(world: World) -> None:
    here = await world.prepared(there)
    gone, stays = await started(world, here.part), await started(world, here.other)
    assert (await here.withdraw()).status_code == 200
    assert (await correct(here)).status_code == 201
    assert set(await mailed(world, "discontinued")) == {gone.lead.email}
    assert set(await mailed(world, "amendment")) == {stays.lead.email}


@pytest.mark.parametrize("state", [TopicStageState.CHECKING, TopicStageState.RANKED])
async def test_money_that_moves_after_the_deadline_stays_inside(world: World, state: TopicStageState) -> None:
    here = await world.prepared(there)
    handed = await submitted(world, here.part)
    await closed(world, here.part)
    await set_parts(world, here, state=state)
    before = await budgets(handed.lead, here)
    assert (await moved(here, 5 * MILLION)).status_code == 200
    assert await budgets(here.office, here) == ["40000000.00", "5000001.00"]
    assert await budgets(handed.lead, here) == before == ["45000000.00", "1.00"]
    assert await amendments(world) == []
    assert await mailed(world, "amendment") == {}


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (None, "no-amount"),
        (euro(0), "not-a-part"),
        (euro(45 * MILLION), "not-a-part"),
        ({"amount": "44999999.99", "currency": "EUR"}, None),
    ],
)
async def test_some_goes_and_some_stays(world: World, amount: Any, code: str | None) -> None:
    here = await world.prepared(there)
    answer = await asked_to_move(here, amount)
    if code is None:
        assert answer.status_code == 201, answer.text
    else:
        assert codes(answer) == [code]


async def test_money_moves_only_between_two_topics_of_one_stage_that_stand_alike(world: World) -> None:
    here, elsewhere = await there(world), await there(world)
    one = euro(1)
    assert codes(await asked_to_move(here, one, target_id=None)) == ["no-target"]
    for target in (here.part, elsewhere.other, str(uuid4())):
        assert codes(await asked_to_move(here, one, target_id=target)) == ["no-two-envelopes"]
    async with world.sessions() as session, session.begin():
        other = update(TopicStage).where(TopicStage.id == UUID(here.other))
        await session.execute(other.values(state=TopicStageState.CHECKING))
    assert codes(await asked_to_move(here, one)) == ["no-two-envelopes"]
    adopt = {"purpose": "adopt_call", "subject_id": here.call, "target_id": here.other}
    assert codes(await put(here.office, here.body, **adopt)) == ["target-not-asked"]


@pytest.mark.parametrize("state", [TopicStageState.RANKED, TopicStageState.DECIDED])
async def test_money_moves_from_no_released_topic_to_a_hidden_one_nor_back(
    world: World, state: TopicStageState
) -> None:
    """What everybody is told of the one would tell of the other."""
    here = await world.prepared(there)
    await closed(world, here.part)
    for first, second in ((TopicStageState.RELEASED, state), (state, TopicStageState.RELEASED)):
        async with world.sessions() as session, session.begin():
            for key, now in ((here.part, first), (here.other, second)):
                await session.execute(update(TopicStage).where(TopicStage.id == UUID(key)).values(state=now))
        assert codes(await asked_to_move(here, euro(1))) == ["no-two-envelopes"]


async def test_money_that_moves_after_the_results_is_public_at_once(world: World) -> None:
    here = await world.prepared(there)
    await closed(world, here.part)
    await set_parts(world, here, state=TopicStageState.RELEASED)
    assert (await moved(here, 5 * MILLION)).status_code == 200
    assert await budgets(await person(world, "stranger"), here) == ["40000000.00", "5000001.00"]
    assert [told["kind"] for told in await amendments(world)] == ["budget"]


@pytest.mark.parametrize(
    ("amount", "code"), [(15 * MILLION, None), (15 * MILLION + 1, "below-what-is-decided")]
)
async def test_what_is_decided_stays_covered(world: World, amount: int, code: str | None) -> None:
    here = await world.prepared(there)
    part = await is_there(here.office, f"/topic_stages/{here.part}")
    made = {"topic_stage": {"id": here.part}, "topic": {"id": part["topic_id"]}}
    one = await listed(world, made, "30000000.00", await person(world, "coordinator"))
    withdraw = await put(here.office, here.body, purpose="withdraw_topic", subject_id=here.other)
    async with world.sessions() as session, session.begin():
        new = {"id": uuid4(), "created_at": machine_now(), "state": DecisionState.ADOPTED}
        decision = Decision(**new, topic_stage_id=UUID(here.part), topic_id=UUID(part["topic_id"]))
        decision.motion_id, decision.envelope, decision.list_digest = UUID(withdraw.json()["id"]), 45, ""
        line = Line(decision=decision, proposal_id=one.id, rank=1, requested=30 * MILLION, outcome="selected")
        session.add_all([decision, line])
        for key, state in ((here.part, TopicStageState.DECIDED), (here.other, TopicStageState.RANKED)):
            await session.execute(update(TopicStage).where(TopicStage.id == UUID(key)).values(state=state))
    answer = await moved(here, amount)
    assert answer.status_code == 200 if code is None else codes(answer) == [code]


async def test_who_applies_in_either_topic_is_out_of_the_vote_on_the_money(world: World) -> None:
    for topic in ("part", "other"):
        here = await there(world)
        draft = await started(world, getattr(here, topic))
        await give_part(world, draft.consortium["partners"][0]["id"], here.members[2], "contributor")
        motion = await asked_to_move(here, euro(1))
        path = f"/motions/{motion.json()['id']}"
        await is_there(here.members[0], path)
        await is_hidden(here.members[2], path)
        await here.office.make(f"{path}/put_to_vote")
        ballots = (await is_there(here.office, path))["ballots"]
        assert [b["account_id"] for b in ballots if b["recused"]] == [str(here.members[2].id)]


@pytest.mark.parametrize("embargoed", [False, True])
async def test_a_raise_is_published_unless_it_stays_inside(world: World, embargoed: bool) -> None:
    here = await world.prepared(there)
    if embargoed:
        await closed(world, here.part)
    asked = {"purpose": "raise_envelope", "subject_id": here.part, "amount": euro(60 * MILLION)}
    assert (await carried(here.office, here.body, here.members, **asked)).status_code == 200
    assert [told["kind"] for told in await amendments(world)] == ([] if embargoed else ["budget"])


async def test_money_raised_in_between_is_public_once_the_stage_is_open_again(world: World) -> None:
    here = await world.prepared(there)
    await closed(world, here.part)
    asked = {"purpose": "raise_envelope", "subject_id": here.part, "amount": euro(60 * MILLION)}
    assert (await carried(here.office, here.body, here.members, **asked)).status_code == 200
    stranger = await person(world, "stranger")
    assert await budgets(stranger, here) == ["45000000.00", "1.00"]
    assert (await extend(here.office, here.part)).status_code == 200
    assert await budgets(stranger, here) == ["60000000.00", "1.00"]
    call = await is_there(stranger, f"/calls/{here.call}")
    assert call["budget"] == (await is_there(here.office, f"/calls/{here.call}"))["budget"]
    told, extended = await amendments(world)
    assert (told["kind"], told["reason"], extended["kind"]) == ("budget", "A reason.", "extension")
    assert [(b["old"]["amount"], b["new"]["amount"]) for b in told["budgets"]] == [
        ("45000000.00", "60000000.00")
    ]


async def test_money_moved_in_between_is_told_once_and_with_its_reason_when_both_are_open_again(
    world: World,
) -> None:
    here = await world.prepared(there)
    assert (await moved(here, MILLION, text="Before.")).status_code == 200
    await closed(world, here.part)
    assert (await moved(here, 2 * MILLION, text="Between.")).status_code == 200
    assert (await extend(here.office, here.part)).status_code == 200
    before, between, _ = await amendments(world)
    assert (before["reason"], between["reason"]) == ("Before.", "Between.")
    news = [(b["old"]["amount"], b["new"]["amount"]) for b in between["budgets"]]
    assert sorted(news) == [("1000001.00", "3000001.00"), ("44000000.00", "42000000.00")]
    assert await mailed(world, "amendment") == {}


async def test_money_is_not_raised_in_a_call_that_is_prepared_again(world: World) -> None:
    here = await world.prepared(there)
    await set_call(world, here, state=CallState.ADOPTED, published_at=None, budget=100 * MILLION)
    asked = {"purpose": "raise_envelope", "subject_id": here.part, "amount": euro(60 * MILLION)}
    path = f"/motions/{(await put(here.office, here.body, **asked)).json()['id']}"
    await here.office.make(f"{path}/put_to_vote")
    for member in here.members:
        await member.make(f"{path}/vote", {"choice": "yes"})
    await here.office.make(f"/calls/{here.call}/reopen", {"reason": "The dates."})
    assert codes(await here.office.post(f"{path}/adopt")) == ["no-open-envelope"]
    assert await budgets(here.office, here) == ["45000000.00", "1.00"]
