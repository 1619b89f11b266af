"""What ethics stands against is funded by no review either: it waits, or it comes to nothing (X-03)."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.calls.models import Call
from app.core.clock import machine_now
from app.evaluation.ethics.models import OUTCOMES, EthicsScreening, EthicsState
from app.evaluation.panel.models import Panel
from tests.build import fresh
from tests.conftest import World
from tests.decisions.money import voted
from tests.decisions.redress.build import Contested, codes, contested, judged
from tests.decisions.redress.test_funding import asked, spent
from tests.evaluation.test_ethics import SCREENED

pytestmark = pytest.mark.anyio
CLEARED, REFUSED, OPEN = EthicsState.CLEARED, EthicsState.NOT_CLEARED, EthicsState.OPEN


async def screened(world: World, here: Contested, number: int, state: EthicsState) -> None:
    """The ethics of a proposal stands so."""
    over = state in OUTCOMES
    values: dict[str, Any] = {"state": state, "concluded_at": machine_now() if over else None}
    values |= {"refused_for": "No consent." if state == REFUSED else None}
    values |= {"assessed_for": "Samples of children." if state != EthicsState.OPEN else None}
    one = here.one(number)
    async with world.sessions() as session, session.begin():
        mine = EthicsScreening.proposal_id == one.id
        if await session.scalar(update(EthicsScreening).where(mine).values(**values).returning(mine)):
            return
        of = Panel.topic_stage_id == UUID(here.there.topic_stage)
        panel = (await session.scalars(select(Panel).where(of))).one()
        about = {"panel_id": panel.id, "topic_id": panel.topic_id, "consortium_id": one.consortium_id}
        session.add(fresh(EthicsScreening, values.pop("state"), proposal_id=one.id, **about, **values))


@pytest.mark.parametrize("state", [EthicsState.OPEN, EthicsState.ASSESSMENT])
async def test_it_is_not_funded_while_it_is_screened_and_is_once_it_is_cleared(
    world: World, state: EthicsState
) -> None:
    here, path = await world.prepared(judged, "30000000.00", below=("10000000.00",), number=1)
    await here.agreed(path, "5", "5", "4.5")
    await screened(world, here, 1, state)
    refused = await here.signatory.post(f"{path}/settle")
    assert codes(refused) == ["ethics-not-over"]
    assert refused.json()["reasons"][0]["who"] == "office"
    assert [await here.state(n) for n in range(2)] == ["selected", "rejected"]
    await screened(world, here, 1, CLEARED)
    assert (await here.settled(path))["remedy"] == "funded"


async def test_what_is_not_cleared_gains_nothing(world: World) -> None:
    here, path = await world.prepared(judged, "30000000.00", below=("10000000.00",), number=1)
    await here.agreed(path, "5", "5", "4.5")
    assert (await here.signatory.get(f"{path}/effect")).json()["remedy"] == "funded"
    await screened(world, here, 1, REFUSED)
    assert (await here.signatory.get(f"{path}/effect")).json()["remedy"] == "none"
    settled = await here.settled(path)
    assert (settled["outcome"], settled["remedy"]) == ("kept", "none")
    assert [await here.state(n) for n in range(2)] == ["selected", "rejected"]


async def test_nor_is_it_upheld(world: World) -> None:
    here = await world.prepared(contested, "30000000.00", below=("10000000.00",))
    path = await here.recommended(1)
    await screened(world, here, 1, REFUSED)
    refused = await here.signatory.post(f"{path}/uphold", {"text": "It may have changed the outcome."})
    assert codes(refused) == ["could-not-change"]


@pytest.mark.parametrize(
    ("way", "state", "told"),
    [
        ("raise_envelope", REFUSED, ["ethics-not-cleared"]),
        ("raise_envelope", OPEN, ["ethics-not-over"]),
        ("raise_envelope", CLEARED, None),
        ("reserve_first", REFUSED, ["ethics-not-cleared"]),
        ("reserve_first", OPEN, None),
        ("next_call", REFUSED, None),
    ],
)
async def test_nothing_is_voted_on_that_would_fund_what_is_not_cleared(
    world: World, way: str, state: EthicsState, told: list[str] | None
) -> None:
    """Neither proposed, nor put to the committee, nor adopted if it is refused meanwhile."""
    here, path = await world.prepared(spent)
    await screened(world, here, 1, state)
    answer = await here.office.post(f"{path}/propose_way", {"way": way})
    assert (codes(answer) if told else answer.status_code) == (told or 200)
    await screened(world, here, 1, CLEARED)
    await here.office.make(f"{path}/propose_way", {"way": way})
    await screened(world, here, 1, state)
    answer = await asked(here, path)
    assert (codes(answer) if told else answer.status_code) == (told or 201)
    await screened(world, here, 1, CLEARED)
    motion = await voted(here.there, (await asked(here, path) if told else answer).json())
    await screened(world, here, 1, state)
    answer = await here.office.post(f"{motion}/adopt")
    assert (codes(answer) if told else answer.status_code) == (told or 200)
    assert (await here.state(1) == "selected") is (way == "raise_envelope" and told is None)


@pytest.mark.parametrize("before", [None, EthicsState.VOIDED, CLEARED])
@pytest.mark.parametrize("asked_for", [True, False])
async def test_who_is_funded_by_a_review_is_screened_before_the_signature(
    world: World, before: EthicsState | None, asked_for: bool
) -> None:
    """Below the thresholds of the list it had no rank, down to which the office could open a screening."""
    here, path = await world.prepared(judged, "30000000.00", below=("10000000.00",), number=1)
    await here.agreed(path, "5", "5", "4.5")
    async with world.sessions() as session, session.begin():
        call = await session.get_one(Call, UUID(here.there.made["call"]["id"]))
        call.rules = call.rules | {"ethics": SCREENED if asked_for else None}
        call.published_at = machine_now()  # rules are read once, by the time at which they were pinned
    if before is not None:
        await screened(world, here, 1, before)
    assert (await here.settled(path))["remedy"] == "funded"
    listed = (await here.office.get("/ethics_screenings")).json()["items"]
    told = {None: "open", EthicsState.VOIDED: "open", CLEARED: "cleared"}[before] if asked_for else before
    assert [one["state"] for one in listed] == ([] if told is None else [told])
