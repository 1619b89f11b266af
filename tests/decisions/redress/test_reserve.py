"""Who is upheld and waits: on the reserve list, in the turn of the new result, among those of the list."""

import asyncio
import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from app.calls.periods import day_of, months_later
from app.core.clock import machine_now
from app.core.invariants import broken
from app.core.outbox import Mail
from app.decisions.models import Decision
from app.decisions.reserve.invariants import INVARIANTS
from app.decisions.reserve.models import Promotion
from app.due import tick
from app.experts.models import Contract, ContractState
from app.proposals.models import Proposal
from tests.build import Actor, person, vote
from tests.conftest import World
from tests.decisions.redress.build import BECAUSE, Contested, codes, contested, judged, sent_on
from tests.decisions.redress.test_funding import adopted
from tests.decisions.reserves import closed, named, promoted, reserve_of, set_reserve, withdrawn

pytestmark = pytest.mark.anyio


async def waiting(here: Contested) -> list[tuple[int, int]]:
    """Who waits, by number, each with the rank."""
    numbers = {str(one.id): number for number, one in enumerate(here.there.proposals)}
    read = (await reserve_of(here.there))["waiting"]
    return [(numbers[one["proposal_id"]], one["rank"]) for one in read]


async def leaves(here: Contested, number: int) -> None:
    """A consortium withdraws after the deadline."""
    await closed(here.world, here.there)
    await withdrawn(here.there, number)


async def kinds(here: Contested, number: int) -> list[str]:
    found = (await here.one(number).coordinator.get("/letters")).json()["items"]
    return sorted(one["subject"].rpartition(": ")[2] for one in found)


async def test_who_is_upheld_comes_before_those_it_is_ranked_before(world: World) -> None:
    """On the frozen list: 12.5, 11.5, 11.2, 11.1; the line ends below the first."""
    listed = ("40000000.00", "20000000.00", "9000000.00", "8000000.00")
    here = await contested(world, *listed, below=("7000000.00",))
    settled = await here.settled(await here.final(4, "4", "4", "3.5"))
    assert (settled["remedy"], settled["rank"], settled["shares_rank"]) == ("reserve", 2, True)
    assert sorted((await waiting(here))[:2]) == [(1, 2), (4, 2)]
    assert (await waiting(here))[2:] == [(2, 3), (3, 4)]
    await leaves(here, 0)
    assert codes(await promoted(here.there, 1)) == ["not-the-first"]
    assert (await promoted(here.there, 1, 4)).status_code == 200
    assert [await here.state(n) for n in range(1, 5)] == ["selected", "reserve", "reserve", "selected"]
    assert await waiting(here) == [(2, 3), (3, 4)]


async def test_who_has_fallen_on_the_reserve_list_waits_behind_those_who_stand_before(world: World) -> None:
    here = await contested(world, "40000000.00", "20000000.00", "9000000.00", "8000000.00")
    settled = await here.settled(await here.final(1, "4", "4", "3"))
    assert (settled["outcome"], settled["remedy"], settled["rank"]) == ("kept", "none", 4)
    assert await waiting(here) == [(2, 3), (3, 4), (1, 4)]
    await leaves(here, 0)
    assert (await promoted(here.there, 2)).status_code == 200
    assert (await promoted(here.there, 3)).status_code == 200


async def test_between_two_of_the_list_it_is_equal_to_neither(world: World) -> None:
    here = await contested(world, "40000000.00", "20000000.00", "9000000.00", below=("7000000.00",))
    assert (await here.settled(await here.final(3, "4.5", "4", "3.5")))["rank"] == 2
    assert await waiting(here) == [(3, 2), (1, 2), (2, 3)]
    await leaves(here, 0)
    assert codes(await promoted(here.there, 1, 3)) == ["not-the-first"]
    assert (await promoted(here.there, 3)).status_code == 200


async def test_who_the_committee_puts_first_is_first(world: World) -> None:
    here = await contested(world, "30000000.00", "16000000.00", "20000000.00")
    path = await here.final(2, "5", "5", "5")
    assert (await here.settled(path))["remedy"] == "vote"
    assert await waiting(here) == [(2, 1), (1, 2)]
    assert (await adopted(here, path, way="reserve_first")).status_code == 200
    assert await waiting(here) == [(2, 1), (1, 2)]
    await leaves(here, 0)
    assert (await promoted(here.there, 2)).status_code == 200


