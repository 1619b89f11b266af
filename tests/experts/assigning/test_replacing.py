"""Runs that replace who is gone: seats that stand are kept, or it is said and proved that they cannot be."""

from typing import Any
from uuid import UUID

import pytest

from app.experts.conflicts.models import Conflict, ConflictState
from tests.build import fresh
from tests.conftest import World
from tests.evaluation.build import Expert
from tests.experts.assigning.build import OFF, Stage, given, seats_in, stage
from tests.experts.assigning.test_rapporteurs import drafting, edit, seats
from tests.experts.assigning.test_runs import ended
from tests.experts.test_late_conflicts import FOUND, waits

pytestmark = pytest.mark.anyio
WHY = {"reason": "So it is."}
PANELS = ((0, 0), (1, 0), (1, 1), (2, 1), (2, 2), (0, 2))


async def released(here: Stage, *pairs: tuple[int, int], **terms: Any) -> dict[str, Any]:
    """A set that is released, with rapporteurs, whose experts are invited."""
    made = await edit(here, await here.make(*pairs, **terms), choose_rapporteurs=True)
    await here.topic.office.make(f"/assignment_sets/{made['id']}/release", {"invite": True})
    return made


async def replacing(here: Stage, **more: Any) -> dict[str, Any]:
    """A run that replaces, once it is over."""
    started = await here.topic.office.make(f"/stages/{here.id}/assignment_runs", {"replace": True} | more)
    return await ended(here, str(started["id"]))


async def seat_of(here: Stage, who: Expert, proposal: int) -> str:
    return str((await seats(here))[who.id, here.proposals[proposal].id]["id"])


async def test_several_who_are_gone_are_replaced_and_every_seat_is_kept(live: World) -> None:
    here = await stage(live, proposals=3, experts=6, least=1, most=2)
    rules = OFF | {"least_load": {"weight": 0.001}}
    made = await released(here, *PANELS, panel_size=2, rules=rules)
    office, refs = here.topic.office, [one.reference for one in here.proposals]
    one, two = here.experts[1], here.experts[2]
    await one.actor.make(f"/assignments/{await seat_of(here, one, 0)}/accept", {"clear": True})
    await one.actor.make(f"/assignments/{await seat_of(here, one, 1)}/accept", {"clear": True})
    await one.actor.make(f"/assignments/{await seat_of(here, one, 1)}/hand_back", WHY)
    await office.make(f"/contracts/{here.experts[0].contract}/terminate", WHY)
    await office.make(f"/assignments/{await seat_of(here, two, 2)}/conflicts", FOUND)
    assert await waits(office) == sorted(refs)
    read = await replacing(here)
    assert (read["state"], read["terms"]) == ("solved", made["terms"])
    told = read["replaced"]
    assert (told["stood"], told["frozen"], told["moved"], told["proved"]) == (2, 1, [], True)
    assert {(seat["name"], seat["reference"]) for seat in told["lost"]} == {
        ("expert0", refs[0]), ("expert0", refs[2]), ("expert1", refs[1]), ("expert2", refs[2]),
    }  # fmt: skip
    assert set(read["sentences"]) == {
        f"{refs[0]} has 1 of 2 seats: the contract of expert0 is terminated.",
        f"{refs[1]} has 1 of 2 seats: expert1 has handed the seat back.",
        next(one for one in read["sentences"] if one.startswith(f"{refs[2]} has 0 of 2 seats: ")),
        "Every one of the 2 seats that stand is kept.",
        f"The seat of expert0 on {refs[0]} still stands: void it, so that it counts no more.",
        f"The seat of expert0 on {refs[2]} still stands: void it, so that it counts no more.",
    }
    found = await seats_in(live, read["set_ids"][0])
    kept = {(here.experts[e].contract, here.proposals[p].id) for e, p in ((1, 0), (2, 1))}
    never = {(here.experts[e].contract, here.proposals[p].id) for e, p in ((0, 0), (0, 2), (1, 1), (2, 2))}
    assert kept <= found
    assert not never & found
    assert len(found) == 6
    draft = (await office.get(f"/assignment_sets/{read['set_ids'][0]}")).json()
    assert (len(drafting(draft)), draft["title"]) == (3, "Who is gone is replaced")
    assert [(one["kind"], one["hard"]) for one in draft["broken"] if one["kind"] == "gone"] == [
        ("gone", False)
    ] * 2
    await office.make(f"/assignment_sets/{draft['id']}/release", {"invite": True})
    states = [one["state"] for one in (await seats(here)).values()]
    assert states.count("invited") == 4 + 1 + 2  # new, kept, and those of whose contract is terminated
    again = await replacing(here)
    assert again["replaced"]["stood"] == 6
    assert again["sentences"][0] == "Every one of the 6 seats that stand is kept."


async def chain(world: World) -> Stage:
    """One seat each: only expert1, who has the other proposal, could follow expert0; expert2 is free."""
    here = await stage(world, least=1, most=1)
    barring = fresh(Conflict, ConflictState.BLOCKING, situation="D2", path="told", reason="r")
    barring.account_id = here.experts[2].actor.id
    barring.expert_id, barring.proposal_id = UUID(here.experts[2].id), UUID(here.proposals[0].id)
    barring.topic_id = here.topic.id
    async with world.sessions() as session, session.begin():
        session.add(barring)
    rules = OFF | {"least_load": {"weight": 0.001}}
    await released(here, (0, 0), (1, 1), rules=rules)
    await here.topic.office.make(f"/contracts/{here.experts[0].contract}/suspend", WHY)
    return here


