"""Two people at once on the money of a reserve list, on real commits (K-05)."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.calls.models import TopicStage, TopicStageState
from app.core.clock import machine_now
from app.core.invariants import broken
from app.decisions.reserve.invariants import INVARIANTS
from app.decisions.reserve.models import Promotion
from app.due import tick
from app.proposals.models import Proposal, ProposalState
from app.topics.models import Topic, TopicState
from tests.build import fresh, person
from tests.conftest import World
from tests.decisions.build import Ranked
from tests.decisions.money import asked, voted
from tests.decisions.reserves import (
    mails,
    named,
    on_reserve,
    promoted,
    reserve_of,
    set_proposal,
    set_reserve,
    states,
    withdrawn,
)

pytestmark = pytest.mark.anyio


async def funded(world: World, there: Ranked) -> tuple[Decimal, Decimal, int]:
    """What is selected, the envelope, and how often somebody was promoted."""
    part = UUID(there.topic_stage)
    async with world.sessions() as session:
        selected = (Proposal.topic_stage_id == part, Proposal.state == ProposalState.SELECTED)
        spent = await session.scalar(select(func.sum(Proposal.requested)).where(*selected))
        budget = await session.scalar(select(TopicStage.budget).where(TopicStage.id == part))
        times = await session.scalar(select(func.count()).select_from(Promotion))
        assert budget is not None
        return spent or Decimal(0), budget, times or 0


async def hold(world: World) -> None:
    """The facts of the database that are asked on live data hold."""
    async with world.sessions() as session:
        assert [told async for told in broken(session, INVARIANTS)] == []


async def requested(there: Ranked, *numbers: int) -> str:
    """The first officer has asked for it; the path where the second confirms."""
    path = f"/reserve_lists/{(await reserve_of(there))['id']}/promote"
    assert (await there.office.post(path, named(there, *numbers))).status_code == 202
    return path


async def test_two_confirmations_at_once_promote_one_with_the_money_of_one(live: World) -> None:
    there = await on_reserve(live, "30000000.00", "25000000.00", "25000000.00")
    await withdrawn(there, 0)
    path, third = await requested(there, 1), await person(live, "third", "office")
    sent = [(there.second, (1,)), (third, (1,)), (there.second, (2,)), (third, (2,))]
    answers = await asyncio.gather(*(who.post(path, named(there, *numbers)) for who, numbers in sent))
    status = sorted(answer.status_code for answer in answers)
    assert status.count(200) == 1
    assert set(status) <= {200, 202, 409}
    spent, budget, times = await funded(live, there)
    assert (spent, budget, times) == (Decimal(25_000_000), Decimal(45_000_000), 1)
    assert (await states(there))[1:] == ["selected", "reserve INSUFFICIENT_BUDGET"]
    assert len(await mails(live, there.proposals[1].coordinator)) == 2
    await hold(live)


async def test_a_promotion_and_a_withdrawal_of_the_same_at_once_fund_nobody_who_has_left(live: World) -> None:
    there = await on_reserve(live)
    await withdrawn(there, 0)
    path, one = await requested(there, 1), there.proposals[1]
    leave = one.coordinator.post(f"/proposals/{one.id}/request_withdrawal", {"text": "We cannot go on."})
    answers = await asyncio.gather(there.second.post(path, named(there, 1)), leave)
    assert answers[1].status_code == 200
    assert answers[0].status_code in (200, 409)
    assert (await states(there))[1].split()[0] == "withdrawn"
    assert (await funded(live, there))[0] == 0
    assert (await promoted(there, 2)).status_code == 200


async def beside(world: World, there: Ranked, state: TopicStageState) -> str:
    """Another topic of the stage, with 5 million."""
    topic = fresh(
        Topic,
        TopicState.IN_CALL,
        reference=f"O-{there.topic_stage[:8]}",
        title="Another topic",
        action_type="RIA",
    )
    topic.adopted_version = 1
    part = fresh(TopicStage, state, topic=topic, budget=Decimal(5_000_000), expected_grants=1)
    part.stage_id = UUID(there.made["stage"]["id"])
    async with world.sessions() as session, session.begin():
        session.add(part)
    return str(part.id)


async def moving(there: Ranked, target: str, amount: str) -> str:
    """A motion to move money away is voted on, and only to be closed."""
    body: dict[str, Any] = {"purpose": "move_budget", "target_id": target}
    answer = await asked(there, amount, **body)
    assert answer.status_code == 201, answer.text
    return await voted(there, answer.json())


async def test_money_is_moved_away_or_spent_on_the_reserve_never_both(live: World) -> None:
    there = await on_reserve(live)
    await withdrawn(there, 0)
    path = await requested(there, 1)
    motion = await moving(there, await beside(live, there, TopicStageState.RELEASED), "30000000.00")
    answers = await asyncio.gather(
        there.second.post(path, named(there, 1)), there.office.post(f"{motion}/adopt")
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    codes = [reason["code"] for answer in answers for reason in answer.json().get("reasons", [])]
    assert codes in (["money-missing"], ["below-what-is-decided"])
    spent, budget, _ = await funded(live, there)
    assert spent <= budget
    await hold(live)


async def test_what_was_promoted_is_covered_when_money_is_moved_and_what_has_left_is_not(live: World) -> None:
    there = await on_reserve(live)
    await withdrawn(there, 0)
    assert (await promoted(there, 1)).status_code == 200
    other = await beside(live, there, TopicStageState.RELEASED)
    motion = await moving(there, other, "25000000.01")
    refused = await there.office.post(f"{motion}/adopt")
    assert [reason["code"] for reason in refused.json()["reasons"]] == ["below-what-is-decided"]
    assert "20000000.00" in refused.json()["reasons"][0]["text"]
    await withdrawn(there, 1)
    assert (await there.office.post(f"{motion}/adopt")).status_code == 200
    assert (await funded(live, there))[1] == Decimal("19999999.99")


async def test_at_its_end_somebody_is_promoted_or_told_that_it_is_over(live: World) -> None:
    there = await on_reserve(live)
    await withdrawn(there, 0)
    path = await requested(there, 1)
    # Still in force for whoever asks, over for a clock that waits for no request under way.
    await set_reserve(live, there, until=machine_now() - timedelta(seconds=0.5))
    settings = live.settings.model_copy(update={"longest_request_seconds": 0})
    confirmed, _ = await asyncio.gather(there.second.post(path, named(there, 1)), _later(live, settings))
    outcome = (await states(there))[1:]
    assert (confirmed.status_code, outcome[0]) in [(200, "selected"), (409, "rejected INSUFFICIENT_BUDGET")]
    assert outcome[1] == "rejected INSUFFICIENT_BUDGET"
    await hold(live)


async def _later(world: World, settings: Any) -> None:
    await asyncio.sleep(0.5)
    await tick(world.sessions, settings)


async def test_a_broken_fact_is_found(live: World) -> None:
    there = await on_reserve(live)
    await set_proposal(live, there, 1, state=ProposalState.SELECTED)
    await set_reserve(live, there, state="ended", ended_at=machine_now())
    async with live.sessions() as session:
        assert len([told async for told in broken(session, INVARIANTS)]) == 2
