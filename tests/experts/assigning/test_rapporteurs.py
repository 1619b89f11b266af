"""Rapporteurs of sets: chosen evenly or by hand, written at the release, missing once they drop out."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.experts.models import Assignment
from tests.conftest import World
from tests.evaluation.build import expert, reported, seated
from tests.experts.assigning.build import OFF, Stage, stage
from tests.experts.test_experts import codes

pytestmark = pytest.mark.anyio
FOUR = ((0, 0), (1, 0), (0, 1), (1, 1))


async def edit(here: Stage, made: dict[str, Any], **change: Any) -> dict[str, Any]:
    """The set as it is after the change."""
    answer = await here.topic.office.patch(f"/assignment_sets/{made['id']}", change, made["version"])
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def drafting(read: dict[str, Any]) -> dict[str, str]:
    """Who drafts, by the reference of the proposal."""
    return {seat["reference"]: seat["name"] for seat in read["seats"] if seat["rapporteur"]}


def without(read: dict[str, Any]) -> list[tuple[str, bool]]:
    return [(one["text"], one["hard"]) for one in read["broken"] if one["kind"] == "rapporteur"]


async def seats(here: Stage) -> dict[tuple[str, str], dict[str, Any]]:
    """The assignments, by expert and proposal."""
    items = (await here.topic.office.get("/assignments")).json()["items"]
    return {(one["expert_id"], one["proposal_id"]): one for one in items}


async def in_force(world: World) -> list[tuple[str, str]]:
    """Seats of rapporteurs, in the database."""
    async with world.sessions() as session:
        rows = await session.execute(
            select(Assignment.expert_id, Assignment.proposal_id).where(
                Assignment.rapporteur, Assignment.state.in_(("proposed", "invited", "accepted", "reported"))
            )
        )
        return [(str(who), str(proposal)) for who, proposal in rows]


async def test_they_are_chosen_evenly_and_another_by_hand(world: World) -> None:
    here = await world.prepared(stage)
    first, second = (one.reference for one in here.proposals)
    made = await here.make(*FOUR, panel_size=2)
    assert without(made) == [(f"{one} has no rapporteur.", False) for one in sorted((first, second))]
    read = await edit(here, made, put=[here.seat(1, 0, rapporteur=True)])
    assert drafting(read) == {first: "expert1"}
    read = await edit(here, read, choose_rapporteurs=True)
    assert drafting(read) == {first: "expert1", second: "expert0"}
    assert without(read) == []
    read = await edit(here, read, put=[here.seat(0, 0, rapporteur=True, fixed=True)])
    assert drafting(read) == {first: "expert0", second: "expert0"}
    read = await edit(here, read, put=[here.seat(0, 0)])
    assert drafting(read) == {first: "expert0", second: "expert0"}
    read = await edit(here, read, put=[here.seat(0, 0, rapporteur=False)], take=[here.seat(0, 1)])
    assert (drafting(read), len(without(read))) == ({}, 2)
    two = {"put": [here.seat(0, 0, rapporteur=True), here.seat(1, 0, rapporteur=True)]}
    wrong = await here.topic.office.patch(f"/assignment_sets/{made['id']}", two, read["version"])
    assert [(one["code"], one["path"]) for one in wrong.json()["reasons"]] == [
        ("two-rapporteurs", "/body/put/1/rapporteur")
    ]


async def test_they_go_with_a_copy_and_with_a_table(world: World) -> None:
    here = await world.prepared(stage)
    made = await edit(here, await here.make(*FOUR, panel_size=2), choose_rapporteurs=True)
    copy = {"title": "Copy", "copy_of": made["id"]}
    copied = await here.topic.office.make(f"/stages/{here.id}/assignment_sets", copy)
    assert drafting(copied) == drafting(made)
    path = f"/assignment_sets/{copied['id']}"
    for form in ("csv", "json"):
        text = (await here.topic.office.get(f"{path}/seats.{form}")).text
        await edit(here, (await here.topic.office.get(path)).json(), take=[here.seat(*one) for one in FOUR])
        await here.topic.office.make(f"{path}/import", {"format": form, "text": text, "dry_run": False})
        assert drafting((await here.topic.office.get(path)).json()) == drafting(made)
    lines = [f"{here.proposals[0].reference},{here.experts[n].contract},yes\n" for n in (0, 1)]
    table = {"text": "proposal,contract,rapporteur\n" + "".join(lines) + lines[0].replace("yes", "perhaps")}
    dry = await here.topic.office.make(f"{path}/import", table)
    assert [(one["line"], one["code"]) for one in dry["faults"]] == [
        (3, "two-rapporteurs"),
        (4, "bad-rapporteur"),
    ]


async def test_the_release_names_them_and_whoever_drops_out_leaves_the_panel_without(world: World) -> None:
    here = await world.prepared(stage)
    made = await edit(here, await here.make(*FOUR, panel_size=2), choose_rapporteurs=True)
    await here.topic.office.make(f"/assignment_sets/{made['id']}/release", {"invite": True})
    held = await seats(here)
    assert sorted(one["rapporteur"] for one in held.values()) == [False, False, True, True]
    drafts, key = next(pair for pair, one in held.items() if one["rapporteur"])
    (who,) = [one for one in here.experts if one.id == drafts]
    mine = (await who.actor.get(f"/assignments/{held[drafts, key]['id']}")).json()
    assert mine["rapporteur"] is True
    await who.actor.make(f"/assignments/{held[drafts, key]['id']}/decline")
    begun = {"title": "Next", "copy_of": None, "terms": made["terms"]}
    following = await here.topic.office.make(f"/stages/{here.id}/assignment_sets", begun)
    read = (await here.topic.office.get(f"/assignment_sets/{following['id']}")).json()
    (reference,) = [one.reference for one in here.proposals if one.id == key]
    assert without(read) == [(f"{reference} has no rapporteur.", False)]
    read = await edit(here, read, put=[here.seat(2, [one.id for one in here.proposals].index(key))])
    read = await edit(here, read, choose_rapporteurs=True)
    assert len(drafting(read)) == 2
    await here.topic.office.make(f"/assignment_sets/{read['id']}/release")
    assert len(await in_force(world)) == 2


async def test_a_later_set_lets_another_draft_who_stands_already(world: World) -> None:
    here = await world.prepared(stage)
    made = await edit(here, await here.make(*FOUR, panel_size=2), put=[here.seat(0, 0, rapporteur=True)])
    await here.topic.office.make(f"/assignment_sets/{made['id']}/release")
    copy = {"title": "Another drafts", "copy_of": made["id"]}
    later = await here.topic.office.make(f"/stages/{here.id}/assignment_sets", copy)
    later = await edit(here, later, put=[here.seat(1, 0, rapporteur=True)])
    await here.topic.office.make(f"/assignment_sets/{later['id']}/release")
    assert await in_force(world) == [(here.experts[1].id, here.proposals[0].id)]
    held = await seats(here)
    trail = (
        await here.topic.office.get(f"/assignments/{held[here.experts[0].id, here.proposals[0].id]['id']}")
    ).json()
    assert trail["rapporteur"] is False


async def test_the_consensus_is_drafted_by_whom_was_chosen_once_they_have_reported(world: World) -> None:
    here = await world.prepared(stage)
    office, proposal = here.topic.office, here.proposals[0]
    made = await here.make((0, 0), (1, 0), (2, 0), rules={"organisation": None, "panel_size": {"weight": 1}})
    await office.make(f"/assignment_sets/{made['id']}/release", {"invite": True})
    path, held = f"/proposals/{proposal.id}/consensus_reports", await seats(here)
    keys = [held[one.id, proposal.id]["id"] for one in here.experts]
    for who, key in zip(here.experts, keys, strict=True):
        await who.actor.make(f"/assignments/{key}/accept", {"clear": True})
    for who, key in zip(here.experts[:2], keys[:2], strict=True):
        await reported(who, key)
    spare = await seated_fourth(here)
    refused = await office.post(path, {})
    assert codes(refused) == ["no-report"]
    assert "No rapporteur is chosen" in refused.json()["reasons"][0]["text"]
    copy = await office.make(f"/stages/{here.id}/assignment_sets", {"title": "C", "copy_of": made["id"]})
    put = [here.seat(2, 0, rapporteur=True), {"contract_id": spare, "proposal_id": proposal.id}]
    copy = await edit(here, copy, put=put)
    await office.make(f"/assignment_sets/{copy['id']}/release")
    late = await office.post(path, {})
    assert [one["text"] for one in late.json()["reasons"]] == [
        "The rapporteur has sealed no report on this proposal."
    ]
    await reported(here.experts[2], keys[2])
    opened = await office.make(path, {})
    assert opened["rapporteur_label"] == held[here.experts[2].id, proposal.id]["label"]
    async with world.sessions() as session:
        assert (await session.get_one(Assignment, UUID(keys[2]))).rapporteur


async def seated_fourth(here: Stage) -> str:
    """Somebody more who has reported on the first proposal, so that reports are enough; the contract."""
    who = await expert(here.topic, "fourth")
    await reported(who, await seated(here.topic, who, here.proposals[0]))
    return who.contract


async def test_an_undo_gives_the_marks_back(world: World) -> None:
    here = await world.prepared(stage)
    first = here.proposals[0]
    drafted = await edit(here, await here.make((0, 0), (1, 1)), choose_rapporteurs=True)
    await here.topic.office.make(f"/assignment_sets/{drafted['id']}/release")
    old = (here.experts[0].id, first.id)
    assert old in await in_force(world)
    made = await here.make((0, 0), (1, 1), (2, 0), panel_size=2, rules=OFF | {"panel_size": {"weight": 1}})
    made = await edit(here, made, put=[here.seat(2, 0, rapporteur=True)])
    await here.topic.office.make(f"/assignment_sets/{made['id']}/release")
    assert (here.experts[2].id, first.id) in await in_force(world)
    assert old not in await in_force(world)
    await here.topic.office.make(f"/assignment_sets/{made['id']}/undo")
    assert old in await in_force(world)
    assert (here.experts[2].id, first.id) not in await in_force(world)
