"""A list goes back to its panel by a vote: before the decision and after it, and what stays of it."""

import asyncio
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text, update

from app.calls.models import Call, CallState, TopicStage, TopicStageState
from app.committee.models import Mandate
from app.decisions.invariants import INVARIANTS
from app.decisions.models import Decision, DecisionState
from app.decisions.reserve.invariants import INVARIANTS as OF_RESERVE
from app.experts.models import Assignment
from app.proposals.models import Proposal, ProposalState
from tests.build import person
from tests.conftest import World
from tests.decisions.build import Ranked, decided, ranked, release, release_by
from tests.decisions.money import apply, reasons
from tests.decisions.test_embargo import everything, panel_of
from tests.decisions.votes import RETURN, carried, decisions, of, put, voting
from tests.evaluation.build import Topic, expert, reported, seated
from tests.evaluation.test_lists_anew import CONFLICT, FOUND, closed, reopened, state
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio
LIST = [("no-list-to-return", "/subject_id")]


async def anew(world: World) -> tuple[Topic, str, Ranked]:
    """A topic whose panel has closed a list that it can make again; the path of the panel."""
    topic, panel = await closed(world)
    async with world.sessions() as session, session.begin():
        seat = select(Mandate.body_id).where(Mandate.account_id == topic.members[0].id)
        body = (await session.scalars(seat)).one()
        await session.execute(update(Call).where(Call.id == UUID(topic.call)).values(state=CallState.RUNNING))
    return topic, panel, of(topic, body)


async def close_again(topic: Topic, panel: str) -> dict[str, Any]:
    await topic.office.make(f"{panel}/rank")
    return await topic.office.make(f"{panel}/close")


async def test_a_list_is_returned_before_any_decision_for_the_fault_that_the_motion_names(
    world: World,
) -> None:
    topic, panel, there = await world.prepared(anew)
    old = await is_there(topic.office, panel)
    listed = await voting(there)
    assert (await carried(there, **RETURN)).status_code == 200
    now = await is_there(topic.office, panel)
    (kept,) = now["lists"]
    assert (now["state"], now["digest"]) == ("open", None)
    assert (kept["digest"], kept["fault"], kept["reopened_for"]) == (
        old["digest"], RETURN["fault"], RETURN["text"],
    )  # fmt: skip
    assert [p["rank"] for p in now["places"]] == [p["rank"] for p in old["places"]]
    assert await state(topic.office, f"/topic_stages/{topic.topic_stage}") == "evaluation"
    assert await state(topic.office, listed) == "adjourned"
    assert await decisions(there) == []


async def test_a_decision_is_superseded_as_it_is_and_the_next_list_has_a_vote_of_its_own(
    world: World,
) -> None:
    topic, panel, there = await world.prepared(anew)
    first = await decided(there)
    answer = await carried(there, **RETURN)
    assert answer.status_code == 200
    (old,) = await decisions(there)
    changed = ("state", "superseded_at", "returned_by_id", "actions")
    assert {k: v for k, v in old.items() if k not in changed} == {
        k: v for k, v in first.items() if k not in changed
    }
    assert (old["state"], old["returned_by_id"]) == ("superseded", answer.json()["id"])
    assert [a["name"] for a in old["actions"]] == []
    assert await state(topic.office, f"/topic_stages/{topic.topic_stage}") == "evaluation"
    assert reasons(await put(there)) == [("no-closed-list", "/subject_id")]
    assert reasons(await put(there, **RETURN)) == LIST

    version = (await close_again(topic, panel))["digest"]
    second = await carried(there)
    assert second.status_code == 200
    found = await decisions(there)
    assert [(one["state"], one["list_digest"]) for one in found] == [
        ("superseded", first["list_digest"]), ("adopted", version),
    ]  # fmt: skip
    await release(there.office, there.second, found[1]["id"])
    assert [one["state"] for one in await decisions(there)] == ["superseded", "released"]
    assert (await release_by(there.office, found[0]["id"])).status_code == 409


