"""Summary reports go out with the outcome, once nothing in them may tell who evaluated (V-21, V-23)."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from app.calls.models import Call, CallState, Stage, TopicStage
from app.core.clock import machine_now
from app.core.outbox import Mail
from app.due import tick
from app.evaluation.summary.invariants import INVARIANTS
from app.evaluation.summary.models import SummaryState
from tests.build import Actor, vote
from tests.conftest import World
from tests.decisions.build import Ranked, decided, ranked, release_by, released, summarised
from tests.decisions.two_stages import TwoStages, two_stages
from tests.evaluation.test_summaries import all_of, telling

pytestmark = pytest.mark.anyio
THREE = ("5000000.00", "6000000.00", "7000000.00")
READY = "The evaluation summary report of your proposal"


async def letters(world: World, to: Actor) -> str:
    async with world.sessions() as session:
        wanted = select(Mail.text).where(Mail.recipient == to.email).order_by(Mail.written_at)
        return "\n".join(await session.scalars(wanted))


async def states(there: Ranked) -> list[str]:
    """Of the reports, in the order of the proposals, as the office reads them."""
    found = (await there.office.get("/summaries", params={"topic_stage_id": there.topic_stage})).json()[
        "items"
    ]
    known = {one["proposal_id"]: one["state"] for one in found}
    return [known[str(one.id)] for one in there.proposals]


async def reads(there: Ranked) -> list[int]:
    """How many reports each coordinator is shown."""
    return [len(await all_of(one.coordinator)) for one in there.proposals]


async def test_nothing_is_released_while_a_report_may_tell_who_evaluated(world: World) -> None:
    topic, panel = await telling(world, "Ivo Malmström saw it.")
    async with world.sessions() as session, session.begin():
        await session.execute(update(Call).where(Call.id == UUID(topic.call)).values(state=CallState.RUNNING))
    made = {"topic_stage": {"id": topic.topic_stage}}
    assert topic.body is not None
    there = Ranked(topic.office, topic.second, topic.body, topic.members, made, [])
    decision = await decided(there)
    told = "1 summary reports of the list may tell who evaluated; settle what was found in them."
    refused = (await release_by(topic.office, decision["id"])).json()["reasons"]
    assert [(r["code"], r["text"], r["who"]) for r in refused] == [("summaries-held", told, "office")]
    held, weak = await all_of(topic.office, panel_id=panel)
    body = {"finding": 1, "reason": "It names an expert."}
    await topic.office.make(f"/summaries/{held['id']}/redact_finding", body)
    first, second = (one.coordinator for one in topic.proposals)
    assert [await all_of(first), await all_of(second)] == [[], []]
    assert (await release_by(topic.office, decision["id"])).status_code == 202
    assert [await all_of(first), await all_of(second)] == [[], []]
    assert (await release_by(topic.second, decision["id"])).status_code == 200
    (mine,), (theirs,) = await all_of(first), await all_of(second)
    assert (mine["id"], theirs["id"]) == (held["id"], weak["id"])
    assert set(mine) == {"id", "state", "actions", "proposal_id", "digest", "content"}
    assert (mine["actions"], mine["content"]["criteria"][0]["strengths"]) == ([], ["[name removed] saw it."])
    read = await first.get(f"/summaries/{held['id']}/pdf")
    assert (read.status_code, read.content[:5]) == (200, b"%PDF-")
    for hidden in (f"/summaries/{weak['id']}", f"/summaries/{weak['id']}/pdf", f"/panels/{panel}/prints"):
        assert (await first.get(hidden)).status_code == 404
    assert [READY in await letters(world, who) for who in (first, second)] == [True, True]
    async with world.sessions() as session:
        assert [list(await session.scalars(text(one.broken_by))) for one in INVARIANTS] == [[], []]


async def first_stage(world: World) -> TwoStages:
    """Three short proposals above the thresholds, one below, each with its report; one goes on."""
    there = await two_stages(world, *THREE, below=("8000000.00",))
    await summarised(world, there.ranked)
    await released(there.ranked)
    return there


async def test_v23_who_goes_on_reads_no_scores_and_who_waits_not_before_the_end(world: World) -> None:
    there = await world.prepared(first_stage)
    assert await states(there.ranked) == ["withheld", "cleared", "cleared", "released"]
    assert await reads(there.ranked) == [0, 0, 0, 1]
    chosen, *_, weak = there.ranked.proposals
    assert [READY in await letters(world, one.coordinator) for one in (chosen, weak)] == [False, True]
    shown = await all_of(there.ranked.members[0])
    assert sorted(one["proposal_id"] for one in shown) == sorted(
        str(p.id) for p in there.ranked.proposals[:3]
    )
    key = (await there.invitation())["id"]
    await chosen.coordinator.make(f"/invitations/{key}/decline", {"reason": "No."})
    asked = (there.office, there.ranked.body, there.ranked.members, "invite_next", there.ranked.topic_stage)
    await vote(*asked)
    assert await states(there.ranked) == ["withheld", "withheld", "cleared", "released"]
    async with world.sessions() as session, session.begin():
        stage = select(TopicStage.stage_id).where(TopicStage.id == UUID(there.second_stage)).scalar_subquery()
        past = machine_now() - timedelta(minutes=30)
        dates = {"closes_at": past, "opens_at": past - timedelta(days=30)}
        await session.execute(update(Stage).where(Stage.id == stage).values(**dates))
    await tick(world.sessions, world.settings)
    assert await states(there.ranked) == ["withheld", "withheld", "released", "released"]
    assert await reads(there.ranked) == [0, 0, 1, 1]
    assert READY in await letters(world, there.ranked.proposals[2].coordinator)


async def test_who_leaves_the_reserve_list_is_told_nothing_of_it_at_the_end(world: World) -> None:
    there = await world.prepared(first_stage)
    _, gone, waits, _ = there.ranked.proposals
    why = {"text": "We have other money."}
    await gone.coordinator.make(f"/proposals/{gone.id}/request_withdrawal", why)
    assert await states(there.ranked) == ["withheld", "voided", "cleared", "released"]
    assert await reads(there.ranked) == [0, 0, 0, 1]
    shown = [one["proposal_id"] for one in await all_of(there.ranked.members[0])]
    assert sorted(shown) == sorted(str(one.id) for one in (there.ranked.proposals[0], waits))


async def test_what_has_left_before_its_outcome_has_no_report(world: World) -> None:
    there = await ranked(world, "1.00", "1.00")
    await summarised(world, there)
    async with world.sessions() as session, session.begin():
        over = {"opens_at": machine_now() - timedelta(days=9), "closes_at": machine_now() - timedelta(days=1)}
        await session.execute(update(Stage).where(Stage.id == UUID(there.made["stage"]["id"])).values(**over))
    gone, why = there.proposals[0], {"text": "We have other money."}
    await gone.coordinator.make(f"/proposals/{gone.id}/request_withdrawal", why)
    await released(there)
    assert (await states(there), await reads(there)) == (["voided", "released"], [0, 1])


async def test_of_a_call_that_is_cancelled_nothing_is_told(world: World) -> None:
    there = await ranked(world, "1.00", by_vote=True)
    await summarised(world, there, SummaryState.HELD)
    await vote(there.office, there.body, there.members, "cancel_call", str(there.made["call"]["id"]))
    assert (await states(there), await reads(there)) == (["voided"], [0])