async def test_where_a_seat_must_move_it_is_named_and_the_office_voids_it_first(live: World) -> None:
    here = await chain(live)
    first, second = (one.reference for one in here.proposals)
    hard = {"terms": given(rules=OFF)}
    read = await replacing(here, **hard)
    assert read["state"] == "solved", read["sentences"]
    assert [(one["name"], one["reference"]) for one in read["replaced"]["moved"]] == [("expert1", second)]
    assert read["replaced"]["proved"] is True
    said = read["sentences"]
    assert said[0] == f"{first} has 0 of 1 seats: the contract of expert0 is suspended."
    assert said[1] == (
        f"1 of the 1 seats that stand has to move: expert1 from {second}, since with all of them kept the "
        "rules cannot be met:"
    )
    assert any("fixed" in one for one in said[2:-3]), said
    assert said[-3:] == [
        "It is proved that fewer cannot be moved.",
        "The set cannot be released while this seat stands: void first what is to move, or put it back by "
        "hand.",
        f"The seat of expert0 on {first} still stands: void it, so that it counts no more.",
    ]
    path = f"/assignment_sets/{read['set_ids'][0]}/release"
    refused = await here.topic.office.post(path)
    assert [one["text"] for one in refused.json()["reasons"]] == [
        f"expert1 has a seat on {second} already: keep it, or void it first."
    ]
    await here.topic.office.make(f"/assignments/{await seat_of(here, here.experts[1], 1)}/void", WHY)
    await here.topic.office.make(path)
    proposed = [pair for pair, one in (await seats(here)).items() if one["state"] == "proposed"]
    assert sorted(proposed) == sorted(
        [(here.experts[1].id, here.proposals[0].id), (here.experts[2].id, here.proposals[1].id)]
    )


async def test_what_is_accepted_is_not_moved_and_that_nothing_is_left_is_said(live: World) -> None:
    here = await chain(live)
    held = here.experts[1]
    await held.actor.make(f"/assignments/{await seat_of(here, held, 1)}/accept", {"clear": True})
    read = await replacing(here, terms=given(rules=OFF))
    assert (read["state"], read["set_ids"]) == ("infeasible", [])
    assert (read["replaced"]["frozen"], read["replaced"]["moved"]) == (1, [])
    assert "1 seat is accepted or reported, and stays as it is." in read["sentences"]
    assert any("expert1" in one or "1 expert" in one for one in read["sentences"][2:]), read["sentences"]


async def test_what_a_replacement_is_to_be_given(world: World) -> None:
    here = await stage(world)
    office, path = here.topic.office, f"/stages/{here.id}/assignment_runs"
    made = await here.make((0, 0), (1, 1))
    for wrong in ({}, {"replace": True, "keep": made["id"]}):
        assert (await office.post(path, wrong)).status_code == 422
    missing = await office.post(path, {"replace": True})
    assert (missing.status_code, missing.json()["reasons"][0]["code"]) == (422, "no-terms")
    await office.make(f"/assignment_sets/{made['id']}/release")
    started = await office.make(path, {"replace": True})
    assert (started["terms"], started["replaces"]) == (made["terms"], True)


async def test_by_hand_whoever_has_refused_is_told_of_and_a_run_asks_them_not_again(live: World) -> None:
    here = await stage(live)
    await released(here, (0, 0), (1, 1))
    who = here.experts[0]
    await who.actor.make(f"/assignments/{await seat_of(here, who, 0)}/decline")
    by_hand = await here.make((0, 0))
    assert [(one["text"], one["hard"]) for one in by_hand["broken"] if one["kind"] == "refused"] == [
        (f"On {here.proposals[0].reference}, expert0 has declined.", False)
    ]
    started = await here.topic.office.make(f"/stages/{here.id}/assignment_runs", {"terms": given()})
    read = await ended(here, str(started["id"]))
    found = await seats_in(live, read["set_ids"][0])
    assert (who.contract, here.proposals[0].id) not in found
    kept = await here.topic.office.patch(
        f"/assignment_sets/{by_hand['id']}", {"put": [here.seat(0, 0, fixed=True)]}, by_hand["version"]
    )
    assert kept.status_code == 200
    body = {"terms": given(), "keep": by_hand["id"]}
    started = await here.topic.office.make(f"/stages/{here.id}/assignment_runs", body)
    read = await ended(here, str(started["id"]))
    assert (who.contract, here.proposals[0].id) in await seats_in(live, read["set_ids"][0])


async def test_whom_the_office_has_taken_off_a_proposal_no_run_puts_back(live: World) -> None:
    here = await stage(live, proposals=1, experts=2)
    await released(here, (0, 0))
    await here.topic.office.make(f"/assignments/{await seat_of(here, here.experts[0], 0)}/void", WHY)
    read = await replacing(here)
    (made,) = read["set_ids"]
    assert {contract for contract, _ in await seats_in(live, made)} == {here.experts[1].contract}