async def test_a_review_puts_a_reserve_list_in_force_until_the_day_of_all_others(world: World) -> None:
    here = await contested(world, "40000000.00", below=("10000000.00",))
    assert (await here.office.get("/reserve_lists")).json()["items"] == []
    early = machine_now() - timedelta(days=60)
    async with world.sessions() as session, session.begin():
        await session.execute(update(Decision).values(released_at=early))
    assert (await here.settled(await here.final(1, "4", "4", "4")))["remedy"] == "reserve"
    read = await reserve_of(here.there)
    assert [one["reference"] for one in read["waiting"]] == [here.one(1).reference]
    assert read["until"][:10] == months_later(day_of(early), 12).isoformat()
    await set_reserve(world, here.there, until=machine_now() - timedelta(days=2))
    await tick(world.sessions, world.settings)
    assert await here.state(1) == "rejected"


@pytest.mark.parametrize(("scores", "remedy"), [(("4", "4", "4"), "none"), (("5", "5", "5"), "vote")])
async def test_once_the_reserve_is_over_nobody_waits_on_it(
    world: World, scores: tuple[str, ...], remedy: str
) -> None:
    here, path = await world.prepared(judged, "40000000.00", "20000000.00", below=("10000000.00",), number=2)
    await here.agreed(path, *scores)
    await set_reserve(world, here.there, until=machine_now() - timedelta(seconds=1))
    assert (await here.settled(path))["remedy"] == remedy
    assert await here.state(2) == "rejected"
    async with world.sessions() as session:
        assert [told async for told in broken(session, INVARIANTS)] == []
    if remedy == "vote":
        refused = await here.office.post(f"{path}/propose_way", {"way": "reserve_first"})
        assert codes(refused) == ["reserve-over"]
        assert (await adopted(here, path, way="raise_envelope")).status_code == 200
        assert await here.state(2) == "selected"


async def test_a_request_ends_with_the_promotion_of_its_proposal(world: World) -> None:
    here = await world.prepared(contested, "40000000.00", "20000000.00")
    path, again = await here.upheld(1)
    await leaves(here, 0)
    assert (await promoted(here.there, 1)).status_code == 200
    assert [(await here.office.get(one)).json()["state"] for one in (path, again)] == ["void", "void"]
    told = [one for one in await kinds(here, 1) if one != "your request for a review"]
    assert told == ["the outcome", "the outcome", "the review is settled"]
    assert (await here.signatory.post(f"{path}/settle")).status_code == 409


async def test_a_request_ends_with_the_withdrawal_of_its_proposal(world: World) -> None:
    here = await world.prepared(contested, "40000000.00", "20000000.00")
    path = await here.recommended(1)
    await leaves(here, 1)
    assert (await here.office.get(path)).json()["state"] == "void"
    mails = (await here.one(1).coordinator.get("/letters")).json()["items"]
    texts = [(await here.one(1).coordinator.get(f"/letters/{one['id']}")).json()["text"] for one in mails]
    assert [text.count("it ends, since you have withdrawn your proposal.") for text in texts].count(1) == 1


async def ended(world: World, *who: Actor) -> list[int]:
    """How many mails each of them has that their work in a review has ended; none tells why or how."""
    async with world.sessions() as session:
        wanted = select(Mail).where(Mail.kind == "review_ended").order_by(Mail.written_at)
        found = (await session.scalars(wanted)).all()
    for one in found:
        said = re.sub(r"\s+", " ", one.text)
        assert "to which you are named has ended before anything was decided." in said
        assert re.search("withdr|select|promot|cancel|reserve", said) is None
    return [[one.recipient for one in found].count(person_.email) for person_ in who]


