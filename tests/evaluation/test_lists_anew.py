"""A closed list is made anew: for which faults, by whom, what becomes of the old one and of votes on it."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.calls.models import TopicStage, TopicStageState
from app.committee.models import Mandate
from app.core.clock import machine_now
from app.evaluation.panel.models import FallenReport
from app.experts.models import Assignment
from tests.build import Actor
from tests.conftest import World
from tests.evaluation.build import Topic, evaluated, expert, reported, seated
from tests.experts.test_experts import codes

pytestmark = pytest.mark.anyio
CONFLICT = {"fault": "late_conflict", "text": "An employer came to light."}
FOUND = {"situation": "D4", "text": "A register of companies."}


async def closed(world: World, *scores: tuple[str, ...]) -> tuple[Topic, str]:
    """A topic whose panel has closed its list; the path of the panel."""
    topic = await evaluated(world, *(scores or (("4", "4", "4"), ("3", "3", "4"))))
    panel = await topic.office.make(f"/topic_stages/{topic.topic_stage}/panels")
    await topic.office.make(f"/panels/{panel['id']}/rank")
    await topic.office.make(f"/panels/{panel['id']}/close")
    return topic, f"/panels/{panel['id']}"


async def reopened(topic: Topic, panel: str) -> dict[str, Any]:
    assert (await topic.office.post(f"{panel}/reopen", CONFLICT)).status_code == 202
    return await topic.second.make(f"{panel}/reopen", CONFLICT)


async def put_to_vote(topic: Topic, *, vote: bool = True) -> str:
    """A motion on the list; the path."""
    async with topic.world.sessions() as session:
        seat = select(Mandate.body_id).where(Mandate.account_id == topic.members[0].id)
        body = (await session.scalars(seat)).one()
    held = {"title": "Session", "held_at": machine_now().isoformat()}
    meeting = f"/sessions/{(await topic.office.make(f'/bodies/{body}/sessions', held))['id']}"
    await topic.office.make(f"{meeting}/open")
    asked = {"purpose": "adopt_list", "subject_id": topic.topic_stage, "text": "Adopt it."}
    motion = f"/motions/{(await topic.office.make(f'{meeting}/motions', asked))['id']}"
    if vote:
        await topic.office.make(f"{motion}/put_to_vote")
    return motion


async def state(who: Actor, path: str) -> str:
    return str((await who.get(path)).json()["state"])


async def test_two_officers_reopen_and_the_old_list_is_kept_with_its_digest(world: World) -> None:
    topic, panel = await world.prepared(closed)
    old = (await topic.office.get(panel)).json()
    ann = topic.members[0]
    assert (await ann.get(panel)).status_code == 200
    assert (await topic.office.post(f"{panel}/reopen", CONFLICT)).status_code == 202
    assert codes(await topic.office.post(f"{panel}/reopen", CONFLICT)) == ["second-officer"]
    assert await state(topic.office, panel) == "closed"
    now = await topic.second.make(f"{panel}/reopen", CONFLICT)
    assert (now["state"], now["digest"], now["closed_at"]) == ("open", None, None)
    (kept,) = now["lists"]
    assert (kept["number"], kept["digest"], kept["fault"]) == (1, old["digest"], "late_conflict")
    assert kept["reopened_for"] == CONFLICT["text"]
    assert [(p["reference"], p["rank"], p["total"]) for p in kept["places"]] == [
        (p["proposal"]["reference"], p["rank"], p["total"]) for p in old["places"]
    ]
    assert await state(topic.office, f"/topic_stages/{topic.topic_stage}") == "evaluation"
    assert (await ann.get(panel)).status_code == 404

    await topic.office.make(f"{panel}/rank")
    new = await topic.office.make(f"{panel}/close")
    assert [one["number"] for one in new["lists"]] == [1, 2]
    assert new["digest"] == new["lists"][1]["digest"] != old["digest"]
    assert new["lists"][0] == kept
    assert new["lists"][1]["reopened_at"] is None
    assert [one["number"] for one in (await ann.get(panel)).json()["lists"]] == [1, 2]


async def test_the_committee_reads_of_an_old_list_what_it_read_of_it_then(world: World) -> None:
    topic, panel = await closed(world, ("4", "4", "4"), ("2", "2", "2"))
    await reopened(topic, panel)
    await topic.office.make(f"{panel}/rank")
    full = await topic.office.make(f"{panel}/close")
    below = topic.proposals[1].reference
    assert [len(one["places"]) for one in full["lists"]] == [2, 2]
    read = await topic.members[0].get(panel)
    assert [len(one["places"]) for one in read.json()["lists"]] == [1, 1]
    assert below not in read.text
    assert "partings" not in read.json()
    assert "fallen" not in read.json()


@pytest.mark.parametrize(
    "body",
    [
        {"fault": "late_conflict", "text": " "},
        {"fault": "late_conflict"},
        {"text": "No fault."},
        {"fault": "Late!", "text": "No code."},
    ],
)
async def test_reopening_without_a_reason_is_malformed(world: World, body: Any) -> None:
    topic, panel = await world.prepared(closed)
    assert (await topic.office.post(f"{panel}/reopen", body)).status_code == 422


async def test_two_officers_name_a_fault_of_theirs_alone(world: World) -> None:
    topic, panel = await world.prepared(closed)
    theirs = {"fault": "unequal_treatment", "text": "One was heard, the other was not."}
    assert codes(await topic.office.post(f"{panel}/reopen", theirs)) == ["no-such-fault"]
    assert codes(await topic.office.post(f"{panel}/reopen", theirs | {"fault": "bad_mood"})) == [
        "no-such-fault"
    ]
    assert await state(topic.office, panel) == "closed"


@pytest.mark.parametrize("voting", [False, True])
async def test_a_motion_on_the_old_list_falls_and_the_next_list_needs_its_own(
    world: World, voting: bool
) -> None:
    topic, panel = await world.prepared(closed)
    motion = await put_to_vote(topic, vote=voting)
    await reopened(topic, panel)
    read = (await topic.office.get(motion)).json()
    assert (read["state"], read["outcome_reason"]) == ("adjourned", "The panel has taken its list back.")
    await topic.office.make(f"{panel}/rank")
    await topic.office.make(f"{panel}/close")
    if voting:
        assert (await topic.members[0].post(f"{motion}/vote", {"choice": "yes"})).status_code == 409
    again = await put_to_vote(topic)
    for member in topic.members:
        await member.make(f"{again}/vote", {"choice": "yes"})
    await topic.office.make(f"{again}/adopt")
    (decision,) = (await topic.office.get("/decisions")).json()["items"]
    read = (await topic.office.get(f"/decisions/{decision['id']}")).json()
    assert read["list_digest"] == (await topic.office.get(panel)).json()["lists"][1]["digest"]


@pytest.mark.parametrize("far", [TopicStageState.DECIDED, TopicStageState.RELEASED])
async def test_what_is_decided_or_released_is_not_reopened(world: World, far: TopicStageState) -> None:
    topic, panel = await world.prepared(closed)
    async with world.sessions() as session, session.begin():
        (await session.get_one(TopicStage, UUID(topic.topic_stage))).state = far
    assert codes(await topic.office.post(f"{panel}/reopen", CONFLICT)) == ["decided"]


async def test_a_late_conflict_is_noted_and_its_report_counts_no_more_once_the_list_is_reopened(
    world: World,
) -> None:
    topic, panel = await world.prepared(closed)
    first, second = topic.proposals
    async with world.sessions() as session:
        held = select(Assignment.id).where(Assignment.proposal_id == UUID(first.id))
        gone, stays, _ = (str(key) for key in await session.scalars(held.order_by(Assignment.label)))
    await topic.office.make(f"/assignments/{gone}/conflicts", FOUND)
    (fell,) = (await topic.office.get(panel)).json()["fallen"]
    assert (fell["proposal_id"], fell["taken_up"]) == (first.id, False)
    assert await state(topic.office, panel) == "closed"

    now = await reopened(topic, panel)
    assert now["fallen"][0]["taken_up"] is True
    assert [await state(topic.office, f"/proposals/{one.id}") for one in (first, second)] == [
        "in_evaluation", "evaluated",
    ]  # fmt: skip
    assert codes(await topic.office.post(f"{panel}/rank")) == ["no-consensus"]
    another = await expert(topic, "dan")
    await reported(another, await seated(topic, another, first))
    opened = {"rapporteur_id": stays}
    consensus = await topic.office.make(f"/proposals/{first.id}/consensus_reports", opened)
    assert consensus["state"] == "drafting"
    async with world.sessions() as session:
        assert (await session.scalars(select(FallenReport.taken_up))).all() == [True]


async def test_only_the_office_reopens(world: World) -> None:
    topic, panel = await world.prepared(closed)
    assert (await topic.members[0].post(f"{panel}/reopen", CONFLICT)).status_code == 403
    assert (await topic.proposals[0].coordinator.post(f"{panel}/reopen", CONFLICT)).status_code == 404
