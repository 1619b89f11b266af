"""What leaves the process takes what is open of its evaluation along: ethics, summary reports, the grant."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from app.calls.models import Call, CallState
from app.consortia.models import Partner, Person
from app.core.invariants import broken
from app.evaluation.ethics.models import EthicsScreening
from app.evaluation.summary.models import Summary, SummaryState
from app.process import INVARIANTS
from tests.build import Actor, fresh, person, vote
from tests.conftest import Counting, World
from tests.decisions.build import Ranked, decided, release
from tests.evaluation.build import Handed, Topic, expert
from tests.evaluation.hidden import same_as_missing
from tests.evaluation.test_ethics import SCREENED, closed, granted, released, remarked, screening_of, seated
from tests.evaluation.test_hearings import FAIR, GOOD, WEAK, mails, ruled
from tests.evaluation.test_observers import closed as past_deadline
from tests.experts.test_experts import codes

pytestmark = pytest.mark.anyio
WHY = {"text": "We have other money."}


async def screened(world: World, *scores: tuple[str, ...]) -> tuple[Topic, str]:
    """A closed list after the deadline; what is likely to be funded of it is being screened."""
    topic, panel = await closed(world, *scores)
    await past_deadline(topic)
    await ruled(world, topic, ethics=SCREENED)
    await topic.office.make(f"{panel}/screen_ethics", {"rank": 9})
    async with world.sessions() as session, session.begin():
        await session.execute(update(Call).where(Call.id == UUID(topic.call)).values(state=CallState.RUNNING))
    return topic, panel


async def both(topic: Topic, path: str, body: dict[str, Any]) -> None:
    """Two officers ask for the same."""
    assert (await topic.office.post(path, body)).status_code == 202
    await topic.second.make(path, body)


async def leave(topic: Topic, one: Handed, way: str) -> None:
    """The proposal leaves the process in one of the ways."""
    here = f"/proposals/{one.id}"
    if way == "withdrawn":
        await one.coordinator.make(f"{here}/request_withdrawal", WHY)
    elif way == "ineligible":
        await both(topic, f"{here}/find_ineligible", {"rule": "E-01", "text": "It is out of scope."})
    else:
        stands = {"stands_id": topic.proposals[1].id, "text": "It is the same."}
        await both(topic, f"{here}/declare_duplicate", stands)


async def state(topic: Topic, path: str) -> str:
    return str((await topic.office.get(path)).json()["state"])


async def summaries(topic: Topic) -> dict[str, str]:
    found = (await topic.office.get("/summaries")).json()["items"]
    return {one["proposal_id"]: one["state"] for one in found}


async def sound(world: World) -> None:
    async with world.sessions() as session:
        assert [one async for one in broken(session, INVARIANTS)] == []


@pytest.mark.parametrize("way", ["withdrawn", "ineligible", "duplicate"])
async def test_a_screening_ends_with_its_proposal_and_its_experts_are_told_not_why(
    world: World, way: str
) -> None:
    topic, _ = await world.prepared(screened, GOOD, FAIR)
    first, second = topic.proposals
    here, other = await screening_of(topic, first), await screening_of(topic, second)
    eve, bob, dan = [await expert(topic, name) for name in ("eve", "bob", "dan")]
    seats = [await seated(topic, here, eve), await seated(topic, here, bob, accepts=False)]
    stays = await seated(topic, other, dan)
    assert (await eve.actor.get(here)).status_code == 200
    await leave(topic, first, way)
    assert [await state(topic, path) for path in (here, *seats)] == ["voided", "ended", "ended"]
    assert [await state(topic, path) for path in (other, stays)] == ["open", "accepted"]
    told = await mails(world, "ethics_ended")
    assert {mail.recipient for mail in told} == {eve.actor.email, bob.actor.email}
    for mail in told:
        assert all(
            word not in mail.text for word in ("ineligible", "withdrawn", "duplicate", "same", "money")
        )
    for path in (here, f"/proposals/{first.id}"):
        assert await same_as_missing(eve.actor, path)
    assert await same_as_missing(first.coordinator, here)
    assert (await topic.office.post(f"{here}/clear")).status_code == 409
    asked = await topic.office.post(f"{here}/ethics_seats", {"contract_id": dan.contract})
    assert codes(asked) == ["screening-over", "not-funded"]
    await sound(world)


async def test_what_ethics_has_concluded_stays_as_the_record_it_is(world: World) -> None:
    topic, _ = await world.prepared(screened, GOOD, FAIR)
    here = await screening_of(topic, topic.proposals[0])
    await remarked(topic, here, "eve")
    await topic.office.make(f"{here}/clear")
    await leave(topic, topic.proposals[0], "withdrawn")
    assert await state(topic, here) == "cleared"
    assert codes(await topic.office.post(f"{here}/reopen", {"reason": "A doubt."})) == ["not-funded"]


async def test_a_call_that_is_cancelled_ends_every_screening_in_as_many_statements(
    world: World, counting: Counting
) -> None:
    sent = []
    for scores in ([GOOD], [GOOD, FAIR, ("4.5", "4", "4")]):
        topic, _ = await screened(world, *scores)
        paths = [await screening_of(topic, one) for one in topic.proposals]
        for number, path in enumerate(paths):
            await seated(topic, path, await expert(topic, f"eve{number}"))
        assert topic.body is not None
        with counting() as statements:
            await vote(topic.office, topic.body, topic.members, "cancel_call", topic.call)
        assert [await state(topic, path) for path in paths] == ["voided"] * len(scores)
        sent.append(len(statements))
    assert sent[0] == sent[1]
    assert await mails(world, "ethics_ended") == [], "everybody under contract has a letter already"


async def test_who_is_rejected_at_the_release_is_screened_no_further(world: World) -> None:
    topic, _ = await screened(world, GOOD, WEAK)
    first, weak = topic.proposals
    here = await screening_of(topic, first)
    async with world.sessions() as session, session.begin():
        known = await session.get_one(EthicsScreening, UUID(here.rsplit("/", 1)[1]))
        about = {"panel_id": known.panel_id, "topic_id": known.topic_id, "proposal_id": UUID(weak.id)}
        other = fresh(EthicsScreening, known.state, consortium_id=UUID(weak.consortium), **about)
        session.add(other)  # as if it had been above the thresholds of an earlier list
    assert topic.body is not None
    made = {"topic_stage": {"id": topic.topic_stage}}
    there = Ranked(topic.office, topic.second, topic.body, topic.members, made, [])
    decision = await decided(there)
    assert await state(topic, f"/ethics_screenings/{other.id}") == "open"
    await release(topic.office, topic.second, decision["id"])
    assert await state(topic, f"/proposals/{weak.id}") == "rejected"
    assert [await state(topic, path) for path in (here, f"/ethics_screenings/{other.id}")] == [
        "open",
        "voided",
    ]


@pytest.mark.parametrize("way", ["withdrawn", "ineligible", "duplicate"])
@pytest.mark.parametrize("stands", [SummaryState.HELD, SummaryState.CLEARED])
async def test_an_untold_summary_is_void_with_its_proposal_and_holds_nobody_up(
    world: World, way: str, stands: SummaryState
) -> None:
    topic, _ = await world.prepared(screened, GOOD, FAIR)
    first, second = topic.proposals
    async with world.sessions() as session, session.begin():
        its = update(Summary).where(Summary.proposal_id == UUID(first.id))
        await session.execute(its.values(state=stands))
    assert await summaries(topic) == {first.id: stands, second.id: "cleared"}
    await leave(topic, first, way)
    assert await summaries(topic) == {first.id: "voided", second.id: "cleared"}
    assert topic.body is not None
    made = {"topic_stage": {"id": topic.topic_stage}}
    there = Ranked(topic.office, topic.second, topic.body, topic.members, made, [])
    decision = await decided(there)
    await release(topic.office, topic.second, decision["id"])
    assert await summaries(topic) == {first.id: "voided", second.id: "released"}
    assert (await first.coordinator.get("/summaries")).json()["items"] == []
    await sound(world)


async def test_a_grant_in_preparation_falls_with_the_proposal_that_is_withdrawn(world: World) -> None:
    topic, _ = await world.prepared(screened, GOOD, FAIR)
    first, second = topic.proposals
    await released(world, topic, first, second)
    grant, other = await granted(topic, first, "101001"), await granted(topic, second, "101002")
    await leave(topic, first, "withdrawn")
    fallen = (await first.coordinator.get(grant)).json()
    assert (fallen["state"], fallen["failed_reason"], fallen["failed_text"]) == (
        "failed",
        "WITHDRAWN",
        "The proposal is withdrawn.",
    )
    assert await state(topic, f"/proposals/{first.id}") == "withdrawn"
    assert await state(topic, other) == "preparation"
    assert await state(topic, await screening_of(topic, first)) == "voided"


async def test_a_grant_in_preparation_falls_with_the_call_and_a_signed_one_keeps_it(world: World) -> None:
    topic, _ = await world.prepared(screened, GOOD, FAIR)
    first, second = topic.proposals
    await released(world, topic, first, second)
    grant = await granted(topic, first, "101001")
    assert topic.body is not None
    await vote(topic.office, topic.body, topic.members, "cancel_call", topic.call)
    fallen = (await topic.office.get(grant)).json()
    assert (fallen["state"], fallen["failed_reason"], fallen["failed_text"]) == (
        "failed",
        "GA_PREPARATION_FAILED",
        "The call is cancelled.",
    )
    assert await state(topic, f"/proposals/{first.id}") == "discontinued"


async def concluded_and_granted(world: World) -> tuple[Topic, str, str, Actor]:
    """A conditional screening, the first proposal's grant in preparation, and who may sign it."""
    topic, _ = await screened(world, GOOD, FAIR)
    here = await screening_of(topic, topic.proposals[0])
    await remarked(topic, here, "eve")
    asked = [
        {"code": code, "text": "So.", "months": months} for code, months in (("consent", None), ("x", 6))
    ]
    await topic.office.make(f"{here}/require", {"requirements": asked})
    await released(world, topic, *topic.proposals)
    grant = await granted(topic, topic.proposals[0], "101001")
    await topic.office.make(f"{here}/meet", {"code": "consent", "text": "They are there."})
    return topic, here, grant, await person(world, "signatory", "signatory")