async def test_a_superseded_decision_and_its_list_are_there_for_staff_and_auditor(world: World) -> None:
    topic, panel, there = await world.prepared(anew)
    decision = await decided(there)
    path, ann = f"/decisions/{decision['id']}", topic.members[0]
    for at in (path, panel):
        await is_there(ann, at)
    await carried(there, **RETURN)
    for who in (topic.office, await person(world, "auditor", "auditor")):
        assert (await is_there(who, path))["list_digest"] == decision["list_digest"]
        assert (await is_there(who, panel))["lists"][0]["digest"] == decision["list_digest"]
    for at in (path, panel):
        for who in (ann, await person(world, f"s{len(at)}", "signatory"), topic.proposals[0].coordinator):
            await is_hidden(who, at)
    assert (await topic.office.get(f"{path}/preview")).status_code == 409


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        ({"fault": "low_score"}, [("no-such-fault", "/fault")]),
        ({"fault": "late_conflict"}, [("no-such-fault", "/fault")]),
        ({"fault": None}, [("no-fault", "/fault")]),
        ({"text": " "}, [("no-reason", "/text")]),
    ],
)
async def test_a_return_names_a_fault_of_procedure_and_says_why(
    world: World, wrong: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    there = await world.prepared(ranked, "1.00")
    assert reasons(await put(there, **RETURN | wrong)) == found


@pytest.mark.parametrize("far", list(TopicStageState))
async def test_a_list_is_returned_while_it_is_closed_and_nobody_told(
    world: World, far: TopicStageState
) -> None:
    there = await world.prepared(ranked, "1.00")
    async with world.sessions() as session, session.begin():
        await session.execute(update(TopicStage).values(state=far))
    answer = await put(there, **RETURN)
    if far in (TopicStageState.RANKED, TopicStageState.DECIDED):
        assert answer.status_code == 201
    else:
        assert reasons(answer) == LIST


async def test_a_return_that_is_voted_on_when_results_go_out_comes_to_nothing(world: World) -> None:
    there = await world.prepared(ranked, "1.00")
    path = await voting(there, **RETURN)
    decision = await decided(there)
    await release(there.office, there.second, decision["id"])
    assert reasons(await there.office.post(f"{path}/adopt")) == LIST
    assert [one["state"] for one in await decisions(there)] == ["released"]
    await there.office.make(f"{path}/adjourn", {"reason": "Too late."})


async def test_a_return_falls_when_two_officers_reopen_the_list_before(world: World) -> None:
    topic, panel, there = await world.prepared(anew)
    path = await voting(there, **RETURN)
    await reopened(topic, panel)
    assert await state(topic.office, path) == "adjourned"
    await close_again(topic, panel)
    assert (await topic.office.post(f"{path}/adopt")).status_code == 409
    assert await state(topic.office, panel) == "closed"


async def test_an_officer_who_applies_returns_nothing_and_a_member_who_applies_is_out(world: World) -> None:
    there = await world.prepared(ranked, "1.00")
    await apply(world, there, there.second)
    await apply(world, there, there.members[2])
    assert reasons(await put(there, there.second, **RETURN)) == LIST
    path = await voting(there, **RETURN)
    ballots = (await is_there(there.office, path))["ballots"]
    assert [b["account_id"] for b in ballots if b["recused"]] == [str(there.members[2].id)]
    for who in (there.second, there.members[2], there.proposals[0].coordinator):
        await is_hidden(who, path)


async def test_the_office_takes_no_list_back_by_itself(world: World) -> None:
    there = await world.prepared(ranked, "1.00")
    panel = await panel_of(world, there)
    body = {"fault": "unequal_treatment", "text": "One was heard."}
    assert (await there.office.post(f"/panels/{panel}/take_back", body)).status_code == 404


@pytest.mark.parametrize("after", [False, True])
async def test_applicants_read_the_same_bytes_whatever_is_returned(world: World, after: bool) -> None:
    topic, panel, there = await world.prepared(anew)
    keys = {"panels": [panel.rsplit("/", 1)[1]], "proposals": [one.id for one in topic.proposals]}
    keys |= {"topic_stages": [topic.topic_stage], "calls": [topic.call], "topics": [str(topic.id)]}
    keys |= {"consortia": [one.consortium for one in topic.proposals]}
    if after:
        keys["decisions"] = [(await decided(there))["id"]]
    anyone = world.client()
    clients = [one.coordinator.client for one in topic.proposals] + [anyone]
    before = [await everything(world, client, keys) for client in clients]
    assert "under_evaluation" in before[0][f"/v1/proposals/{topic.proposals[0].id}"][1]
    motion = await carried(there, **RETURN)
    assert motion.status_code == 200
    assert await state(topic.office, f"/topic_stages/{topic.topic_stage}") == "evaluation"
    assert [await everything(world, client, keys) for client in clients] == before
    await close_again(topic, panel)
    assert (await carried(there)).status_code == 200
    assert [await everything(world, client, keys) for client in clients] == before
    await anyone.aclose()


async def fallen(world: World) -> tuple[Topic, str, Ranked]:
    """The same, and a report of the first proposal has become void since the list was closed."""
    topic, panel, there = await anew(world)
    await void_one(world, topic)
    return topic, panel, there


async def void_one(world: World, topic: Topic) -> None:
    async with world.sessions() as session:
        held = select(Assignment.id).where(Assignment.proposal_id == UUID(topic.proposals[0].id))
        gone = (await session.scalars(held.order_by(Assignment.label))).first()
    await topic.office.make(f"/assignments/{gone}/conflicts", FOUND)


async def test_a_list_that_fell_is_put_to_no_vote_until_the_office_has_reopened_it(world: World) -> None:
    topic, panel, there = await world.prepared(fallen)
    refused = await put(there)
    assert reasons(refused) == [("list-fell", "/fallen")]
    assert refused.json()["reasons"][0]["who"] == "office"
    assert (await put(there, **RETURN)).status_code == 201
    await reopened(topic, panel)
    assert (await is_there(topic.office, panel))["fallen"][0]["taken_up"] is True


async def test_a_list_that_falls_after_the_motion_was_put_is_neither_voted_on_nor_adopted(
    world: World,
) -> None:
    topic, _, there = await world.prepared(anew)
    motion = f"/motions/{(await put(there)).json()['id']}"
    await void_one(world, topic)
    assert reasons(await topic.office.post(f"{motion}/put_to_vote")) == [("list-fell", "/fallen")]


async def test_a_list_that_falls_during_the_vote_is_not_adopted_and_the_vote_may_be_ended(
    world: World,
) -> None:
    topic, _, there = await world.prepared(anew)
    path = await voting(there)
    await void_one(world, topic)
    assert reasons(await topic.office.post(f"{path}/adopt")) == [("list-fell", "/fallen")]
    assert await decisions(there) == []
    await topic.office.make(f"{path}/adjourn", {"reason": "A report is void."})


async def test_what_falls_after_the_decision_is_noted_and_goes_back_to_the_panel_by_vote(
    world: World,
) -> None:
    topic, panel, there = await world.prepared(anew)
    decision = await decided(there)
    await void_one(world, topic)
    (fell,) = (await is_there(topic.office, panel))["fallen"]
    assert (fell["proposal_id"], fell["taken_up"]) == (topic.proposals[0].id, False)
    refused = await release_by(topic.office, decision["id"])
    assert reasons(refused) == [("list-fell", "/fallen")]
    assert refused.json()["reasons"][0]["who"] == "committee"
    offered = {a["name"]: a for a in (await decisions(there))[0]["actions"]}
    assert [r["code"] for r in offered["release"]["blocked_by"]] == ["list-fell"]
    (told,) = (await topic.office.post(f"{panel}/reopen", CONFLICT)).json()["reasons"]
    assert (told["code"], told["who"]) == ("decided", "committee")

    assert (await carried(there, **RETURN)).status_code == 200
    assert (await is_there(topic.office, panel))["fallen"][0]["taken_up"] is True
    first, second = topic.proposals
    assert [await state(topic.office, f"/proposals/{one.id}") for one in (first, second)] == [
        "in_evaluation", "evaluated",
    ]  # fmt: skip
    await reported(dan := await expert(topic, "dan"), await seated(topic, dan, first))


async def test_what_falls_once_all_are_told_is_noted_as_well(world: World) -> None:
    topic, panel, there = await world.prepared(anew)
    await release(there.office, there.second, (await decided(there))["id"])
    assert (await is_there(topic.office, panel))["fallen"] == []
    await void_one(world, topic)
    (fell,) = (await is_there(topic.office, panel))["fallen"]
    assert (fell["proposal_id"], fell["taken_up"]) == (topic.proposals[0].id, False)
    assert await state(topic.office, panel) == "closed"


async def test_nothing_falls_with_a_proposal_that_has_left(world: World) -> None:
    topic, _, there = await world.prepared(fallen)
    async with world.sessions() as session, session.begin():
        gone = update(Proposal).where(Proposal.id == UUID(topic.proposals[0].id))
        await session.execute(gone.values(state=ProposalState.WITHDRAWN))
    assert (await carried(there)).status_code == 200
    (decision,) = await decisions(there)
    await release(there.office, there.second, decision["id"])


@pytest.mark.parametrize("first", ["return", "release"])
async def test_of_a_return_and_a_release_at_once_one_is_done(live: World, first: str) -> None:
    there = await ranked(live, "1.00")
    decision = await decided(there)
    path = await voting(there, **RETURN)
    assert (await release_by(there.office, decision["id"])).status_code == 202
    digest = (await there.second.get(f"/decisions/{decision['id']}/preview")).json()["digest"]
    back = there.office.post(f"{path}/adopt")
    out = there.second.post(f"/decisions/{decision['id']}/release", {"digest": digest})
    answers = await asyncio.gather(*((back, out) if first == "return" else (out, back)))
    returned, released = answers if first == "return" else reversed(answers)
    assert sorted((returned.status_code, released.status_code)) == [200, 409]
    (now,) = await decisions(there)
    part = await is_there(there.office, f"/topic_stages/{there.topic_stage}")
    wanted = ("superseded", "evaluation") if returned.status_code == 200 else ("released", "released")
    assert (now["state"], part["state"]) == wanted


@pytest.mark.parametrize("first", ["return", "list"])
async def test_of_a_return_and_an_adoption_at_once_neither_is_lost(live: World, first: str) -> None:
    """Either the list is adopted and then returned, or its vote falls: never a decision on an open list."""
    there = await ranked(live, "1.00")
    back, listed = await voting(there, **RETURN), await voting(there)
    order = [back, listed] if first == "return" else [listed, back]
    answers = await asyncio.gather(*(there.office.post(f"{path}/adopt") for path in order))
    status = {path: answer.status_code for path, answer in zip(order, answers, strict=True)}
    assert status[back] == 200
    assert status[listed] in (200, 409)
    assert [one["state"] for one in await decisions(there)] == ["superseded"] * (status[listed] == 200)
    assert await state(there.office, f"/topic_stages/{there.topic_stage}") == "evaluation"


@pytest.mark.parametrize("first", ["return", "reopen"])
async def test_of_a_return_and_a_reopening_at_once_one_makes_the_list_anew(live: World, first: str) -> None:
    there = await ranked(live, "1.00")
    panel = f"/panels/{await panel_of(live, there)}"
    back, listed = await voting(there, **RETURN), await voting(there)
    assert (await there.office.post(f"{panel}/reopen", CONFLICT)).status_code == 202
    acts = [there.office.post(f"{back}/adopt"), there.second.post(f"{panel}/reopen", CONFLICT)]
    answers = await asyncio.gather(*(acts if first == "return" else reversed(acts)))
    returned, reopened = answers if first == "return" else reversed(answers)
    assert sorted((returned.status_code, reopened.status_code)) == [200, 409]
    (kept,) = (await is_there(there.office, panel))["lists"]
    assert kept["fault"] == (RETURN if returned.status_code == 200 else CONFLICT)["fault"]
    wanted = "adopted" if returned.status_code == 200 else "adjourned"
    assert [await state(there.office, path) for path in (back, listed)] == [wanted, "adjourned"]


async def test_what_one_officer_asked_of_a_list_that_went_back_is_void_for_the_next(world: World) -> None:
    topic, panel, there = await world.prepared(anew)
    assert (await topic.office.post(f"{panel}/reopen", CONFLICT)).status_code == 202
    assert (await carried(there, **RETURN)).status_code == 200
    await close_again(topic, panel)
    assert (await topic.second.post(f"{panel}/reopen", CONFLICT)).status_code == 202
    assert await state(topic.office, panel) == "closed"


async def test_what_always_holds_of_decisions_holds_and_is_missed_where_it_does_not(world: World) -> None:
    there = await ranked(world, "30000000.00")

    async def broken_of() -> list[list[UUID]]:
        async with world.sessions() as session:
            return [list(await session.scalars(text(one.broken_by))) for one in INVARIANTS]

    key, decision = UUID(there.topic_stage), UUID((await decided(there))["id"])
    assert await broken_of() == [[], []]
    async with world.sessions() as session, session.begin():
        await session.execute(update(Decision).values(envelope=29_999_999))
        await session.execute(update(TopicStage).values(state=TopicStageState.RANKED))
    assert await broken_of() == [[key], [decision]]


async def test_the_money_of_what_is_selected_is_counted_once_whatever_was_superseded(world: World) -> None:
    topic, panel, there = await world.prepared(anew)
    await decided(there)
    await carried(there, **RETURN)
    await close_again(topic, panel)
    await carried(there)
    await release(there.office, there.second, (await decisions(there))[1]["id"])

    async def broken_by(budget: Decimal) -> list[UUID]:
        async with world.sessions() as session, session.begin():
            await session.execute(update(TopicStage).where(TopicStage.id == key).values(budget=budget))
            return list(await session.scalars(text(OF_RESERVE[0].broken_by)))

    key = UUID(there.topic_stage)
    selected = (Proposal.topic_stage_id == key, Proposal.state == ProposalState.SELECTED)
    async with world.sessions() as session, session.begin():
        await session.execute(update(Proposal).where(*selected).values(requested=Decimal(10)))
        asked = await session.scalar(select(func.sum(Proposal.requested)).where(*selected))
    assert asked is not None
    assert await broken_by(asked) == []
    assert await broken_by(asked - Decimal("0.01")) == [key]


async def test_the_database_keeps_one_decision_in_force(live: World) -> None:
    there = await ranked(live, "1.00")
    await decided(there)
    async with live.sessions() as session:
        found = (await session.scalars(select(Decision))).one()
        facts = {name: getattr(found, name) for name in ("topic_stage_id", "topic_id", "envelope")}
    motion = UUID((await put(there, **RETURN)).json()["id"])
    again = Decision(
        id=UUID(int=7), created_at=found.created_at, state=DecisionState.ADOPTED, list_digest="", **facts
    )
    again.motion_id = motion
    with pytest.raises(Exception, match="uq_decision_one_in_force_per_topic_stage"):
        await kept(live, again)


async def kept(world: World, decision: Decision) -> None:
    async with world.sessions() as session, session.begin():
        session.add(decision)
