"""A deadline that moves: before it has passed, and after it while nobody has looked (C-01, C-02)."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from app.calls.models import Call, CallState, Stage, StageState, TopicStage, TopicStageState
from app.core.clock import machine_now
from app.due import tick
from app.experts.models import Assignment, AssignmentState
from app.proposals.models import Proposal, ProposalState
from tests.build import Actor, fresh, person
from tests.calls.living import DAY, acts_on, closed, closes, codes, later, wall
from tests.conftest import World
from tests.consortia.build import give_part, open_stage
from tests.evaluation.build import expert, in_evaluation, invited
from tests.proposals.build import Applied, complete, started, submitted

pytestmark = pytest.mark.anyio


async def stage_of(office: Actor, topic_stage: str) -> str:
    return str((await office.get(f"/topic_stages/{topic_stage}")).json()["stage_id"])


async def extend(office: Actor, topic_stage: str, deadline: str | None = None) -> Any:
    stage = await stage_of(office, topic_stage)
    body = {"deadline": deadline or later(), "reason": "A strike at the carriers."}
    return await office.post(f"/stages/{stage}/extend", body)


async def amendments(world: World) -> list[dict[str, Any]]:
    """As anybody reads them who has no account."""
    async with world.client() as anyone:
        listed = (await anyone.get("/v1/amendments?sort=number")).json()["items"]
        return [(await anyone.get(f"/v1/amendments/{item['id']}")).json() for item in listed]


async def test_an_extension_is_published_with_its_reason_and_both_dates(world: World) -> None:
    office, part = await person(world, "office", "office"), await open_stage(world)
    assert await amendments(world) == []
    before = (await office.get(f"/stages/{await stage_of(office, part)}")).json()
    for number, days in enumerate((40, 50), 1):
        answer = await extend(office, part, later(days))
        assert answer.status_code == 200, answer.text
        told = (await amendments(world))[-1]
        assert (told["number"], told["kind"]) == (number, "extension")
        assert told["reason"] == "A strike at the carriers."
        assert (told["old_deadline"], told["new_deadline"]) == (
            before["closes_at"],
            answer.json()["closes_at"],
        )
        before = answer.json()


@pytest.mark.parametrize(("days", "code"), [(30, "not-later"), (1, "not-later")])
async def test_a_deadline_never_moves_earlier_nor_stays(world: World, days: int, code: str) -> None:
    office, part = await person(world, "office", "office"), await open_stage(world)
    at = machine_now().replace(second=0, microsecond=0) + 30 * DAY
    await closes(world, part, at)
    assert codes(await extend(office, part, wall(at - (30 - days) * DAY))) == [code]
    assert await amendments(world) == []


async def test_thirty_minutes_after_the_deadline_it_works_and_drafts_are_drafts_again(world: World) -> None:
    office, part = await person(world, "office", "office"), await open_stage(world)
    handed, draft = await submitted(world, part), await started(world, part)
    await closed(world, part)
    assert (await office.get(f"/topic_stages/{part}")).json()["state"] == "checking"
    assert codes(await handed.lead.post(f"{handed.path}/submit")) == ["deadline-passed"]
    assert (await extend(office, part)).status_code == 200
    assert (await office.get(f"/topic_stages/{part}")).json()["state"] == "scheduled"
    assert (await acts_on(world, part))[-2:] == ["start_checks", "reopen"]
    await complete(draft)
    await draft.lead.make(f"{draft.path}/submit")
    version = (await handed.lead.get(handed.path)).json()["version"]
    changed = await handed.lead.patch(handed.path, {"title": "Another title"}, version)
    assert changed.status_code == 200, changed.text
    again = await handed.lead.make(f"{handed.path}/submit")
    assert again["sealed"] == 2
    assert len(await amendments(world)) == 1


async def test_the_checks_wait_again_for_the_longest_request(world: World) -> None:
    office, part = await person(world, "office", "office"), await open_stage(world)
    await closed(world, part)
    assert (await extend(office, part)).status_code == 200
    longest = timedelta(seconds=world.settings.longest_request_seconds + 1)
    for ago, state in ((longest - timedelta(seconds=10), "scheduled"), (longest, "checking")):
        await closed(world, part, ago)
        assert (await office.get(f"/topic_stages/{part}")).json()["state"] == state


async def test_a_deadline_that_has_passed_already_is_none(world: World) -> None:
    office, part = await person(world, "office", "office"), await open_stage(world)
    await closed(world, part, timedelta(hours=2))
    assert codes(await extend(office, part, wall(machine_now() - timedelta(hours=1)))) == ["deadline-passed"]
    assert (await office.get(f"/topic_stages/{part}")).json()["state"] == "checking"


async def test_it_is_refused_once_a_check_is_on_record(world: World) -> None:
    office, part = await person(world, "office", "office"), await open_stage(world)
    handed = await submitted(world, part)
    await closed(world, part)
    await office.make(f"{handed.path}/check")
    assert codes(await extend(office, part)) == ["check-recorded"]
    assert (await office.get(f"/topic_stages/{part}")).json()["state"] == "checking"


async def test_it_is_refused_once_the_evaluation_has_begun(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    await closes(world, topic.topic_stage, machine_now() - timedelta(minutes=30))
    offered = (await topic.office.get(f"/stages/{await stage_of(topic.office, topic.topic_stage)}")).json()
    (action,) = [action for action in offered["actions"] if action["name"] == "extend"]
    assert [reason["code"] for reason in action["blocked_by"]] == ["evaluation-begun"]
    assert codes(await extend(topic.office, topic.topic_stage)) == ["evaluation-begun"]


@pytest.mark.parametrize("state", [AssignmentState.PROPOSED, AssignmentState.INVITED])
async def test_it_is_refused_while_an_expert_has_access(world: World, state: AssignmentState) -> None:
    """Even if the topic stood still: what an expert may have opened is replaced by nobody."""
    topic = await world.prepared(in_evaluation)
    seat = await invited(topic, await expert(topic), topic.proposals[0])
    await closes(world, topic.topic_stage, machine_now() - timedelta(minutes=30))
    async with world.sessions() as session, session.begin():
        here = update(TopicStage).where(TopicStage.id == UUID(topic.topic_stage))
        await session.execute(here.values(state=TopicStageState.CHECKING))
        await session.execute(update(Proposal).values(state=ProposalState.SUBMITTED))
        await session.execute(update(Assignment).where(Assignment.id == UUID(seat)).values(state=state))
    answer = await extend(topic.office, topic.topic_stage)
    if state == AssignmentState.PROPOSED:
        assert answer.status_code == 200
    else:
        assert codes(answer) == ["expert-has-access"]


async def test_an_officer_who_applies_moves_no_deadline_and_learns_nothing(world: World) -> None:
    office, part = await person(world, "office", "office"), await open_stage(world)
    handed = await submitted(world, part)
    partner = (await handed.lead.get(f"/consortia/{handed.consortium['id']}")).json()["partners"][0]["id"]
    both = await person(world, "both", "office")
    assert (await extend(both, part, later(40))).status_code == 200
    await give_part(world, partner, both, "contributor")
    answers = []
    for check in (False, True):
        await closed(world, part)
        if check:
            await office.make(f"{handed.path}/check")
        answer = await extend(both, part)
        answers.append((answer.status_code, answer.json()["detail"]))
        offered = (await both.get(f"/stages/{await stage_of(both, part)}")).json()["actions"]
        assert "extend" not in [action["name"] for action in offered]
    assert answers[0] == answers[1]
    assert answers[0][0] == 403
    assert (await office.get(f"/topic_stages/{part}")).json()["state"] == "checking"


async def test_a_check_and_an_extension_at_once_are_never_both_done(live: World) -> None:
    for _ in range(3):
        office, part = await person(live, "office", "office"), await open_stage(live)
        handed: Applied = await submitted(live, part)
        await closed(live, part)
        check, moved = await asyncio.gather(office.post(f"{handed.path}/check"), extend(office, part))
        assert sorted((check.status_code, moved.status_code)) == [200, 409], (check.text, moved.text)


async def test_the_clock_and_an_extension_at_once_leave_the_stage_open(live: World) -> None:
    for _ in range(3):
        office, part = await person(live, "office", "office"), await open_stage(live)
        await closes(live, part, machine_now() - timedelta(minutes=30))
        _, moved = await asyncio.gather(tick(live.sessions, live.settings), extend(office, part))
        assert moved.status_code == 200, moved.text
        async with live.sessions() as session:
            state = await session.scalar(select(TopicStage.state).where(TopicStage.id == UUID(part)))
        assert state == TopicStageState.SCHEDULED


async def test_nobody_else_moves_a_deadline(world: World) -> None:
    part = await open_stage(world)
    office = await person(world, "office", "office")
    stage = await stage_of(office, part)
    stranger = await person(world, "stranger", "auditor")
    body = {"deadline": later(), "reason": "Why not."}
    assert (await stranger.post(f"/stages/{stage}/extend", body)).status_code == 403
    assert (await stranger.post(f"/stages/{uuid4()}/extend", body)).status_code == 404


async def test_the_evaluation_and_an_extension_at_once_are_never_both_begun(live: World) -> None:
    for _ in range(3):
        office, part = await person(live, "office", "office"), await open_stage(live)
        await closed(live, part)
        begun, moved = await asyncio.gather(
            office.post(f"/topic_stages/{part}/begin_evaluation"), extend(office, part)
        )
        assert sorted((begun.status_code, moved.status_code)) == [200, 409], (begun.text, moved.text)
        state = (await office.get(f"/topic_stages/{part}")).json()["state"]
        assert state == ("scheduled" if moved.status_code == 200 else "evaluation")


@pytest.mark.parametrize("state", [CallState.PREPARING, CallState.ADOPTED, CallState.COMPLETED])
async def test_only_a_published_call_is_extended(world: World, state: CallState) -> None:
    office, part = await person(world, "office", "office"), await open_stage(world)
    async with world.sessions() as session, session.begin():
        await session.execute(update(Call).values(state=state))
    assert codes(await extend(office, part, later(40))) == ["call-not-published"]


async def test_a_deadline_moves_up_to_the_next_stage_and_no_further(world: World) -> None:
    office, part = await person(world, "office", "office"), await open_stage(world)
    stage = UUID(await stage_of(office, part))
    opens = machine_now().replace(second=0, microsecond=0) + 50 * DAY
    async with world.sessions() as session, session.begin():
        call = (await session.get_one(Stage, stage)).call_id
        second = fresh(Stage, StageState.SCHEDULED, call_id=call, number=2, deadline=wall(opens + DAY))
        second.opens_at, second.closes_at = opens, opens + DAY
        session.add(second)
    one_more = wall(opens + timedelta(minutes=1))
    assert codes(await extend(office, part, one_more)) == ["stages-overlap"]
    for touches, code in ((["scope"], "stages-overlap"), ([], "deadline-not-asked")):
        body = {"text": "More time.", "touches": touches, "deadline": one_more}
        assert codes(await office.post(f"/calls/{call}/amendments", body)) == [code]
    assert (await extend(office, part, wall(opens))).status_code == 200
    body = {"text": "More time.", "touches": ["scope"], "deadline": one_more}
    refused = await office.post(f"/calls/{call}/amendments", body)
    assert codes(refused) == ["too-soon", "stages-overlap"]