async def test_x05_ethics_is_reopened_before_the_signature_and_a_grant_fails_if_it_is_not_cleared(
    world: World,
) -> None:
    topic, here, grant, signatory = await world.prepared(concluded_and_granted)
    assert (await topic.office.post(f"{here}/reopen", {"reason": " "})).status_code == 422
    (seat,) = (await topic.office.get("/ethics_seats")).json()["items"]
    read = await topic.office.make(f"{here}/reopen", {"reason": "Samples are of minors."})
    assert (read["state"], read["assessed_for"], read["concluded_at"]) == (
        "assessment",
        "Samples are of minors.",
        None,
    )
    assert (read["requirements"], [(one["code"], one["met_text"]) for one in read["lapsed"]]) == (
        [],
        [("consent", "They are there."), ("x", None)],
    )
    assert codes(await signatory.post(f"{grant}/sign")) == ["ethics-not-over"]
    assert codes(await topic.office.post(f"{here}/clear")) == ["experts-not-heard"], "said before it came up"
    await remarked(topic, here, "dan")
    await topic.office.make(f"/ethics_seats/{seat['id']}/end", {"reason": "Is on leave."})
    again = {"requirements": [{"code": "consent", "text": "Of the parents.", "months": None}]}
    async with world.sessions.kw["bind"].begin_nested() as undo:
        await topic.office.make(f"{here}/require", again)
        assert codes(await signatory.post(f"{grant}/sign")) == ["ethics-requirement"]
        met = {"code": "consent", "text": "The parents agree."}
        await topic.office.make(f"{here}/meet", met)
        signed = await signatory.make(f"{grant}/sign")
        assert [one["code"] for one in signed["ethics_requirements"]] == ["consent"]
        assert codes(await topic.office.post(f"{here}/reopen", {"reason": "Late."})) == ["grant-signed"]
        assert await state(topic, here) == "conditional"
        await undo.rollback()
    await both(topic, f"{here}/refuse", {"reason": "It is not justified."})
    await both(topic, f"{grant}/fail", {"reason": "ETHICS", "text": "Not cleared."})
    told = (await topic.proposals[0].coordinator.get(f"/proposals/{topic.proposals[0].id}")).json()
    assert (told["state"], told["reason"]) == ("rejected", "ETHICS")
    assert (await topic.office.post(f"{here}/reopen", {"reason": "Late."})).status_code == 409


