"""Who applies has no say on the money of the topic, and learns of it with everybody else (K-04)."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from app.calls.amendments.money import tell_of_money
from app.calls.models import Call, TopicStage, TopicStageState
from app.core.clock import machine_now
from app.topics.models import Topic, TopicState
from app.workflow.run import system_act
from tests.build import Actor, committee, fresh, person, published_call
from tests.conftest import World
from tests.consortia.build import consortium
from tests.decisions.build import Ranked, decided, motion_on, ranked, release, released
from tests.decisions.money import TOGETHER, apply, asked, budgets, euro, raised, reasons, set_state, voted
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio


async def test_a_member_of_any_partner_is_out_of_the_money_the_list_and_its_totals(world: World) -> None:
    there = await world.prepared(ranked, *TOGETHER)
    chair, applicant, _ = there.members
    panels = (await there.office.get("/panels")).json()["items"]
    money, listed = (await asked(there, "72000000.00")).json(), await motion_on(there)
    paths = [f"/motions/{money['id']}", f"/motions/{listed['id']}", f"/panels/{panels[0]['id']}"]
    for path in paths:
        await is_there(applicant, path)
    await apply(world, there, applicant)
    for path in paths[:2]:
        await there.office.make(f"{path}/put_to_vote")
        ballots = (await is_there(chair, path))["ballots"]
        out = {
            b["account_id"]
            for b in ballots
            if b["recused"] == "Takes part in a proposal on the topic, or has a conflict with one."
        }
        assert out == {str(applicant.id)}
        assert (await applicant.post(f"{path}/vote", {"choice": "yes"})).status_code == 404
    assert [w["id"] for w in (await chair.get("/me")).json()["waiting"]] == [money["id"], listed["id"]]
    assert (await applicant.get("/me")).json()["waiting"] == []
    # Were the money raised, the vote on the list would fall.
    for path, choice, row in ((paths[0], "no", "reject"), (paths[1], "yes", "adopt")):
        await chair.make(f"{path}/vote", {"choice": choice})
        await there.office.make(f"{path}/{row}")
    decisions = (await chair.get("/decisions")).json()["items"]
    paths.append(f"/decisions/{decisions[0]['id']}")
    for path in paths:
        await is_there(chair, path)
        await is_hidden(applicant, path)
    assert (await applicant.get("/decisions")).json()["items"] == []


async def test_an_officer_who_applies_prepares_no_motion_on_the_money(world: World) -> None:
    there = await world.prepared(ranked, *TOGETHER)
    await apply(world, there, there.second)
    there.office = there.second
    assert reasons(await asked(there, "72000000.00")) == [("no-open-envelope", "/subject_id")]


async def test_an_officer_who_applies_learns_of_no_motion_that_is_open(world: World) -> None:
    """Neither on the list nor on the money: the refusal is what it was before there was one."""
    there = await world.prepared(ranked, *TOGETHER)
    await apply(world, there, there.second)
    office, told = there.office, []
    session = (await motion_on(there))["session_id"]
    listed = {"purpose": "adopt_list", "subject_id": there.topic_stage, "text": "Adopt it."}
    for _ in range(2):
        there.office = there.second
        answers = (
            await asked(there, "72000000.00"),
            await there.second.post(f"/sessions/{session}/motions", listed),
        )
        told.append([reasons(answer) for answer in answers])
        there.office = office
        await asked(there, "72000000.00")
    assert (await office.post(f"/sessions/{session}/motions", listed)).status_code == 409
    assert reasons(await asked(there, "72000000.00")) == [("uq-motion-one-open-per-subject", "")]
    assert told == [[[("no-open-envelope", "/subject_id")], [("no-closed-list", "/subject_id")]]] * 2


async def test_who_has_voted_and_then_applies_is_recused_before_the_vote_is_closed(world: World) -> None:
    there = await world.prepared(ranked, *TOGETHER)
    _, late, other = there.members
    path = await voted(there, (await asked(there, "72000000.00")).json())
    await other.make(f"{path}/vote", {"choice": "no"})
    await apply(world, there, late)
    await is_hidden(late, path)
    for act in ("adopt", "reject"):
        refused = await there.office.post(f"{path}/{act}")
        told = [("applicant-counts", "/ballots")] if act == "adopt" else [("majority", "")]
        assert reasons(refused) == told
    assert (await late.post(f"{path}/recuse")).status_code == 404
    assert (await other.post(f"{path}/recuse")).status_code == 403
    left = (await there.office.make(f"{path}/recuse"))["ballots"]
    assert [(b["recused"] is None, b["choice"]) for b in left if b["account_id"] == str(late.id)] == [
        (False, None)
    ]
    assert reasons(await there.office.post(f"{path}/adopt")) == [("no-majority", "")]
    assert (await there.office.make(f"{path}/reject"))["state"] == "not_adopted"
    assert await budgets(there) == ("45000000.00", "45000000.00")


async def test_an_applicant_who_has_voted_stands_against_a_rejection_too(world: World) -> None:
    there = await world.prepared(ranked, *TOGETHER)
    path = await voted(there, (await asked(there, "72000000.00")).json(), "no")
    await apply(world, there, there.members[1])
    assert reasons(await there.office.post(f"{path}/reject")) == [("applicant-counts", "/ballots")]


async def test_a_member_who_joins_a_consortium_before_the_deadline_has_no_say_on_its_money(
    world: World,
) -> None:
    office, (body, members) = await person(world, "office", "office"), await committee(world, "ann", "bob")
    made = await published_call(office, body, members)
    there = Ranked(office, office, body, members, made, [])
    path = await voted(there, (await asked(there, "72000000.00")).json())
    await consortium(members[1], there.topic_stage)
    assert reasons(await office.post(f"{path}/adopt")) == [("applicant-counts", "/ballots")]
    await office.make(f"{path}/recuse")
    assert (await office.make(f"{path}/adopt"))["state"] == "adopted"
    assert await budgets(there) == ("72000000.00", "72000000.00")


async def seen_by(there: Ranked, who: Actor) -> list[Any]:
    """Everything that tells of a call's money, as this person reads it; the request's own number left out."""
    part, call = there.topic_stage, there.made["call"]["id"]
    paths = (f"/topic_stages/{part}", "/topic_stages", f"/calls/{call}", "/calls")
    return [await is_there(who, path) for path in paths]


@pytest.mark.parametrize("who", ["coordinator", "stranger", "applying_officer"])
async def test_money_that_is_added_after_the_deadline_is_public_with_the_results(
    world: World, who: str
) -> None:
    there = await world.prepared(ranked, *TOGETHER)
    actor = there.proposals[0].coordinator
    if who != "coordinator":
        actor = await person(world, who, *(["office"] if who == "applying_officer" else []))
    if who == "applying_officer":
        await apply(world, there, actor)
    before = await seen_by(there, actor)
    assert (await raised(there, "72000000.00")).status_code == 200
    assert await budgets(there) == ("72000000.00", "72000000.00")
    assert await seen_by(there, actor) == before
    decision = await decided(there)
    assert await seen_by(there, actor) == before
    assert before[0]["budget"] == before[2]["budget"] == euro("45000000.00")
    await release(there.office, there.second, decision["id"])
    after = await seen_by(there, actor)
    assert after[0]["budget"] == after[2]["budget"] == euro("72000000.00")


async def test_money_that_moved_after_the_deadline_is_an_amendment_with_the_results(world: World) -> None:
    """Its reason is of two topics, and is told once both are through; a raise of the one alone at once."""
    there = await world.prepared(ranked, *TOGETHER)
    other = fresh(Topic, TopicState.IN_CALL, reference="T-OTHER", title="B", adopted_version=1)
    other.action_type = "RIA"
    async with world.sessions() as session, session.begin():
        stage = (await session.get_one(TopicStage, UUID(there.topic_stage))).stage_id
        beside = fresh(TopicStage, TopicStageState.RANKED, stage_id=stage, topic=other, budget=Decimal(9))
        session.add(beside)
    assert (await raised(there, "50000000.00")).status_code == 200
    money = {"purpose": "move_budget", "target_id": str(beside.id), "text": "B is worth it."}
    motion = (await asked(there, "4.00", **money)).json()
    assert (await there.office.post(f"{await voted(there, motion)}/adopt")).status_code == 200
    async with world.client() as anyone:
        assert (await anyone.get("/v1/amendments")).json()["items"] == []
    await released(there)
    async with world.client() as anyone:
        (item,) = (await anyone.get("/v1/amendments")).json()["items"]
        told = (await anyone.get(f"/v1/amendments/{item['id']}")).json()
        part = (await anyone.get(f"/v1/topic_stages/{there.topic_stage}")).json()
    assert (told["kind"], told["reason"], told["topic_id"]) == ("budget", "Raise it.", part["topic_id"])
    (budget,) = told["budgets"]
    assert (budget["old"], budget["new"]) == (euro("45000000.00"), part["budget"])
    async with world.sessions() as session, session.begin():
        found = await session.get_one(TopicStage, beside.id)
        call = await session.get_one(Call, UUID(there.made["call"]["id"]))
        await tell_of_money(call, [found], system_act(session, machine_now()))
    async with world.client() as anyone:
        last = (await anyone.get("/v1/amendments?sort=number")).json()["items"][-1]
    assert last["reason"] == "B is worth it."


async def test_money_that_is_added_before_the_deadline_is_news_at_once(world: World) -> None:
    there = await world.prepared(ranked, *TOGETHER)
    await set_state(world, there, TopicStageState.SCHEDULED)
    assert (await raised(there, "72000000.00")).status_code == 200
    part, _, call, _ = await seen_by(there, await person(world, "stranger"))
    assert part["budget"] == call["budget"] == euro("72000000.00")
