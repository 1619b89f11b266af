"""What the office asks after the deadline: read by the consortium and staff alone; it improves nothing."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.calls.models import TopicStageState
from app.calls.periods import day_of, end_of, last_day
from app.calls.rule_set import named
from app.calls.rules import BRUSSELS
from app.core.clock import machine_now
from app.core.outbox import Mail
from app.due import tick
from app.proposals.information.models import InformationRequest
from app.proposals.models import Proposal, ProposalState
from tests.build import Actor, committee, person
from tests.conftest import World
from tests.consortia.build import close, give_part
from tests.evaluation.build import expert, in_evaluation, seated
from tests.proposals.build import Applied, submitted, under_check
from tests.walls import is_hidden, is_there, plain

pytestmark = pytest.mark.anyio
QUESTION = {"text": "Which of the two institutes employs the team?"}
HIDDEN = [state for state in ProposalState if state.applicants == "under_evaluation"]


async def asked(world: World) -> tuple[Actor, Applied, dict[str, Any]]:
    office = await person(world, "office", "office")
    applied = await submitted(world)
    await under_check(world)
    return office, applied, await office.make(f"{applied.path}/information_requests", QUESTION)


async def test_it_is_asked_by_mail_answered_once_and_closed_and_nothing_of_the_proposal_changes(
    world: World,
) -> None:
    office, applied, request = await world.prepared(asked)
    before = (await applied.lead.get(applied.path)).json()
    path = f"/information_requests/{request['id']}"
    rules = named("imi2")
    assert rules.information_days is not None
    last = last_day(day_of(machine_now()), rules.information_days, rules.rest)
    assert datetime.fromisoformat(request["until"]) == end_of(last)
    assert datetime.fromisoformat(request["until"]).astimezone(BRUSSELS).time() == time(23, 59, 59)
    async with world.sessions() as session:
        mail = (await session.scalars(select(Mail).where(Mail.kind == "information_request"))).one()
    assert (mail.recipient, QUESTION["text"] in mail.text) == (applied.lead.email, True)
    waiting = (await applied.lead.get("/me")).json()["waiting"]
    assert [w["id"] for w in waiting if w["entity"] == "information_request"] == [request["id"]]
    mine = await is_there(applied.lead, path)
    assert (mine["text"], {"asked_by", "outcome"} & set(mine)) == (QUESTION["text"], set())
    said = {"answer": "The first one does."}
    assert (await applied.fellows[0].post(f"{path}/answer", said)).status_code == 403
    assert (await office.post(f"{path}/answer", said)).status_code == 403
    assert (await office.post(f"{path}/close", {"outcome": "The doubt is cleared."})).status_code == 409
    assert (await applied.lead.make(f"{path}/answer", said))["state"] == "answered"
    assert (await applied.lead.post(f"{path}/answer", said)).status_code == 409
    async with world.sessions() as session:
        mail = (await session.scalars(select(Mail).where(Mail.kind == "information_answer"))).one()
    assert (mail.recipient, said["answer"] in mail.text) == (office.email, True)
    assert (await applied.lead.post(f"{path}/close", {"outcome": "The doubt is cleared."})).status_code == 403
    closed = await office.make(f"{path}/close", {"outcome": "The doubt is cleared."})
    assert (closed["state"], closed["answer"]) == ("closed", said["answer"])
    assert "outcome" not in (await applied.lead.get(path)).json()
    assert (await applied.lead.get(applied.path)).json() == before
    listed = await office.get("/information_requests", params={"proposal_id": applied.id})
    assert [item["id"] for item in listed.json()["items"]] == [request["id"]]


async def test_nobody_else_reads_it(world: World) -> None:
    topic = await in_evaluation(world, 2)
    here, rival = topic.proposals
    reviewer = await expert(topic, "reviewer")
    await seated(topic, reviewer, here)
    await close(world)
    request = await topic.office.make(f"/proposals/{here.id}/information_requests", QUESTION)
    path = f"/information_requests/{request['id']}"
    auditor = await person(world, "auditor", "auditor")
    for who in (topic.office, topic.second, auditor, here.coordinator):
        await is_there(who, path)
    assert (await reviewer.actor.get(f"/proposals/{here.id}")).status_code == 200
    _, (member,) = await committee(world, "member")
    stranger = await person(world, "stranger")
    for who in (reviewer.actor, rival.coordinator, member, *topic.members, stranger):
        await is_hidden(who, path)
        assert plain(await who.post(f"{path}/answer", {"answer": "No."}))[0] == 404
    officer = await person(world, "officer", "office")
    await is_there(officer, path)
    partners = (await rival.coordinator.get("/partners")).json()["items"]
    await give_part(world, partners[0]["id"], officer, "contributor")
    await is_hidden(officer, path)


async def test_it_lapses_after_the_last_second_of_its_last_day(world: World) -> None:
    office, applied, request = await world.prepared(asked)
    path = f"/information_requests/{request['id']}"

    async def until(at: datetime) -> None:
        async with world.sessions() as session, session.begin():
            here = update(InformationRequest).where(InformationRequest.id == UUID(request["id"]))
            await session.execute(here.values(until=at))

    await until(machine_now() - timedelta(milliseconds=1))
    await tick(world.sessions, world.settings)
    assert (await office.get(path)).json()["state"] == "asked"
    await until(machine_now() - timedelta(seconds=2))
    late = await applied.lead.post(f"{path}/answer", {"answer": "Too late."})
    assert [r["code"] for r in late.json()["reasons"]] == ["period-over"]
    await tick(world.sessions, world.settings)
    assert (await office.get(path)).json()["state"] == "lapsed"
    assert (await applied.lead.post(f"{path}/answer", {"answer": "Too late."})).status_code == 409
    closed = await office.make(f"{path}/close", {"outcome": "It stays in doubt."})
    assert closed["state"] == "closed"


async def test_a_period_ends_by_the_wall_in_brussels_across_the_change_of_the_clocks() -> None:
    rules = named("imi2")
    assert rules.information_days is not None
    asked_at = datetime(2026, 3, 24, 22, 30, tzinfo=UTC)  # 24 March there, an hour before the next day
    last = last_day(day_of(asked_at), rules.information_days, rules.rest)
    assert (last.isoformat(), end_of(last).isoformat()) == ("2026-03-31", "2026-03-31T21:59:59+00:00")
    late = datetime(2026, 3, 24, 23, 30, tzinfo=UTC)
    assert last_day(day_of(late), rules.information_days, rules.rest).isoformat() == "2026-04-01"


async def test_an_answer_is_taken_alike_whatever_was_found_meanwhile(world: World) -> None:
    told: list[tuple[int, dict[str, Any]]] = []
    for state in HIDDEN:
        topic = await in_evaluation(world)
        (here,) = topic.proposals
        await close(world)
        request = await topic.office.make(f"/proposals/{here.id}/information_requests", QUESTION)
        async with world.sessions() as session, session.begin():
            await session.execute(update(Proposal).where(Proposal.id == UUID(here.id)).values(state=state))
        answer = await here.coordinator.post(
            f"/information_requests/{request['id']}/answer", {"answer": "The first one does."}
        )
        own = ("id", "proposal_id", "until", "answered_at")
        told.append((answer.status_code, {k: v for k, v in answer.json().items() if k not in own}))
    assert (told[0][0], [one for one in told if one != told[0]]) == (200, [])


async def test_it_is_asked_after_the_deadline_by_the_office_while_the_proposal_goes_on(world: World) -> None:
    office = await person(world, "office", "office")
    applied = await submitted(world)
    path = f"{applied.path}/information_requests"
    early = await office.post(path, QUESTION)
    assert [r["code"] for r in early.json()["reasons"]] == ["not-closed"]
    await close(world, TopicStageState.CHECKING)
    assert (await applied.lead.post(path, QUESTION)).status_code == 403
    assert (await office.post(path, {"text": "What?"})).status_code == 422
    assert (await (await person(world, "stranger")).post(path, QUESTION)).status_code == 404
    offered = {a["name"] for a in (await office.get(applied.path)).json()["actions"]}
    assert "ask" in offered
    assert "ask" not in {a["name"] for a in (await applied.lead.get(applied.path)).json()["actions"]}
    await applied.lead.make(f"{applied.path}/request_withdrawal", {"text": "We give it up."})
    refused = await office.post(path, QUESTION)
    assert [r["code"] for r in refused.json()["reasons"]] == ["not-in-the-process"]