async def test_nobody_has_a_hand_in_the_ethics_and_the_grant_of_what_is_their_own(world: World) -> None:
    topic, here, grant, signatory = await world.prepared(concluded_and_granted)
    first, second = topic.proposals
    other = await screening_of(topic, second)
    for officer, on in ((topic.second, first), (signatory, first)):
        await joins(world, officer, on)
    eve = await expert(topic, "fay")
    acts: tuple[tuple[Actor, str, dict[str, Any] | None], ...] = (
        (topic.second, f"{here}/meet", {"code": "x", "text": "It is there."}),
        (topic.second, f"{here}/reopen", {"reason": "A doubt."}),
        (topic.second, f"{grant}/fail", {"reason": "ETHICS", "text": "So."}),
        (signatory, f"{grant}/sign", None),
    )
    for who, path, body in acts:
        refused = await who.post(path, body)
        assert (refused.status_code, "no part in the proposal" in refused.json()["detail"]) == (403, True), (
            path
        )
        offered = (await who.get(path.rsplit("/", 1)[0])).json()["actions"]
        assert [one["name"] for one in offered] == []
    read = (await topic.office.get(grant)).json()
    assert (await topic.second.patch(grant, {"months": 12}, read["version"])).status_code == 403
    # What another consortium has applied with is theirs to run, once the results are out.
    assert (
        await topic.second.post(f"{other}/ethics_seats", {"contract_id": eve.contract})
    ).status_code == 201
    entry = {"number": "101009", "starts_on": "2050-05-01", "months": 24}
    assert (await topic.second.post(f"/proposals/{first.id}/grants", entry)).status_code == 403
    assert (await topic.second.post(f"/proposals/{second.id}/grants", entry)).status_code == 201


