"""Alternates, weights and the casting vote: one vote for each seat, by whoever has it."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.committee.models import Ballot, Mandate, MandateState, Motion
from app.core.clock import machine_now
from tests.build import Actor, committee, person
from tests.committee.build import (
    WHY,
    Sitting,
    alternate,
    ballots,
    holds,
    in_days,
    prepared,
    say,
    voted_by,
    weigh,
)
from tests.conftest import World
from tests.decisions.build import motion_on, ranked
from tests.decisions.test_embargo import apply
from tests.topics.build import OUTCOME, codes

pytestmark = pytest.mark.anyio
STANDS = {"reason": "Bob is ill."}


async def with_alternate(world: World, *names: str) -> tuple[Sitting, Actor]:
    """An open vote of ann, bob and whoever else; Bob has an alternate."""
    there = await prepared(world, "ann", "bob", *names)
    deputy = await alternate(world, there.body, there.members[1], "deputy")
    await there.office.make(f"{there.motion}/put_to_vote")
    return there, deputy


async def seats(there: Sitting) -> dict[str, bool]:
    found = await ballots(there.office, there.motion)
    return {key: ballot["seated"] for key, ballot in found.items()}


def stands(who: Actor) -> dict[str, str]:
    return {"account_id": str(who.id), **STANDS}


async def test_an_alternate_is_proposed_for_a_seat_and_confirmed_as_any_mandate(world: World) -> None:
    office, second = await person(world, "office", "office"), await person(world, "second", "office")
    body, (ann, bob) = await committee(world, "ann", "bob")
    deputy = await person(world, "deputy")
    async with world.sessions() as session:
        held = {m.account_id: m.id for m in await session.scalars(select(Mandate))}
    seat: dict[str, Any] = {"account_id": str(deputy.id), "starts_at": in_days(-1), "appointing_act": "act"}
    path = f"/bodies/{body}/mandates"
    for wrong, refused in (
        ({"alternate_for_id": str(body)}, ("no-such-seat", "/alternate_for_id")),
        ({"alternate_for_id": str(held[bob.id]), "seat": "chair"}, ("alternate-chairs", "/seat")),
        ({"alternate_for_id": str(held[bob.id]), "weight": "2"}, ("alternate-weighs", "/weight")),
    ):
        assert await codes(await office.post(path, seat | wrong)) == [refused]
    for weight in ("0", "-1", "1000.001", "1.0001", "NaN"):
        assert (await office.post(path, seat | {"weight": weight})).status_code == 422
    made = await office.make(path, seat | {"alternate_for_id": str(held[bob.id])})
    assert (made["alternate_for_id"], Decimal(made["weight"])) == (str(held[bob.id]), 1)
    await second.make(f"/mandates/{made['id']}/confirm")
    other = seat | {"account_id": str((await person(world, "other")).id), "alternate_for_id": made["id"]}
    assert await codes(await office.post(path, other)) == [("no-such-seat", "/alternate_for_id")]
    assert (await deputy.get("/bodies")).json()["items"][0]["id"] == str(body)
    assert ann.id in held


async def test_an_alternate_waits_while_the_member_votes(world: World) -> None:
    there, deputy = await world.prepared(with_alternate)
    ann, bob = there.members
    assert await seats(there) == {str(ann.id): True, str(bob.id): True, str(deputy.id): False}
    assert (await deputy.post(f"{there.motion}/vote", {"choice": "yes"})).status_code == 403
    assert (await deputy.get("/me")).json()["waiting"] == []
    assert [one["kind"] for one in (await bob.get("/me")).json()["waiting"]] == ["vote"]
    await say(there.motion, [bob, ann])
    for who in (deputy, bob):  # has voted; is seated
        refused = await there.office.post(f"{there.motion}/stand_in", stands(who))
        assert [code for code, _ in await codes(refused)] in (["seat-has-voted"], ["seated-already"])
    await there.office.make(f"{there.motion}/adopt", OUTCOME)
    await holds(world)


async def test_an_alternate_stands_in_with_one_vote_for_the_seat(world: World) -> None:
    there, deputy = await world.prepared(with_alternate, "cas")
    ann, bob, cas = there.members
    for who in (bob, deputy, cas):
        assert (await who.post(f"{there.motion}/stand_in", stands(deputy))).status_code == 403
    assert await codes(await ann.post(f"{there.motion}/stand_in", stands(there.office))) == [
        ("no-ballot", "/account_id")
    ]
    await ann.make(f"{there.motion}/stand_in", stands(deputy))
    assert (await bob.post(f"{there.motion}/vote", {"choice": "no"})).status_code == 403
    await say(there.motion, [deputy])
    assert await codes(await ann.post(f"{there.motion}/stand_in", stands(bob))) == [
        ("seat-has-voted", "/account_id")
    ]
    assert await codes(await there.office.post(f"{there.motion}/reject", OUTCOME)) == [
        ("no-quorum", ""),
        ("majority", ""),
    ]
    await say(there.motion, [cas])
    await there.office.make(f"{there.motion}/adopt", OUTCOME)
    await holds(world)


async def test_the_member_comes_back_before_the_alternate_has_voted(world: World) -> None:
    there, deputy = await world.prepared(with_alternate)
    bob = there.members[1]
    await there.office.make(f"{there.motion}/stand_in", stands(deputy))
    await there.office.make(f"{there.motion}/stand_in", stands(bob))
    assert (await deputy.post(f"{there.motion}/vote", {"choice": "yes"})).status_code == 403
    await say(there.motion, [bob])


async def test_an_alternate_stands_in_at_the_opening_for_who_is_not_there(world: World) -> None:
    """Only where attendance is recorded, and only if the alternate is there."""
    for present, stood in (((0, 2), True), ((0, 1, 2), False), ((0,), False), ((), False)):
        there = await prepared(world, "ann", "bob")
        deputy = await alternate(world, there.body, there.members[1], "deputy")
        people = [*there.members, deputy]
        for number in present:
            await people[number].make(f"{await there.session()}/attend")
        await there.office.make(f"{there.motion}/put_to_vote")
        found = await seats(there)
        assert (found[str(deputy.id)], found[str(there.members[1].id)]) == (stood, not stood)


async def test_an_alternate_stands_in_for_who_applies_unless_in_conflict_as_well(world: World) -> None:
    there = await ranked(world, "30000000.00", names=("ann", "bob", "cas", "dan"))
    _, bob, cas, _ = there.members
    of_bob = await alternate(world, there.body, bob, "deputy-of-bob")
    of_cas = await alternate(world, there.body, cas, "deputy-of-cas")
    for who in (bob, cas, of_cas):
        await apply(world, there, who)
    motion = f"/motions/{(await motion_on(there))['id']}"
    await there.office.make(f"{motion}/put_to_vote")
    found = await ballots(there.office, motion)
    people = (("bob", bob), ("of bob", of_bob), ("cas", cas), ("of cas", of_cas))
    of = {name: found[str(who.id)] for name, who in people}
    told = {name: (one["seated"], one["recused"] is None) for name, one in of.items()}
    assert told == {
        "bob": (False, False), "of bob": (True, True), "cas": (True, False), "of cas": (False, False),
    }  # fmt: skip
    assert (await of_cas.get(motion)).status_code == 404
    await say(motion, [of_bob])
    out = {"account_id": str(of_cas.id), "reason": "Tries."}
    assert await codes(await there.office.post(f"{motion}/stand_in", out)) == [("out-already", "/account_id")]


async def test_an_alternate_declares_an_interest_before_it_is_asked(world: World) -> None:
    there, deputy = await world.prepared(with_alternate)
    await deputy.make(f"{there.motion}/declare_interest", WHY)
    assert await codes(await there.office.post(f"{there.motion}/stand_in", stands(deputy))) == [
        ("out-already", "/account_id")
    ]


async def test_an_alternate_has_no_vote_once_the_seat_is_empty(world: World) -> None:
    there, deputy = await world.prepared(with_alternate, "cas")
    ann, bob, cas = there.members
    await there.office.make(f"{there.motion}/stand_in", stands(deputy))
    await say(there.motion, [deputy], "no")
    await say(there.motion, [cas])
    async with world.sessions() as session, session.begin():
        mine = update(Mandate).where(Mandate.account_id == bob.id)
        await session.execute(mine.values(state=MandateState.ENDED))
    assert (await deputy.post(f"{there.motion}/vote", {"choice": "yes"})).status_code == 403
    await there.office.make(f"{there.motion}/adopt", OUTCOME)  # one of two, none against
    assert (await ballots(ann, there.motion))[str(deputy.id)]["recused"] == "The mandate has ended."
    await holds(world)


async def test_the_database_keeps_a_seat_to_one_vote(world: World) -> None:
    there, deputy = await world.prepared(with_alternate)
    motion, mine = UUID(there.motion.rsplit("/", 1)[1]), Ballot.account_id == deputy.id
    async with world.sessions() as session:
        with pytest.raises(IntegrityError, match="uq_ballot_one_per_seat"):
            await session.execute(update(Ballot).where(mine, Ballot.motion_id == motion).values(seated=True))
    async with world.sessions() as session:
        cast = {"choice": "yes", "cast_at": machine_now()}
        with pytest.raises(IntegrityError, match="who_waits_does_not_vote"):
            await session.execute(update(Ballot).where(mine, Ballot.motion_id == motion).values(**cast))


async def test_votes_are_weighed_as_the_seats_were_when_the_vote_opened(world: World) -> None:
    there = await world.prepared(prepared, "ann", "bob", "cas")
    ann, bob, cas = there.members
    deputy = await alternate(world, there.body, ann, "deputy")
    await weigh(world, ann, "2.5")
    await there.office.make(f"{there.motion}/put_to_vote")
    await weigh(world, ann, "0.001")
    await there.office.make(f"{there.motion}/stand_in", stands(deputy))
    await say(there.motion, [deputy], "no")
    await say(there.motion, [bob, cas])
    found = await ballots(there.office, there.motion)
    assert Decimal(found[str(deputy.id)]["weight"]) == Decimal("2.5")
    refused = (await there.office.post(f"{there.motion}/adopt", OUTCOME)).json()["reasons"]
    assert [reason["text"] for reason in refused] == ["2 for and 2.5 against is no majority."]
    await there.office.make(f"{there.motion}/reject", OUTCOME)
    await holds(world)


async def test_the_chair_decides_where_votes_are_equal_and_the_programme_says_so(world: World) -> None:
    with voted_by(method="simple", casting_vote=True):
        there = await prepared(world, "ann", "bob")
        await there.office.make(f"{there.motion}/put_to_vote")
    ann, bob = there.members
    await say(there.motion, [ann], "no")
    await say(there.motion, [bob])
    assert [c for c, _ in await codes(await there.office.post(f"{there.motion}/adopt", OUTCOME))] == [
        "no-majority"
    ]
    await say(there.motion, [ann])
    await say(there.motion, [bob], "no")
    # The rule of the programme is another by now: the motion keeps its own.
    read = await there.office.make(f"{there.motion}/adopt", OUTCOME)
    assert (read["state"], read["rule"]["casting_vote"]) == ("adopted", True)
    await holds(world)


async def test_an_old_result_stands_whatever_the_programme_and_the_body_say_now(world: World) -> None:
    there = await world.prepared(prepared, "ann", "bob", "cas")
    await there.office.make(f"{there.motion}/put_to_vote")
    await say(there.motion, there.members[:2])
    await say(there.motion, there.members[2:], "no")
    await there.office.make(f"{there.motion}/adopt", OUTCOME)
    with voted_by(method="qualified", majority="0.7", quorum="1"):
        await holds(world)
        other = await prepared(world, "dan", "eve", "fay")
        await other.office.make(f"{other.motion}/put_to_vote")
        await say(other.motion, other.members[:2])
        refused = await codes(await other.office.post(f"{other.motion}/adopt", OUTCOME))
        assert refused == [("no-quorum", "")]
        await say(other.motion, other.members[2:], "no")
        assert await codes(await other.office.post(f"{other.motion}/adopt", OUTCOME)) == [("no-majority", "")]
        await other.office.make(f"{other.motion}/reject", OUTCOME)
    await holds(world)
    async with world.sessions() as session:
        assert len((await session.scalars(select(Motion.rule).distinct())).all()) == 2
