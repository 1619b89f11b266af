"""The reserve list: who comes next, with which money, until when (K-05, K-09)."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError, ProgrammingError

from app.calls.models import TopicStage
from app.calls.periods import day_of, end_of, months_later
from app.core.clock import machine_now
from app.decisions.queries import closed_panel
from app.decisions.reserve.models import Promotion
from app.due import tick
from app.evaluation.ethics.models import EthicsScreening, EthicsState
from app.proposals.models import Proposal
from tests.build import fresh, person, vote
from tests.conftest import World
from tests.decisions.build import ranked, released
from tests.decisions.money import apply, asked, reasons, voted
from tests.decisions.reserves import (
    closed,
    level,
    mails,
    named,
    on_reserve,
    promoted,
    reserve_of,
    set_reserve,
    states,
    withdrawn,
)
from tests.grants.build import ENTRY
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio


async def test_a_release_puts_the_reserve_in_force_for_the_months_of_the_rules(world: World) -> None:
    there = await world.prepared(on_reserve)
    reserve = await reserve_of(there)
    last = months_later(day_of(machine_now()), 12)
    assert reserve["until"] == end_of(last).isoformat().replace("+00:00", "Z")
    assert (reserve["state"], [one["rank"] for one in reserve["first"]]) == ("open", [2])
    assert [one["reference"] for one in reserve["waiting"]] == [p.reference for p in there.proposals[1:]]
    assert [reserve[name]["amount"] for name in ("envelope", "spent", "free")] == [
        "45000000.00", "30000000.00", "15000000.00",
    ]  # fmt: skip
    (letter,) = await mails(world, there.proposals[1].coordinator)
    assert f"in force until {last:%d %B %Y}, 23:59:59 Brussels time" in letter
    assert (await reserve_of(there, there.members[1]))["until"] == reserve["until"]


async def test_a_list_that_is_funded_whole_leaves_no_reserve(world: World) -> None:
    there = await ranked(world, "30000000.00", "15000000.00", below=("1.00",))
    await released(there)
    assert (await there.office.get("/reserve_lists")).json()["items"] == []


async def test_the_first_waits_for_its_money_and_no_cheaper_one_is_taken_before_it(world: World) -> None:
    there = await world.prepared(on_reserve)
    for numbers in ((1,), (2,), (1, 2)):
        refused = await promoted(there, *numbers)
        assert reasons(refused)[0] == ("money-missing", "/free")
    assert "5000000.00 euro are missing" in refused.json()["reasons"][0]["text"]
    await withdrawn(there, 0)
    assert reasons(await promoted(there, 2)) == [("not-the-first", "/body/proposal_ids")]
    assert await states(there) == [
        "withdrawn", "reserve INSUFFICIENT_BUDGET", "reserve INSUFFICIENT_BUDGET",
    ]  # fmt: skip


async def test_two_officers_promote_the_next_and_it_is_told_once(world: World) -> None:
    there = await world.prepared(on_reserve)
    await withdrawn(there, 0)
    path = f"/reserve_lists/{(await reserve_of(there))['id']}/promote"
    assert (await there.office.post(path, named(there, 1))).status_code == 202
    assert await states(there) == [
        "withdrawn", "reserve INSUFFICIENT_BUDGET", "reserve INSUFFICIENT_BUDGET",
    ]  # fmt: skip
    assert reasons(await there.office.post(path, named(there, 1))) == [("second-officer", "")]
    assert (await there.members[0].post(path, named(there, 1))).status_code == 403
    done = (await there.second.make(path, named(there, 1)))["promotions"]
    assert [(one["reference"], one["spent"]["amount"]) for one in done] == [
        (there.proposals[1].reference, "20000000.00")
    ]
    assert await states(there) == ["withdrawn", "selected", "reserve INSUFFICIENT_BUDGET"]
    letters = await mails(world, there.proposals[1].coordinator)
    assert ["is selected for funding" in text for text in letters] == [False, True]
    assert reasons(await there.office.post(path, named(there, 1))) == [
        ("not-the-first", "/body/proposal_ids")
    ]
    assert (await promoted(there, 2)).status_code == 200
    assert reasons(await promoted(there, 2)) == [("nobody-waits", "/waiting")]
    reserve = await reserve_of(there)
    assert ([one["rank"] for one in reserve["promotions"]], reserve["waiting"]) == ([2, 3], [])
    await there.office.make(f"/proposals/{there.proposals[1].id}/grants", ENTRY)


@pytest.mark.parametrize(("budget", "missing"), [("50000000.00", None), ("49999999.99", "0.01")])
async def test_money_to_the_cent_promotes_and_a_cent_less_does_not(
    world: World, budget: str, missing: str | None
) -> None:
    there = await world.prepared(on_reserve)
    async with world.sessions() as session, session.begin():
        here = update(TopicStage).where(TopicStage.id == UUID(there.topic_stage))
        await session.execute(here.values(budget=budget))
    answer = await promoted(there, 1)
    if missing is None:
        assert answer.status_code == 200
    else:
        assert f"spent: {missing} euro are missing." in answer.json()["reasons"][0]["text"]


async def test_equals_come_together_or_nobody_does(world: World) -> None:
    there = await ranked(world, "30000000.00", "8000000.00", "8000000.00", "1000000.00")
    await level(world, there, 1, 2, 2, 4)
    await closed(world, there)
    await released(there)
    assert reasons(await promoted(there, 1)) == [
        ("money-missing", "/free"), ("not-the-first", "/body/proposal_ids"),
    ]  # fmt: skip
    assert reasons(await promoted(there, 1, 2)) == [("money-missing", "/free")]
    await withdrawn(there, 0)
    for numbers in ((1,), (2,), (1, 2, 3)):
        assert reasons(await promoted(there, *numbers)) == [("not-the-first", "/body/proposal_ids")]
    path = f"/reserve_lists/{(await reserve_of(there))['id']}/promote"
    assert (await there.office.post(path, named(there, 1, 2))).status_code == 202
    assert (await there.second.post(path, named(there, 2, 1))).status_code == 200
    assert (await states(there))[1:3] == ["selected", "selected"]


async def test_who_has_left_the_reserve_is_passed_over_and_keeps_its_rank(world: World) -> None:
    there = await world.prepared(on_reserve)
    await withdrawn(there, 1)
    assert [one["rank"] for one in (await reserve_of(there))["first"]] == [3]
    assert (await promoted(there, 2)).status_code == 200
    assert (await states(there))[2] == "selected"


async def test_money_that_the_committee_adds_after_the_release_is_public_and_promotes(world: World) -> None:
    there = await world.prepared(on_reserve)
    before = len((await there.proposals[0].coordinator.get("/amendments")).json()["items"])
    motion = (await asked(there, "50000000.00")).json()
    await there.office.make(f"{await voted(there, motion)}/adopt")
    public = (await world.client().get(f"/v1/topic_stages/{there.topic_stage}")).json()
    assert public["budget"]["amount"] == "50000000.00"
    assert len((await there.proposals[0].coordinator.get("/amendments")).json()["items"]) == before + 1
    (told,) = await mails(world, there.second, "reserve_to_use")
    assert there.proposals[1].reference in told
    assert (await promoted(there, 1)).status_code == 200


async def test_who_waits_on_the_reserve_has_no_say_on_its_money_and_sees_no_list(world: World) -> None:
    """Released or not: an officer or a member who is on it has an applicant's rights until it is over."""
    there = await world.prepared(on_reserve)
    member = there.members[2]
    path = f"/reserve_lists/{(await reserve_of(there))['id']}"
    for who in (there.second, member):
        await is_there(who, path)
    there.proposals.reverse()  # `apply` lets them act for the first one
    for who in (there.second, member):
        await apply(world, there, who)
        await is_hidden(who, path)
        assert (await who.post(f"{path}/promote", named(there, 0))).status_code == 404
    there.proposals.reverse()
    prepared = (await asked(there, "50000000.00")).json()
    await there.office.make(f"/motions/{prepared['id']}/put_to_vote")
    ballots = (await there.office.get(f"/motions/{prepared['id']}")).json()["ballots"]
    assert [b["account_id"] for b in ballots if b["recused"]] == [str(member.id)]
    await withdrawn(there, 0)
    assert await mails(world, there.second, "reserve_to_use") == []
    assert len(await mails(world, there.office, "reserve_to_use")) == 1
    waiting = {
        who: [w["kind"] for w in (await who.get("/me")).json()["waiting"]]
        for who in (there.office, there.second)
    }
    assert list(waiting.values()) == [["promote"], []]