async def joins(world: World, who: Actor, proposal: Handed) -> None:
    """Somebody is one of the people of the proposal's coordinator."""
    async with world.sessions() as session, session.begin():
        wanted = select(Partner.id).where(Partner.consortium_id == UUID(proposal.consortium))
        mine = Person(id=uuid4(), partner_id=await session.scalar(wanted), account_id=who.id, part="reader")
        mine.email, mine.name = who.email, "One of its people"
        session.add(mine)


async def test_a_withdrawal_while_it_is_cleared_leaves_no_screening_open(live: World) -> None:
    topic, _ = await screened(live, GOOD, FAIR)
    first = topic.proposals[0]
    here = await screening_of(topic, first)
    await remarked(topic, here, "eve")
    cleared, withdrawn = await asyncio.gather(
        topic.office.post(f"{here}/clear"),
        first.coordinator.post(f"/proposals/{first.id}/request_withdrawal", WHY),
    )
    assert withdrawn.status_code == 200
    assert (cleared.status_code, await state(topic, here)) in ((200, "cleared"), (409, "voided"))
    await sound(live)


async def test_a_withdrawal_while_screenings_are_opened_leaves_none_open(live: World) -> None:
    topic, panel = await closed(live, GOOD, FAIR)
    await past_deadline(topic)
    await ruled(live, topic, ethics=SCREENED)
    first = topic.proposals[0]
    opened, withdrawn = await asyncio.gather(
        topic.office.post(f"{panel}/screen_ethics", {"rank": 9}),
        first.coordinator.post(f"/proposals/{first.id}/request_withdrawal", WHY),
    )
    assert (opened.status_code, withdrawn.status_code) == (200, 200)
    async with live.sessions() as session:
        mine = select(EthicsScreening.state).where(EthicsScreening.proposal_id == UUID(first.id))
        assert list(await session.scalars(mine)) in ([], ["voided"])


async def test_a_signature_while_ethics_is_reopened_is_one_or_the_other(live: World) -> None:
    topic, here, grant, signatory = await concluded_and_granted(live)
    signed, reopened = await asyncio.gather(
        signatory.post(f"{grant}/sign"), topic.office.post(f"{here}/reopen", {"reason": "A doubt."})
    )
    assert sorted([signed.status_code, reopened.status_code]) == [200, 409]
    assert (await state(topic, grant), await state(topic, here)) in (
        ("signed", "conditional"),
        ("preparation", "assessment"),
    )
