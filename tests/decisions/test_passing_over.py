"""The committee passes proposals over on a list: whom, for what, what becomes of them (K-03)."""

from decimal import Decimal
from typing import Any, get_args
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.calls.models import Call, TopicStage
from app.core.outbox import Mail
from app.decisions.models import Line
from app.proposals.models import Proposal, ProposalState
from app.proposals.schemas import RejectionReason
from app.topics.programme import programme
from tests.build import Actor, person
from tests.conftest import World
from tests.decisions.build import Ranked, ranked, release
from tests.decisions.money import apply, reasons
from tests.decisions.two_stages import two_stages
from tests.decisions.votes import carried, decisions, named, put, voting
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio
THREE = ("30000000.00", "20000000.00", "15000000.00")
"""Of 45 million the first takes 30; the second does not fit, the third takes all that is left."""


async def lines(there: Ranked) -> list[tuple[int | None, str, str | None, str | None]]:
    (decision,) = await decisions(there)
    return [(one["rank"], one["outcome"], one["reason"], one["passed_over"]) for one in decision["lines"]]


async def letter(world: World, to: Actor) -> str:
    async with world.sessions() as session:
        wanted = select(Mail.text).where(Mail.recipient == to.email, Mail.kind == "outcome")
        return str((await session.scalars(wanted)).one())


async def test_what_does_not_fit_is_passed_over_and_the_next_that_fits_is_funded(world: World) -> None:
    there = await world.prepared(ranked, *THREE, below=("1.00",))
    assert (await carried(there, passed_over=[named(there, 2, text="Fund what fits.")])).status_code == 200
    assert await lines(there) == [
        (1, "selected", None, None),
        (2, "reserve", "INSUFFICIENT_BUDGET", "Fund what fits."),
        (3, "selected", None, None),
        (None, "rejected", "BELOW_CRITERION_THRESHOLD", None),
    ]


async def test_without_it_the_first_that_does_not_fit_begins_the_reserve(world: World) -> None:
    there = await world.prepared(ranked, *THREE)
    assert (await carried(there)).status_code == 200
    assert [outcome for _, outcome, *_ in await lines(there)] == ["selected", "reserve", "reserve"]


async def test_for_any_other_reason_it_takes_no_money_keeps_its_rank_and_is_told_why(world: World) -> None:
    there = await world.prepared(ranked, *THREE)
    words = "Grant 123 funds the same cohort."
    passed = [named(there, 1, "SAME_WORK_FUNDED", words)]
    assert (await carried(there, passed_over=passed)).status_code == 200
    (decision,) = await decisions(there)
    assert [(one["rank"], one["outcome"], one["reason"]) for one in decision["lines"]] == [
        (1, "rejected", "SAME_WORK_FUNDED"),
        (2, "selected", None),
        (3, "selected", None),
    ]
    await release(there.office, there.second, decision["id"])
    first, second, _ = there.proposals
    read = await is_there(first.coordinator, f"/proposals/{first.id}")
    assert (read["state"], read["reason"]) == ("rejected", "SAME_WORK_FUNDED")
    told = await letter(world, first.coordinator)
    assert f"Reason SAME_WORK_FUNDED: {programme().passes['SAME_WORK_FUNDED']}" in told
    for said in (words, "keeps its rank", "How to have this reviewed"):
        assert said in told
    assert words not in await letter(world, second.coordinator)
    assert "Its rank" not in told


async def test_ranks_stand_in_letters_where_the_rules_say_so(world: World) -> None:
    there = await world.prepared(ranked, *THREE, below=("1.00",))
    async with world.sessions() as session, session.begin():
        call = await session.get_one(Call, UUID(there.made["call"]["id"]))
        call.rules = {**call.rules, "ranks_in_letters": True}
        call.published_at = call.created_at
    assert (await carried(there, passed_over=[named(there, 2)])).status_code == 200
    (decision,) = await decisions(there)
    await release(there.office, there.second, decision["id"])
    told = [await letter(world, one.coordinator) for one in there.proposals]
    ranks = [f"Its rank on the list of the topic is {n}." in text for n, text in enumerate(told, 1)]
    assert (ranks, "Its rank" in told[3]) == ([True, True, True, False], False)


@pytest.mark.parametrize(
    ("passed", "code"),
    [
        ([(1, "INSUFFICIENT_BUDGET")], "not-for-want-of-money"),
        ([(3, "INSUFFICIENT_BUDGET")], "not-for-want-of-money"),
        ([(4, "SECURITY")], "no-rank"),
        ([(1, "SECURITY"), (1, "ETHICS")], "named-twice"),
        ([(1, "TOO_BOLD")], "no-such-reason"),
        ([(1, "DUPLICATE")], "no-such-reason"),
    ],
)
async def test_whom_it_may_not_pass_over(world: World, passed: list[tuple[int, str]], code: str) -> None:
    there = await world.prepared(ranked, *THREE, below=("1.00",))
    answer = await put(there, passed_over=[named(there, n, reason) for n, reason in passed])
    assert {found for found, _ in reasons(answer)} == {code}
    assert all(r["path"].startswith("/passed_over") for r in answer.json()["reasons"])
    assert (await there.office.get("/motions")).json()["items"] == []


async def test_somebody_elses_proposal_is_none_of_the_list(world: World) -> None:
    there, other = await ranked(world, *THREE), await ranked(world, "1.00")
    for key in (str(other.proposals[0].id), str(uuid4())):
        answer = await put(there, passed_over=[named(there, 1) | {"proposal_id": key}])
        assert reasons(answer) == [("no-rank", "/passed_over/0/proposal_id")]