async def test_applicants_never_see_a_reserve_list(world: World) -> None:
    there = await world.prepared(on_reserve)
    path = f"/reserve_lists/{(await reserve_of(there))['id']}"
    for who in (
        there.proposals[0].coordinator,
        there.proposals[1].coordinator,
        await person(world, "nobody"),
    ):
        await is_hidden(who, path)


async def test_the_office_is_told_when_a_grant_fails_and_not_while_it_is_not_enough(world: World) -> None:
    there = await on_reserve(world, "30000000.00", "1000000.00", "20000000.00")
    await withdrawn(there, 1)
    assert await mails(world, there.office, "reserve_to_use") == []
    await withdrawn(there, 0)
    (told,) = await mails(world, there.office, "reserve_to_use")
    assert f"rank 3: {there.proposals[2].reference}, 20000000.00 euro" in told
    assert [w["entity"] for w in (await there.office.get("/me")).json()["waiting"]] == ["reserve_list"]


async def test_after_the_last_second_nobody_is_promoted_and_who_waits_is_told_with_means_of_redress(
    world: World,
) -> None:
    there = await world.prepared(on_reserve)
    await withdrawn(there, 0)
    now = machine_now().replace(microsecond=0)
    await set_reserve(world, there, until=now + timedelta(minutes=1))
    await tick(world.sessions, world.settings)
    assert (await reserve_of(there))["state"] == "open"
    await set_reserve(world, there, until=now - timedelta(seconds=2))
    assert reasons(await promoted(there, 1)) == [("reserve-over", "/until")]
    await tick(world.sessions, world.settings)
    assert (await reserve_of(there))["state"] == "open", "a promotion in time may still be under way"
    await set_reserve(world, there, until=now - timedelta(minutes=10))
    await tick(world.sessions, world.settings)
    await tick(world.sessions, world.settings)
    assert (await reserve_of(there))["state"] == "ended"
    assert (await states(there))[1:] == ["rejected INSUFFICIENT_BUDGET"] * 2
    letters = await mails(world, there.proposals[1].coordinator)
    assert len(letters) == 2
    assert "is not selected for funding" in letters[1]
    assert "How to have this reviewed" in letters[1]
    assert (await there.office.get("/me")).json()["waiting"] == []


