"""The committee raises a topic's envelope before the list is decided (K-04), through the API."""

import asyncio
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import select, text, update

from app.calls.amendments.money import tell_of_money
from app.calls.models import Call, CallState, TopicStage, TopicStageState
from app.calls.topic_stage.workflow import UNDECIDED
from app.consortia.models import Partner
from app.core.audit import AuditDetail, AuditEvent
from app.core.clock import machine_now
from app.process import INVARIANTS
from app.topics.models import Topic, TopicState
from app.workflow.run import system_act
from tests.build import Actor, adopted_topic, committee, fresh, person, published_call
from tests.conftest import World
from tests.consortia.build import consortium, give_part
from tests.decisions.build import Ranked, decided, motion_on, ranked, released
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio
TOGETHER = ("30000000.00", "20000000.00")
"""Two requests of which the first envelope of 45 million covers one."""


def euro(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


async def asked(there: Ranked, to: str | None, **more: Any) -> httpx2.Response:
    """A motion to raise the envelope, put before an open session of its own."""
    held = {"title": "Session", "held_at": machine_now().isoformat()}
    session = await there.office.make(f"/bodies/{there.body}/sessions", held)
    await there.office.make(f"/sessions/{session['id']}/open")
    body = {"purpose": "raise_envelope", "subject_id": there.topic_stage, "text": "Raise it."} | more
    body |= {} if to is None else {"amount": euro(to)}
    return await there.office.post(f"/sessions/{session['id']}/motions", body)


async def voted(there: Ranked, motion: dict[str, Any], choice: str = "yes") -> str:
    """Every member has voted on it; its path."""
    path = f"/motions/{motion['id']}"
    await there.office.make(f"{path}/put_to_vote")
    for member in there.members:
        await member.make(f"{path}/vote", {"choice": choice})
    return path


async def raised(there: Ranked, amount: str) -> httpx2.Response:
    motion = await asked(there, amount)
    assert motion.status_code == 201, motion.text
    return await there.office.post(f"{await voted(there, motion.json())}/adopt")


async def budgets(there: Ranked) -> tuple[str, str]:
    """Of the topic in its stage, and of the call."""
    paths = (f"/topic_stages/{there.topic_stage}", f"/calls/{there.made['call']['id']}")
    part, call = [(await is_there(there.office, path))["budget"]["amount"] for path in paths]
    return part, call


async def set_state(world: World, there: Ranked, state: TopicStageState) -> None:
    async with world.sessions() as session, session.begin():
        here = update(TopicStage).where(TopicStage.id == UUID(there.topic_stage))
        await session.execute(here.values(state=state))


async def set_call(world: World, there: Ranked, **values: Any) -> None:
    async with world.sessions() as session, session.begin():
        here = update(Call).where(Call.id == UUID(there.made["call"]["id"]))
        await session.execute(here.values(**values))


async def details(world: World, key: str, act: str) -> list[dict[str, Any]]:
    async with world.sessions() as session:
        wanted = select(AuditDetail.detail).join(AuditEvent, AuditEvent.id == AuditDetail.event_id)
        wanted = wanted.where(AuditEvent.entity_id == UUID(key), AuditEvent.act == act)
        return [dict(found) for found in await session.scalars(wanted)]


def reasons(answer: httpx2.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 409, answer.text
    return [(reason["code"], reason["path"]) for reason in answer.json()["reasons"]]


async def test_k04_a_raised_envelope_takes_the_call_with_it_and_the_list_is_drawn_by_it(world: World) -> None:
    there = await ranked(world, *TOGETHER)
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
    there = await ranked(world, *TOGETHER)
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
    there = await ranked(world, *TOGETHER)
    answer = await asked(there, amount)
    if refused is None:
        assert answer.status_code == 201
    else:
        assert reasons(answer) == refused
        assert (await there.office.get("/motions")).json()["items"] == []


@pytest.mark.parametrize("purpose", ["adopt_topic", "adopt_call", "adopt_list"])
async def test_no_other_motion_names_an_amount(world: World, purpose: str) -> None:
    there = await ranked(world, *TOGETHER)
    assert reasons(await asked(there, "1.00", purpose=purpose)) == [("amount-not-asked", "/amount")]


@pytest.mark.parametrize("amount", [{"amount": "-1.00", "currency": "EUR"}, "72000000.00", 72_000_000])
async def test_what_is_no_money_is_refused(world: World, amount: Any) -> None:
    there = await ranked(world, *TOGETHER)
    assert (await asked(there, None, amount=amount)).status_code == 422


@pytest.mark.parametrize("state", list(TopicStageState))
async def test_money_is_added_until_the_decision(world: World, state: TopicStageState) -> None:
    there = await ranked(world, *TOGETHER)
    await set_state(world, there, state)
    answer = await asked(there, "72000000.00")
    if state not in UNDECIDED:
        assert reasons(answer) == [("no-open-envelope", "/subject_id")]
    else:
        assert (await there.office.post(f"{await voted(there, answer.json())}/adopt")).status_code == 200
        assert await budgets(there) == ("72000000.00", "72000000.00")


@pytest.mark.parametrize("state", [CallState.PREPARING, CallState.ADOPTED])
async def test_a_call_in_preparation_has_no_envelope_yet(world: World, state: CallState) -> None:
    there = await ranked(world, *TOGETHER)
    await set_state(world, there, TopicStageState.SCHEDULED)
    await set_call(world, there, state=state)
    answer = await asked(there, "72000000.00")
    if state == CallState.PREPARING:
        assert reasons(answer) == [("no-open-envelope", "/subject_id")]
    else:
        assert answer.status_code == 201


async def test_a_subject_that_is_no_topic_in_a_stage_has_no_envelope(world: World) -> None:
    there = await ranked(world, *TOGETHER)
    for key in (str(uuid4()), there.made["call"]["id"]):
        answer = await asked(there, "72000000.00", subject_id=key)
        assert reasons(answer) == [("no-open-envelope", "/subject_id")]


async def test_one_motion_to_raise_is_open_beside_the_one_on_the_list(world: World) -> None:
    there = await ranked(world, *TOGETHER)
    await motion_on(there)
    assert (await asked(there, "72000000.00")).status_code == 201
    assert (await asked(there, "73000000.00")).status_code == 409


async def test_a_decision_that_stands_is_never_changed(world: World) -> None:
    there = await ranked(world, *TOGETHER)
    path = await voted(there, (await asked(there, "72000000.00")).json())
    decision = await decided(there)
    late = await there.office.post(f"{path}/adopt")
    assert (late.status_code, late.json()["type"].rsplit("/")[-1]) == (409, "wrong-state")
    assert await budgets(there) == ("45000000.00", "45000000.00")
    assert await is_there(there.office, f"/decisions/{decision['id']}") == decision
    assert (await is_there(there.office, path))["state"] == "voting"


async def test_a_motion_that_is_not_carried_raises_nothing(world: World) -> None:
    there = await ranked(world, *TOGETHER)
    path = await voted(there, (await asked(there, "72000000.00")).json(), "no")
    assert reasons(await there.office.post(f"{path}/adopt")) == [("no-majority", "")]
    assert (await there.office.make(f"{path}/reject"))["state"] == "not_adopted"
    assert await budgets(there) == ("45000000.00", "45000000.00")


async def apply(world: World, there: Ranked, who: Actor) -> None:
    """Somebody becomes one of the people of a partner that does not coordinate."""
    async with world.sessions() as session:
        here = Partner.consortium_id == there.proposals[0].consortium_id
        key = await session.scalar(select(Partner.id).where(here, ~Partner.coordinates).limit(1))
    await give_part(world, str(key), who, "reader")


async def test_a_member_of_any_partner_is_out_of_the_money_the_list_and_its_totals(world: World) -> None:
    there = await ranked(world, *TOGETHER)
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
        out = {b["account_id"] for b in ballots if b["recused"] == "Takes part in a proposal on the topic."}
        assert out == {str(applicant.id)}
        assert (await applicant.post(f"{path}/vote", {"choice": "yes"})).status_code == 404
    assert [w["id"] for w in (await chair.get("/me")).json()["waiting"]] == [money["id"], listed["id"]]
    assert (await applicant.get("/me")).json()["waiting"] == []
    for path in paths[:2]:
        await chair.make(f"{path}/vote", {"choice": "yes"})
        assert (await there.office.make(f"{path}/adopt"))["state"] == "adopted"
    decisions = (await chair.get("/decisions")).json()["items"]
    paths.append(f"/decisions/{decisions[0]['id']}")
    for path in paths:
        await is_there(chair, path)
        await is_hidden(applicant, path)
    assert (await applicant.get("/decisions")).json()["items"] == []


async def test_an_officer_who_applies_prepares_no_motion_on_the_money(world: World) -> None:
    there = await ranked(world, *TOGETHER)
    await apply(world, there, there.second)
    there.office = there.second
    assert reasons(await asked(there, "72000000.00")) == [("no-open-envelope", "/subject_id")]


async def test_an_officer_who_applies_learns_of_no_motion_that_is_open(world: World) -> None:
    """Neither on the list nor on the money: the refusal is what it was before there was one."""
    there = await ranked(world, *TOGETHER)
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
    there = await ranked(world, *TOGETHER)
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
    there = await ranked(world, *TOGETHER)
    path = await voted(there, (await asked(there, "72000000.00")).json(), "no")
    await apply(world, there, there.members[1])
    assert reasons(await there.office.post(f"{path}/reject")) == [("applicant-counts", "/ballots")]


@pytest.mark.parametrize("first", ["money", "list"])
async def test_raising_while_the_list_is_adopted_gives_one_envelope_or_the_other(
    live: World, first: str
) -> None:
    there = await ranked(live, *TOGETHER)
    money = await voted(there, (await asked(there, "72000000.00")).json())
    listed = await voted(there, await motion_on(there))
    paths = [money, listed] if first == "money" else [listed, money]
    answers = await asyncio.gather(*(there.office.post(f"{path}/adopt") for path in paths))
    status = {path: answer.status_code for path, answer in zip(paths, answers, strict=True)}
    assert status[listed] == 200
    assert status[money] in (200, 409)
    items = (await there.office.get("/decisions")).json()["items"]
    decision = await is_there(there.office, f"/decisions/{items[0]['id']}")
    envelope = "72000000.00" if status[money] == 200 else "45000000.00"
    outcomes = ["selected", "selected" if status[money] == 200 else "reserve"]
    assert decision["envelope"] == euro(envelope)
    assert [line["outcome"] for line in decision["lines"]] == outcomes
    assert await budgets(there) == (envelope, envelope)


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
    there = await ranked(world, *TOGETHER)
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
    await there.office.post(f"/decisions/{decision['id']}/release")
    await there.second.make(f"/decisions/{decision['id']}/release")
    after = await seen_by(there, actor)
    assert after[0]["budget"] == after[2]["budget"] == euro("72000000.00")


async def test_money_that_moved_after_the_deadline_is_an_amendment_with_the_results(world: World) -> None:
    """Its reason is of two topics, and is told once both are through; a raise of the one alone at once."""
    there = await ranked(world, *TOGETHER)
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
    there = await ranked(world, *TOGETHER)
    await set_state(world, there, TopicStageState.SCHEDULED)
    assert (await raised(there, "72000000.00")).status_code == 200
    part, _, call, _ = await seen_by(there, await person(world, "stranger"))
    assert part["budget"] == call["budget"] == euro("72000000.00")
