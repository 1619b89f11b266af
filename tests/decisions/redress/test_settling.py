"""The new evaluation beside the old, and what its result comes to: nobody who is selected loses a place."""

import asyncio
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from app.core.clock import machine_now
from app.decisions.redress.models import RedressFunding
from app.evaluation.panel.models import Panel
from app.proposals.models import Proposal, ProposalState
from tests.build import person
from tests.conftest import World
from tests.decisions.build import proposal, released
from tests.decisions.redress.build import CRITERIA, Contested, codes, contested, judged, marks

pytestmark = pytest.mark.anyio


async def outcome(here: Contested, path: str) -> dict[str, Any]:
    return dict((await here.office.get(path)).json())


async def selected(world: World, here: Contested) -> Decimal:
    async with world.sessions() as session:
        of = (Proposal.topic_stage_id == UUID(here.there.topic_stage), Proposal.state == "selected")
        return Decimal(await session.scalar(select(func.sum(Proposal.requested)).where(*of)) or 0)


async def test_what_fits_the_money_that_is_left_is_selected_beside_the_others(world: World) -> None:
    here = await world.prepared(contested, "30000000.00", "20000000.00", below=("10000000.00",))
    assert [await here.state(n) for n in range(3)] == ["selected", "reserve", "rejected"]
    path = await here.final(2, "5", "5", "4.5")
    effect = (await here.signatory.get(f"{path}/effect")).json()
    assert (effect["basis"], effect["rank"], effect["shares_rank"]) == ("result", 1, False)
    assert (effect["left"]["amount"], effect["fits"], effect["remedy"]) == ("15000000.00", True, "funded")
    assert effect["waits_longer"] == [here.one(1).reference]
    settled = await here.settled(path)
    assert (settled["state"], settled["outcome"], settled["remedy"]) == ("settled", "changed", "funded")
    assert [await here.state(n) for n in range(3)] == ["selected", "reserve", "selected"]
    assert await selected(world, here) == 40_000_000
    mine = (await here.one(2).coordinator.get(path)).json()
    assert (mine["result"]["total"], mine["remedy"]) == ("14.50", "funded")
    assert [each["criterion"] for each in mine["result"]["anew"]] == list(CRITERIA)


async def test_the_old_evaluation_and_its_list_stay_as_they_were(world: World) -> None:
    here = await world.prepared(contested, "30000000.00", below=("10000000.00",))
    async with world.sessions() as session:
        wanted = select(Panel.id).where(Panel.topic_stage_id == UUID(here.there.topic_stage))
        panel = await session.scalar(wanted)
    before = (await here.office.get(f"/panels/{panel}")).json()
    decision = (await here.office.get("/decisions")).json()["items"][0]["id"]
    lines = (await here.office.get(f"/decisions/{decision}")).json()["lines"]
    await here.settled(await here.final(1, "5", "5", "4.5"))
    after = (await here.office.get(f"/panels/{panel}")).json()
    assert {**after, "actions": []} == {**before, "actions": []}
    assert (await here.office.get(f"/decisions/{decision}")).json()["lines"] == lines


async def test_the_criteria_that_are_not_named_keep_their_score(world: World) -> None:
    here = await world.prepared(contested, "30000000.00", below=("10000000.00",))
    path = await here.final(1, "5", criteria=("excellence",))
    again = (await here.office.get(await here.anew(path))).json()
    assert (again["criteria"], again["scores"]) == (
        ["excellence"], {"excellence": "5", "impact": "4", "implementation": "4"},
    )  # fmt: skip
    assert (again["total"], again["above"], again["state"]) == ("13.00", True, "final")


async def test_lower_is_definitive_as_well_and_nobody_is_unselected(world: World) -> None:
    here = await contested(world, "30000000.00", "20000000.00")
    path = await here.final(1, "2", "4", "4")
    settled = await here.settled(path)
    assert (settled["outcome"], settled["remedy"], settled["rank"]) == ("changed", "lower", None)
    assert [await here.state(n) for n in range(2)] == ["selected", "rejected"]
    read = (await here.one(1).coordinator.get(f"/proposals/{here.one(1).id}")).json()
    assert read["reason"] == "BELOW_CRITERION_THRESHOLD"


async def test_kept_says_so_and_moves_nobody(world: World) -> None:
    here, path = await world.prepared(judged, "30000000.00", below=("10000000.00",), number=1)
    settled = await here.settled(await here.agreed(path, "2", "4", "4"))
    assert (settled["outcome"], settled["remedy"]) == ("kept", "none")
    assert [await here.state(n) for n in range(2)] == ["selected", "rejected"]


async def test_above_the_thresholds_and_below_the_line_is_the_reserve_list(world: World) -> None:
    here = await contested(world, "40000000.00", below=("10000000.00",))
    path = await here.final(1, "4", "4", "4")
    settled = await here.settled(path)
    assert (settled["outcome"], settled["remedy"], settled["rank"]) == ("changed", "reserve", 2)
    assert await here.state(1) == "reserve"


async def test_equals_that_no_computed_step_parts_share_the_rank(world: World) -> None:
    here, path = await world.prepared(judged, "30000000.00", below=("10000000.00",), number=1)
    await here.agreed(path, "4.5", "4", "4")
    effect = (await here.office.get(f"{path}/effect")).json()
    assert (effect["rank"], effect["shares_rank"]) == (1, True)


