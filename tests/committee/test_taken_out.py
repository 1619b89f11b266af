"""Whoever is taken out of a vote on a list reads nothing of it until the release; votes are named to few."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from app.calls.models import TopicStage, TopicStageState
from tests.build import Actor, person
from tests.committee.build import WHY, say
from tests.committee.test_walls import panel_of
from tests.conftest import World
from tests.decisions.build import Ranked, motion_on, ranked, release, summarised
from tests.decisions.two_stages import two_stages
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio


async def taken_out(world: World, by: str) -> tuple[Ranked, str, Actor, list[str]]:
    """A vote on a list that its last member has left; and all that there is to read of the list."""
    there = await ranked(world, "30000000.00", "20000000.00", names=("ann", "bob", "cas", "dan"))
    summaries = await summarised(world, there)
    motion = f"/motions/{(await motion_on(there))['id']}"
    await there.office.make(f"{motion}/put_to_vote")
    dan = there.members[3]
    paths = [motion, await panel_of(world, there), *(f"/summaries/{key}" for key in summaries)]
    for path in paths:
        await is_there(dan, path)
    await say(motion, [dan], "no")
    if by == "declare_interest":
        answer = await dan.post(f"{motion}/declare_interest", WHY)
        assert answer.status_code == 204  # the act has taken it out of sight
    else:
        out = {"account_id": str(dan.id), **WHY}
        assert (await there.office.post(f"{motion}/recuse_member", out)).status_code == 202
        await there.second.make(f"{motion}/recuse_member", out)
    return there, motion, dan, paths


async def adopted(there: Ranked, motion: str) -> str:
    await say(motion, there.members[:3])
    await there.office.make(f"{motion}/adopt")
    listed = (await there.office.get("/decisions", params={"topic_stage_id": there.topic_stage})).json()
    return f"/decisions/{listed['items'][0]['id']}"


@pytest.mark.parametrize("by", ["declare_interest", "recuse_member"])
async def test_whoever_is_taken_out_reads_nothing_of_the_list_until_the_release(
    world: World, by: str
) -> None:
    there, motion, dan, paths = await taken_out(world, by)
    decision = await adopted(there, motion)
    for path in (*paths, decision):
        await is_there(there.members[0], path)
        await is_hidden(dan, path)
    session = (await there.office.get(motion)).json()["session_id"]
    assert (await is_there(dan, f"/sessions/{session}"))["agenda"] == []
    assert (await dan.get("/me")).json()["waiting"] == []
    for act, sent in (("vote", {"choice": "yes"}), ("declare_interest", WHY)):
        assert (await dan.post(f"{motion}/{act}", sent)).status_code == 404
    await release(there.office, there.second, decision.rpartition("/")[2])
    for path in (*paths, decision):
        await is_there(dan, path)
    told = await is_there(dan, motion)
    assert "ballots" not in told  # of that vote, never
    assert "ballots" in await is_there(there.members[0], motion)


async def test_whoever_was_taken_out_counts_nowhere_in_the_next_vote_on_the_list(world: World) -> None:
    there, motion, dan, _ = await taken_out(world, "declare_interest")
    await say(motion, there.members[:3], "no")
    await there.office.make(f"{motion}/reject")
    again = f"/motions/{(await motion_on(there))['id']}"
    await there.office.make(f"{again}/put_to_vote")
    found = {b["account_id"]: b["recused"] for b in (await is_there(there.office, again))["ballots"]}
    assert [key for key, recused in found.items() if recused] == [str(dan.id)]
    await is_hidden(dan, again)


async def test_of_two_stages_whoever_is_taken_out_stays_so_until_the_results_of_the_second(
    world: World,
) -> None:
    stages = await two_stages(world, "1000000.00", "2000000.00")
    there = stages.ranked
    motion, panel = f"/motions/{(await motion_on(there))['id']}", await panel_of(world, there)
    await there.office.make(f"{motion}/put_to_vote")
    cas = there.members[2]
    await is_there(cas, panel)
    await cas.post(f"{motion}/declare_interest", WHY)
    await say(motion, there.members[:2])
    await there.office.make(f"{motion}/adopt")
    listed = (await there.office.get("/decisions", params={"topic_stage_id": there.topic_stage})).json()
    decision = f"/decisions/{listed['items'][0]['id']}"
    await release(there.office, there.second, listed["items"][0]["id"])
    for path in (motion, panel, decision):
        await is_there(there.members[0], path)
        await is_hidden(cas, path)
    async with world.sessions() as session, session.begin():
        second = update(TopicStage).where(TopicStage.id == UUID(stages.second_stage))
        await session.execute(second.values(state=TopicStageState.RELEASED))
    for path in (motion, panel, decision):
        await is_there(cas, path)


async def test_another_list_is_still_there_for_whoever_was_taken_out_of_one(world: World) -> None:
    await taken_out(world, "declare_interest")
    other = await ranked(world, "30000000.00")
    motion = f"/motions/{(await motion_on(other))['id']}"
    for path in (motion, await panel_of(world, other)):
        await is_there(other.members[2], path)


@pytest.mark.parametrize("reader", ["office", "second", "auditor", "member", "stranger", "admin"])
async def test_votes_are_named_to_the_body_its_secretary_and_the_auditor(world: World, reader: str) -> None:
    there = await world.prepared(ranked, "30000000.00")
    motion = f"/motions/{(await motion_on(there))['id']}"
    await there.office.make(f"{motion}/put_to_vote")
    await say(motion, there.members)
    people: dict[str, Any] = {"office": there.office, "second": there.second, "member": there.members[2]}
    who = people.get(reader) or await person(world, reader, *({reader} & {"auditor", "admin"}))
    if reader in ("stranger", "admin"):
        await is_hidden(who, motion)
        return
    found = (await is_there(who, motion))["ballots"]
    assert [ballot["choice"] for ballot in found] == ["yes"] * 3
