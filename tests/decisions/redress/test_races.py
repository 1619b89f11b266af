"""Two people at once on an upheld review, on real commits: settled once, funded once, from one purse."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.calls.models import TopicStage
from app.core.clock import machine_now
from app.core.invariants import broken
from app.decisions.redress.models import RedressFunding
from app.decisions.reserve.models import Promotion
from app.due import tick
from app.process import INVARIANTS
from app.proposals.models import Proposal, ProposalState
from tests.build import person
from tests.conftest import World
from tests.decisions.money import voted
from tests.decisions.redress.build import Contested, codes, contested
from tests.decisions.redress.test_funding import asked, spent
from tests.decisions.reserves import closed, named, reserve_of, set_reserve, withdrawn

pytestmark = pytest.mark.anyio


async def money(world: World, here: Contested) -> tuple[Decimal, Decimal, int, int]:
    """What is selected, the envelope, and how often somebody was promoted or funded by a review."""
    part = UUID(here.there.topic_stage)
    async with world.sessions() as session:
        held = (Proposal.topic_stage_id == part, Proposal.state == ProposalState.SELECTED)
        taken = await session.scalar(select(func.coalesce(func.sum(Proposal.requested), 0)).where(*held))
        budget = await session.scalar(select(TopicStage.budget).where(TopicStage.id == part))
        assert taken is not None
        assert budget is not None
        promoted = await session.scalar(select(func.count()).select_from(Promotion)) or 0
        funded = await session.scalar(select(func.count()).select_from(RedressFunding)) or 0
        assert [told async for told in broken(session, INVARIANTS)] == []
    return taken, budget, promoted, funded


async def voted_on(here: Contested, path: str, way: str) -> str:
    """A vote on the review that is only to be closed; its path."""
    await here.office.make(f"{path}/propose_way", {"way": way})
    return await voted(here.there, (await asked(here, path)).json())


async def test_two_signatories_settle_a_request_once(live: World) -> None:
    here = await contested(live, "30000000.00", below=("10000000.00",))
    path, other = await here.final(1, "5", "5", "4.5"), await person(live, "other", "signatory")
    answers = await asyncio.gather(*(who.post(f"{path}/settle") for who in (here.signatory, other)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert await money(live, here) == (Decimal(40_000_000), Decimal(45_000_000), 0, 1)


@pytest.mark.parametrize("first", ["vote", "promotion"])
async def test_one_is_funded_by_the_vote_or_from_the_reserve_never_by_both(live: World, first: str) -> None:
    """Its money has come free while the committee votes on more of it."""
    here, path = await spent(live)
    await closed(live, here.there)
    motion = await voted_on(here, path, "raise_envelope")
    await withdrawn(here.there, 0)
    reserve = f"/reserve_lists/{(await reserve_of(here.there))['id']}/promote"
    assert (await here.office.post(reserve, named(here.there, 1))).status_code == 202
    acts = [here.office.post(f"{motion}/adopt"), here.there.second.post(reserve, named(here.there, 1))]
    answers = await asyncio.gather(*(acts if first == "vote" else reversed(acts)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    taken, budget, promoted, funded = await money(live, here)
    assert (taken, budget, promoted + funded) == (Decimal(20_000_000), Decimal(45_000_000), 1)
    assert await here.state(1) == "selected"


@pytest.mark.parametrize("first", ["vote", "withdrawal"])
async def test_a_vote_funds_nobody_who_has_left_and_leaves_no_money_behind(live: World, first: str) -> None:
    here, path = await spent(live)
    await closed(live, here.there)
    motion, one = await voted_on(here, path, "raise_envelope"), here.one(1)
    acts = [
        here.office.post(f"{motion}/adopt"),
        one.coordinator.post(f"/proposals/{one.id}/request_withdrawal", {"text": "We cannot go on."}),
    ]
    answers = await asyncio.gather(*(acts if first == "vote" else reversed(acts)))
    vote, out = answers if first == "vote" else reversed(answers)
    assert (vote.status_code, out.status_code) in ((200, 200), (409, 200))
    taken, budget, _, funded = await money(live, here)
    assert (taken, await here.state(1)) == (Decimal(30_000_000), "withdrawn")
    assert (budget, funded) == (
        (Decimal(50_000_000), 1) if vote.status_code == 200 else (Decimal(45_000_000), 0)
    )


async def test_a_place_on_the_reserve_is_given_before_its_end_or_not_at_all(live: World) -> None:
    """The clock ends the list at the moment at which the vote that puts somebody first on it is closed."""
    here, path = await spent(live)
    motion = await voted_on(here, path, "reserve_first")
    await set_reserve(live, here.there, until=machine_now() - timedelta(seconds=2))
    settings = live.settings.model_copy(update={"longest_request_seconds": 0})
    answer, _ = await asyncio.gather(here.office.post(f"{motion}/adopt"), tick(live.sessions, settings))
    assert await here.state(1) == "rejected"
    remedy = (await here.office.get(path)).json()["remedy"]
    if answer.status_code == 200:
        assert remedy == "first_on_reserve"
    else:
        assert (codes(answer), remedy) == (["reserve-over"], "vote")
    assert await money(live, here) == (Decimal(30_000_000), Decimal(45_000_000), 0, 0)