async def test_its_committee_is_told_once_that_a_request_has_ended(world: World) -> None:
    """Also who has been named and has not declared; neither who left it nor whoever applies."""
    here = await world.prepared(contested, "40000000.00", "20000000.00")
    path = await here.sitting(1)
    away, late, torn = [await person(world, name) for name in ("away", "late", "torn")]
    for who in (away, late, torn):
        await here.office.make(f"{path}/name_member", {"account_id": str(who.id)})
    left = await away.post(f"{path}/declare_conflict", {"reason": "A friend leads it."})
    assert left.status_code == 204, left.text
    await torn.make(f"{path}/declare_free")
    assert await ended(world, *here.members) == [0, 0, 0]
    await here.office.make(
        f"{path}/release_member", {"account_id": str(torn.id), "reason": "They have fallen ill."}
    )
    await leaves(here, 1)
    assert (await here.office.get(path)).json()["state"] == "void"
    told = (*here.members, late, away, torn, here.office, here.signatory, here.one(1).coordinator)
    assert await ended(world, *told) == [1, 1, 1, 1, 0, 0, 0, 0, 0]


async def test_experts_who_evaluate_anew_are_told_once_that_it_has_ended(world: World) -> None:
    """The committee is not: its work was over."""
    here = await world.prepared(contested, "40000000.00", "20000000.00")
    _, again = await here.upheld(1)
    experts = await here.seated(again)
    late, contract = await here.expert("late")
    gone, suspended = await here.expert("gone")
    for one in (contract, suspended):
        await here.office.make(f"{again}/seat_expert", {"contract_id": one})
    async with world.sessions() as session, session.begin():
        over = {"state": ContractState.SUSPENDED}
        await session.execute(update(Contract).where(Contract.id == UUID(suspended)).values(over))
    await leaves(here, 0)
    assert (await promoted(here.there, 1)).status_code == 200
    assert (await here.office.get(again)).json()["state"] == "void"
    assert await ended(world, *experts, late, gone, *here.members) == [1, 1, 1, 1, 0, 0, 0, 0]


async def test_a_request_goes_on_after_the_reserve_has_expired(world: World) -> None:
    here = await contested(world, "30000000.00", "20000000.00")
    path = await here.final(1, "5", "5", "5")
    await set_reserve(world, here.there, until=machine_now() - timedelta(days=2))
    await tick(world.sessions, world.settings)
    assert (await here.state(1), (await here.office.get(path)).json()["state"]) == (
        "rejected",
        "re_evaluation",
    )
    assert (await here.settled(path))["remedy"] == "vote"


async def race(here: Contested, path: str) -> list[Any]:
    """Another's promotion is asked for by the first officer; the second confirms as the signatory settles."""
    list_path = f"/reserve_lists/{(await reserve_of(here.there))['id']}/promote"
    assert (await here.office.post(list_path, named(here.there, 1))).status_code == 202
    second = here.there.second
    return list(
        await asyncio.gather(
            second.post(list_path, named(here.there, 1)), here.signatory.post(f"{path}/settle")
        )
    )


async def test_a_promotion_and_a_settlement_at_once_spend_the_money_of_one(live: World) -> None:
    """15 million are left: enough for either."""
    here = await contested(live, "30000000.00", "20000000.00", below=("12000000.00",))
    path = await here.final(2, "5", "5", "5")
    async with live.sessions() as session, session.begin():
        of = Proposal.id == here.one(1).id
        await session.execute(update(Proposal).where(of).values(requested=14_000_000))
    promotion, settlement = await race(here, path)
    assert settlement.status_code == 200, settlement.text
    remedy = settlement.json()["remedy"]
    assert (promotion.status_code, remedy) in ((200, "vote"), (409, "funded"))
    async with live.sessions() as session:
        part = UUID(here.there.topic_stage)
        held = (Proposal.topic_stage_id == part, Proposal.state == "selected")
        assert await session.scalar(select(func.sum(Proposal.requested)).where(*held)) <= 45_000_000
        assert len((await session.scalars(select(Promotion.id))).all()) == (1 if remedy == "vote" else 0)
        assert [told async for told in broken(session, INVARIANTS)] == []