async def test_it_ends_before_its_day_once_the_money_is_used_and_every_grant_is_signed(world: World) -> None:
    there = await world.prepared(on_reserve)
    path = f"/reserve_lists/{(await reserve_of(there))['id']}/end"
    await there.office.post(path)
    assert reasons(await there.second.post(path)) == [("grant-not-signed", "")]
    grant = await there.office.make(f"/proposals/{there.proposals[0].id}/grants", ENTRY)
    assert reasons(await there.second.post(path)) == [("grant-not-signed", "")]
    await (await person(world, "signatory", "signatory")).make(f"/grants/{grant['id']}/sign")
    assert (await there.second.make(path))["state"] == "ended"
    assert await states(there) == ["selected", *["rejected INSUFFICIENT_BUDGET"] * 2]


async def test_it_does_not_end_while_the_next_could_be_paid(world: World) -> None:
    there = await world.prepared(on_reserve)
    await withdrawn(there, 0)
    path = f"/reserve_lists/{(await reserve_of(there))['id']}/end"
    assert reasons(await there.office.post(path)) == [("money-left", "/free")]


async def test_a_reserve_list_is_dissolved_with_its_call(world: World) -> None:
    there = await world.prepared(on_reserve)
    await vote(there.office, there.body, there.members, "cancel_call", there.made["call"]["id"])
    assert (await reserve_of(there))["state"] == "ended"
    assert {state.split()[0] for state in await states(there)} == {"discontinued"}
    assert (await there.office.get("/me")).json()["waiting"] == []


async def test_what_was_promoted_is_kept_once_and_never_changed(world: World) -> None:
    there = await world.prepared(on_reserve)
    await withdrawn(there, 0)
    await promoted(there, 1)
    async with world.sessions() as session:
        (kept,) = (await session.scalars(select(Promotion))).all()
        assert (kept.rank, str(kept.requested)) == (2, "20000000.00")
        for change in (update(Promotion).values(rank=1), delete(Promotion)):
            with pytest.raises(ProgrammingError, match="permission denied"):
                async with session.begin_nested():
                    await session.execute(change)
        again = Promotion(reserve_list_id=kept.reserve_list_id, proposal_id=kept.proposal_id, rank=2)
        again.requested = again.spent = again.envelope = kept.requested
        again.at = kept.at
        with pytest.raises(IntegrityError, match="uq_reserve_promotion_once_per_proposal"):
            async with session.begin_nested():
                session.add(again)


async def test_a_grant_that_fails_while_others_wait_frees_its_money_and_is_told(world: World) -> None:
    there = await world.prepared(on_reserve)
    first = there.proposals[0]
    grant = await there.office.make(f"/proposals/{first.id}/grants", ENTRY)
    async with world.sessions() as session, session.begin():
        panel = await closed_panel(session, UUID(there.topic_stage))
        proposal = await session.get_one(Proposal, first.id)
        assert panel is not None
        about = {"topic_id": panel.topic_id, "consortium_id": proposal.consortium_id, "panel_id": panel.id}
        over = {"concluded_at": machine_now(), "refused_for": "The risk is too high."}
        session.add(fresh(EthicsScreening, EthicsState.NOT_CLEARED, proposal_id=first.id, **about, **over))
    for officer, status in ((there.office, 202), (there.second, 200)):
        failing = {"reason": "ETHICS", "text": "It is not cleared."}
        answer = await officer.post(f"/grants/{grant['id']}/fail", failing)
        assert answer.status_code == status, answer.text
    assert (await states(there))[0] == "rejected ETHICS"
    assert (await reserve_of(there))["free"]["amount"] == "45000000.00"
    *_, letter = await mails(world, first.coordinator)
    assert "Reason ETHICS" in letter
