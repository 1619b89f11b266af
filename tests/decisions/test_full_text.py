"""The committee reads a whole proposal on request alone: with a reason, above the thresholds, on record."""

from typing import Any
from uuid import uuid4

import pytest

from tests.build import Actor, person
from tests.conftest import World
from tests.decisions.build import Ranked, ranked, released

pytestmark = pytest.mark.anyio
WHY = "The summary does not say which patients take part."


async def panel_of(there: Ranked) -> str:
    listed = (await there.office.get("/panels", params={"topic_stage_id": there.topic_stage})).json()
    return f"/panels/{listed['items'][0]['id']}"


async def asked(member: Actor, panel: str, key: Any, reason: str = WHY) -> Any:
    return await member.post(f"{panel}/full_text_requests", {"proposal_id": str(key), "reason": reason})


async def test_a_member_reads_it_once_it_was_asked_for_and_nothing_else(world: World) -> None:
    there = await ranked(world, "1.00", "1.00")
    panel, (ann, bob, _) = await panel_of(there), there.members
    wanted, other = there.proposals
    assert (await ann.get(f"/proposals/{wanted.id}")).status_code == 404
    answer = await asked(ann, panel, wanted.id)
    assert (answer.status_code, answer.json()["reason"]) == (201, WHY)

    read = await ann.get(f"/proposals/{wanted.id}")
    assert (read.status_code, read.json()["reference"]) == (200, wanted.reference)
    assert (await ann.get(f"/proposals/{other.id}")).status_code == 404
    assert (await bob.get(f"/proposals/{wanted.id}")).status_code == 404
    listed = (await ann.get("/proposals")).json()["items"]
    assert [one["id"] for one in listed] == [str(wanted.id)]


async def test_the_office_and_the_auditor_see_who_has_asked_and_why_and_other_members_do_not(
    world: World,
) -> None:
    there, auditor = await ranked(world, "1.00"), await person(world, "auditor", "auditor")
    ann, bob, _ = there.members
    made = (await asked(ann, await panel_of(there), there.proposals[0].id)).json()
    for who in (there.office, auditor, ann):
        read = await who.get(f"/full_text_requests/{made['id']}")
        assert (read.status_code, read.json()["name"], read.json()["reason"]) == (200, "ann", WHY)
        assert len((await who.get("/full_text_requests")).json()["items"]) == 1
    stranger = await person(world, "stranger")
    for who in (bob, stranger, there.proposals[0].coordinator):
        assert (await who.get(f"/full_text_requests/{made['id']}")).status_code == 404
        assert (await who.get("/full_text_requests")).json()["items"] == []
    told = (await auditor.get(f"/proposals/{there.proposals[0].id}/file")).json()["events"]
    (event,) = [one for one in told if one["entity"] == "full_text_request"]
    assert (event["actor"], event["detail"]["reason"], event["own"]) == ("ann", WHY, True)


async def test_what_is_below_a_threshold_is_answered_as_what_is_not_there(world: World) -> None:
    there = await ranked(world, "1.00", below=["1.00"])
    panel, ann = await panel_of(there), there.members[0]
    below, nowhere = await asked(ann, panel, there.proposals[1].id), await asked(ann, panel, uuid4())
    assert (below.status_code, below.json()["reasons"][0]["code"]) == (409, "not-above")
    assert below.json() | {"instance": ""} == nowhere.json() | {"instance": ""}


async def test_it_takes_a_reason_and_is_asked_for_once(world: World) -> None:
    there = await world.prepared(ranked, "1.00")
    panel, ann = await panel_of(there), there.members[0]
    assert (await asked(ann, panel, there.proposals[0].id, "  ")).status_code == 422
    assert (await asked(ann, panel, there.proposals[0].id)).status_code == 201
    again = await asked(ann, panel, there.proposals[0].id)
    assert again.status_code == 409
    assert len((await ann.get("/full_text_requests")).json()["items"]) == 1


async def test_nobody_else_asks_and_nobody_who_applies_in_the_topic(world: World) -> None:
    there = await world.prepared(ranked, "1.00")
    panel, key = await panel_of(there), there.proposals[0].id
    assert (await asked(there.members[0], panel, key)).status_code == 201
    for who, status in (
        (there.office, 403),
        (await person(world, "s"), 404),
        (there.proposals[0].coordinator, 404),
    ):
        assert (await asked(who, panel, key)).status_code == status


async def test_abstracts_stand_on_the_committees_list_and_of_those_below_nothing(world: World) -> None:
    there = await ranked(world, "1.00", below=["1.00"])
    read = (await there.members[0].get(await panel_of(there))).json()
    (place,) = read["places"]
    assert place["proposal"]["abstract"].startswith("The abstract ")
    assert read["below"] == 1


async def test_it_is_read_on_after_the_release(world: World) -> None:
    there = await world.prepared(ranked, "1.00")
    ann, key = there.members[0], there.proposals[0].id
    assert (await asked(ann, await panel_of(there), key)).status_code == 201
    await released(there)
    assert (await ann.get(f"/proposals/{key}")).status_code == 200