@pytest.mark.parametrize("wrong", [{"text": " "}, {"text": None}, {"reason": ""}, {"proposal_id": "x"}])
async def test_a_passing_over_without_words_is_malformed(world: World, wrong: dict[str, Any]) -> None:
    there = await world.prepared(ranked, *THREE)
    assert (await put(there, passed_over=[named(there, 1) | wrong])).status_code == 422


async def test_no_other_motion_passes_anybody_over_or_names_a_fault(world: World) -> None:
    there = await world.prepared(ranked, *THREE)
    money = {"purpose": "raise_envelope", "amount": {"amount": "46000000.00", "currency": "EUR"}}
    asked = await put(there, **money, passed_over=[named(there, 1, "SECURITY")])
    assert reasons(asked) == [("passed-over-not-asked", "/passed_over")]
    assert reasons(await put(there, fault="reasons_missing")) == [("fault-not-asked", "/fault")]


async def test_nobody_is_passed_over_where_so_many_of_the_first_go_on(world: World) -> None:
    there = (await two_stages(world, *THREE)).ranked
    answer = await put(there, passed_over=[named(there, 1, "SECURITY")])
    assert reasons(answer) == [("nothing-passed-over", "/passed_over")]


async def test_one_that_fits_by_the_time_of_the_vote_is_not_passed_over(world: World) -> None:
    """Money that came in between: the vote is not opened, nor closed as adopted; the motion may be ended."""
    there = await world.prepared(ranked, *THREE)
    prepared = (await put(there, passed_over=[named(there, 2)])).json()["id"]
    async with world.sessions() as session, session.begin():
        here = update(TopicStage).where(TopicStage.id == UUID(there.topic_stage))
        await session.execute(here.values(budget=Decimal(50_000_000)))
    refused = await there.office.post(f"/motions/{prepared}/put_to_vote")
    assert reasons(refused) == [("not-for-want-of-money", "/passed_over")]
    assert there.proposals[1].reference in refused.json()["reasons"][0]["text"]


async def test_a_withdrawal_in_between_makes_room_and_stands_in_nobodys_way(world: World) -> None:
    there = await world.prepared(ranked, *THREE)
    path = await voting(there, passed_over=[named(there, 1, "SECURITY"), named(there, 3, "ETHICS")])
    async with world.sessions() as session, session.begin():
        gone = update(Proposal).where(Proposal.id == there.proposals[0].id)
        await session.execute(gone.values(state=ProposalState.WITHDRAWN))
    assert (await there.office.post(f"{path}/adopt")).status_code == 200
    assert await lines(there) == [
        (1, "rejected", "WITHDRAWN", None),
        (2, "selected", None, None),
        (3, "rejected", "ETHICS", "Why."),
    ]


async def test_a_vote_that_would_pass_over_what_fits_by_now_is_refused_and_may_be_ended(world: World) -> None:
    there = await world.prepared(ranked, *THREE)
    path = await voting(there, passed_over=[named(there, 2)])
    async with world.sessions() as session, session.begin():
        gone = update(Proposal).where(Proposal.id == there.proposals[0].id)
        await session.execute(gone.values(state=ProposalState.WITHDRAWN))
    assert reasons(await there.office.post(f"{path}/adopt")) == [("not-for-want-of-money", "/passed_over")]
    assert await decisions(there) == []
    await there.office.make(f"{path}/adjourn", {"reason": "It fits now."})


async def test_who_sees_the_decision_reads_why_and_nobody_else(world: World) -> None:
    there = await ranked(world, *THREE, names=("ann", "bob", "cas", "dan", "eve"))
    ann, bob, cas, *_ = there.members
    await apply(world, there, cas)
    motion = await voting(there, passed_over=[named(there, 2, "EXCLUDED", "Excluded until 2030.")])
    assert (await is_there(ann, motion))["passed_over"][0]["text"] == "Excluded until 2030."
    await is_hidden(cas, motion)
    declared = await bob.post(f"{motion}/declare_interest", {"reason": "I advise a partner."})
    assert (declared.status_code, "Excluded until 2030." in declared.text) == (204, False)
    await is_hidden(bob, motion)
    await there.office.make(f"{motion}/adopt")
    (decision,) = await decisions(there)
    path = f"/decisions/{decision['id']}"
    auditor, signatory = [await person(world, role, role) for role in ("auditor", "signatory")]
    for who in (there.office, auditor, signatory, ann):
        read = await is_there(who, path)
        assert read["lines"][1]["passed_over"] == "Excluded until 2030."
    for who in (bob, cas, there.proposals[1].coordinator, await person(world, "stranger")):
        await is_hidden(who, path)


async def test_the_database_keeps_a_rank_for_whoever_is_passed_over(world: World) -> None:
    there = await world.prepared(ranked, *THREE)
    await carried(there)

    async def change(**wrong: Any) -> None:
        async with world.sessions() as session, session.begin():
            line = update(Line).where(Line.proposal_id == there.proposals[1].id)
            await session.execute(line.values(passed_over="Why.", **wrong))

    await change()
    for wrong in ({"rank": None}, {"outcome": "selected", "reason": None}):
        with pytest.raises(IntegrityError, match="passed_over_keeps_its_rank"):
            await change(**wrong)


def test_every_reason_of_the_programme_is_one_that_a_proposal_may_have() -> None:
    assert set(programme().passes) <= set(get_args(RejectionReason))