async def test_experts_are_new_judge_alone_first_and_are_read_by_label(world: World) -> None:
    here = await world.prepared(contested, "30000000.00", below=("10000000.00",))
    path, again = await here.upheld(1)
    who, contract = await here.expert("first")
    assert (await who.get(again)).status_code == 404
    rival = here.one(0).coordinator
    await here.office.make(f"{again}/seat_expert", {"contract_id": contract})
    refused = await here.office.post(f"{again}/seat_expert", {"contract_id": contract})
    assert codes(refused) == ["seated-already"]
    nothing = await here.office.post(f"{again}/seat_expert", {"contract_id": str(uuid4())})
    assert codes(nothing) == ["no-contract"]
    card = (await who.get(again)).json()
    assert ("seats" in card, card["reference"]) == (False, here.one(1).reference)
    assert (await who.get(f"/proposals/{here.one(1).id}")).status_code == 404
    await who.make(f"{again}/declare_free")
    assert (await who.get(f"/proposals/{here.one(1).id}")).status_code == 200
    others = await here.seated(again, 2)
    given = marks(dict.fromkeys(CRITERIA, "4"))
    assert codes(await who.post(f"{again}/draft", given)) == ["too-few-reports", "not-sealed"]
    await others[0].make(f"{again}/seal_marks", given)
    read = (await who.get(again)).json()
    assert [seat["label"] for seat in read["seats"]] == ["Expert A"]
    off = marks(dict.fromkeys(CRITERIA, "4.2"))
    assert codes(await who.post(f"{again}/seal_marks", off)) == ["score-not-on-scale"] * 3
    await who.make(f"{again}/seal_marks", given)
    assert codes(await who.post(f"{again}/seal_marks", given)) == ["sealed"]
    seats = (await who.get(again)).json()["seats"]
    assert [seat["label"] for seat in seats] == ["Expert A", "Expert B", "Expert C"]
    assert {"name", "contract_id"} & set(seats[0]) == set()
    names = [seat["name"] for seat in (await here.office.get(again)).json()["seats"]]
    assert names == ["first", "fresh0", "fresh1"]
    for actor in (here.signatory, here.one(1).coordinator, rival, *here.members):
        assert (await actor.get(again)).status_code == 404
    assert "first" not in str((await here.one(1).coordinator.get(path)).json())


async def test_a_seat_taken_back_once_a_draft_is_put_begins_a_new_round(world: World) -> None:
    here = await world.prepared(contested, "30000000.00", below=("10000000.00",))
    path, again = await here.upheld(1)
    experts = await here.seated(again, 4)
    given = marks(dict.fromkeys(CRITERIA, "4"))
    for who in experts:
        await who.make(f"{again}/seal_marks", given)
    await experts[0].make(f"{again}/draft", given)
    await experts[1].post(f"{again}/declare_conflict", {"reason": "I know one of them."})
    assert (await here.office.get(again)).json()["state"] == "writing"
    await experts[0].make(f"{again}/draft", given)
    assert codes(await here.signatory.post(f"{path}/settle")) == ["not-final"]
    for who in experts[2:]:
        assert (await who.make(f"{again}/approve"))["state"] in ("agreeing", "final")
    assert (await here.office.get(again)).json()["state"] == "final"


async def test_who_was_never_evaluated_is_evaluated_beside_once_the_topic_is_ranked(world: World) -> None:
    here = await contested(world, "30000000.00", release=False)
    who = await person(world, "out")
    here.there.proposals.append(
        await proposal(world, here.there.made, "10000000.00", who, ProposalState.INELIGIBLE)
    )
    await released(here.there)
    path = await here.recommended(1, advice="reinstate")
    await here.signatory.make(f"{path}/uphold", {"text": "It is eligible after all."})
    again = await here.anew(path)
    assert (await here.office.get(again)).json()["criteria"] == list(CRITERIA)
    assert await here.state(1) == "ineligible"
    experts, given = await here.seated(again), marks(dict.fromkeys(CRITERIA, "4.5"))
    for expert in experts:
        await expert.make(f"{again}/seal_marks", given)
    await experts[0].make(f"{again}/draft", given)
    for expert in experts[1:]:
        await expert.make(f"{again}/approve")
    assert (await here.settled(path))["remedy"] == "funded"
    read = (await who.get(f"/proposals/{here.one(1).id}")).json()
    assert (read["state"], read["finding"], read["reason"]) == ("selected", None, None)


async def test_two_settlements_for_the_money_of_one(live: World) -> None:
    here = await contested(live, "30000000.00", below=("10000000.00", "9000000.00"))
    paths = [await here.final(number, "5", "5", "4.5") for number in (1, 2)]
    answers = await asyncio.gather(*(here.signatory.post(f"{path}/settle") for path in paths))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert sorted(answer.json()["remedy"] for answer in answers) == ["funded", "vote"]
    assert await selected(live, here) <= 45_000_000
    async with live.sessions() as session:
        assert len((await session.scalars(select(RedressFunding.id))).all()) == 1


async def test_the_database_itself_funds_nothing_twice_nor_beyond_the_envelope(world: World) -> None:
    here, path = await world.prepared(judged, "30000000.00", "20000000.00", below=("10000000.00",), number=2)
    await here.settled(await here.agreed(path, "5", "5", "4.5"))
    path = await here.file(1)
    part = UUID(here.there.topic_stage)
    for key, amount, told in (
        (here.one(1).id, 20_000_000, "more than it has"),
        (here.one(2).id, 10_000_000, "uq_redress_funding_once_per_proposal"),
    ):
        async with world.sessions() as session:
            again = RedressFunding(id=uuid4(), redress_id=UUID(path.rpartition("/")[2]), proposal_id=key)
            again.topic_stage_id, again.amount, again.at = part, amount, machine_now()
            session.add(again)
            with pytest.raises(DBAPIError, match=told):
                await session.flush()
            await session.rollback()