async def test_a_withdrawal_and_a_settlement_at_once_fund_nobody_who_has_left(live: World) -> None:
    here = await contested(live, "30000000.00", below=("10000000.00",))
    path = await here.final(1, "5", "5", "5")
    await closed(live, here.there)
    who, way_out = here.one(1).coordinator, f"/proposals/{here.one(1).id}/request_withdrawal"
    await asyncio.gather(
        here.signatory.post(f"{path}/settle"), who.post(way_out, {"text": "We cannot go on."})
    )
    read = (await here.office.get(path)).json()
    assert (await here.state(1), read["state"], read["remedy"]) in (
        ("selected", "settled", "funded"),
        ("rejected", "void", None),
        ("withdrawn", "settled", "funded"),
    )


async def texts(here: Contested, number: int) -> list[tuple[str, str | None, str]]:
    """The letters to a coordinator in their order: kind, last day of a review, text."""
    who = here.one(number).coordinator
    listed = (await who.get("/letters")).json()["items"]
    found = [(await who.get(f"/letters/{one['id']}")).json() for one in listed]
    found.sort(key=lambda one: str(one["written_at"]))
    return [(one["kind"], one["last_day"], one["text"]) for one in found]


async def test_who_has_asked_once_is_not_told_to_ask_again(world: World) -> None:
    here = await contested(world, "30000000.00", "20000000.00", "18000000.00")
    path = await here.file(1)
    assert (await here.office.post(f"{path}/dismiss", BECAUSE)).status_code == 202
    await here.there.second.make(f"{path}/dismiss", BECAUSE)
    await set_reserve(world, here.there, until=machine_now() - timedelta(days=2))
    await tick(world.sessions, world.settings)
    await sent_on(world, machine_now())
    told = (await texts(here, 1))[-1]
    assert "may be asked for once; it has been" in told[2]
    assert "The request must arrive" not in told[2]
    assert ("General Court" in told[2], told[:2]) == (True, ("outcome", None))
    read = (await here.one(1).coordinator.get(f"/proposals/{here.one(1).id}")).json()
    assert read["review_until"] is None
    kind, last_day, text = (await texts(here, 2))[-1]
    assert (kind, "it has been for this proposal" in text) == ("outcome", False)
    assert last_day is not None


async def test_each_step_of_a_review_is_a_letter_that_is_kept(world: World) -> None:
    here = await world.prepared(contested, "30000000.00", "20000000.00", below=("10000000.00",))
    await here.settled(await here.final(2, "5", "5", "4.5"))
    told = [(kind, day) for kind, day, _ in await texts(here, 2)]
    assert [kind for kind, _ in told] == ["outcome", "redress", "redress", "redress", "redress"]
    assert [day for _, day in told[1:]] == [None] * 4


async def test_a_letter_says_the_days_that_are_counted(world: World) -> None:
    here = await world.prepared(contested, "30000000.00", "20000000.00", below=("10000000.00",))
    await sent_on(world, machine_now())
    for number in (1, 2):
        listed = (await here.office.get("/letters", params={"proposal_id": str(here.one(number).id)})).json()
        unopened = (await here.office.get(f"/letters/{listed['items'][0]['id']}")).json()
        said = re.sub(r"\s+", " ", unopened["text"])
        assert f"is then {date.fromisoformat(unopened['last_day']):%d %B %Y}, until 23:59:59" in said
        await here.one(number).coordinator.get(f"/letters/{unopened['id']}")
        opened = (await here.office.get(f"/letters/{unopened['id']}")).json()
        assert f"it is {date.fromisoformat(opened['last_day']):%d %B %Y}. Should" in said


async def test_requests_end_with_their_call_also_of_who_was_rejected(world: World) -> None:
    here = await world.prepared(contested, "30000000.00", "20000000.00", below=("10000000.00",))
    first, again = await here.upheld(1)
    second = await here.file(2)
    there = here.there
    await vote(there.office, there.body, there.members, "cancel_call", there.made["call"]["id"])
    found = [(await here.office.get(path)).json()["state"] for path in (first, again, second)]
    assert found == ["void", "void", "void"]
    # Who was on reserve is discontinued with the call, and has the letter of that beside.
    for number, beside in ((1, 1), (2, 0)):
        said = [told[2] for told in await texts(here, number)]
        assert len([one for one in said if "it ends, since the call is cancelled." in one]) == 1
        assert len([one for one in said if "is discontinued: nothing more will come of it" in one]) == beside
