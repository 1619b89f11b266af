"""Leaving after the deadline: found ineligible late, withdrawn by a request."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from app.calls.models import TopicStage, TopicStageState
from app.calls.rules import LAST_SECOND
from app.core.clock import machine_now
from app.core.outbox import Mail
from app.experts.models import Assignment, AssignmentState
from app.grants.models import Grant, GrantState
from app.proposals.models import Proposal, ProposalState
from tests.build import LONG_AGO, Actor, fresh, person
from tests.conftest import World
from tests.consortia.build import close
from tests.decisions.build import decided, ranked, release
from tests.decisions.test_findings import letters
from tests.evaluation.build import expert, in_evaluation, invited, seated
from tests.proposals.build import submitted, under_check

pytestmark = pytest.mark.anyio
HIDDEN = [state for state in ProposalState if state.applicants == "under_evaluation"]
LATE = {"rule": "E-01", "text": "It is about something else altogether."}
ASKED = {"text": "We cannot carry it out any more."}


async def stands(world: World, proposal: str, state: ProposalState) -> None:
    async with world.sessions() as session, session.begin():
        here = update(Proposal).where(Proposal.id == UUID(proposal))
        await session.execute(here.values(state=state))


async def told(world: World, kind: str) -> list[str]:
    async with world.sessions() as session:
        return list(await session.scalars(select(Mail.recipient).where(Mail.kind == kind)))


async def both(one: Actor, other: Actor, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Two officers do it."""
    asked = await one.post(path, body)
    assert asked.status_code == 202, asked.text
    return await other.make(path, body)


async def test_found_ineligible_in_evaluation_its_experts_are_free_and_told_once(world: World) -> None:
    topic = await world.prepared(in_evaluation, 2)
    gone, stays = topic.proposals
    one, other = await expert(topic, "one"), await expert(topic, "other")
    await seated(topic, one, gone)
    await invited(topic, other, gone)
    await seated(topic, one, stays)
    assert (await one.actor.get(f"/proposals/{gone.id}")).status_code == 200
    before = await all_read(gone.coordinator, gone.id)
    done = await both(topic.office, topic.second, f"/proposals/{gone.id}/find_ineligible", LATE)
    assert (done["state"], done["finding"], done["reason"]) == ("ineligible", LATE, "INELIGIBLE")
    (check,) = done["checks"]
    assert (check["rule"], check["passed"], check["inputs"]) == ("E-01", False, {"found_by": "officers"})
    assert check["confirmed_by"] == [str(topic.office.id), str(topic.second.id)]
    assert (await one.actor.get(f"/proposals/{gone.id}")).status_code == 404
    assert (await one.actor.get(f"/proposals/{stays.id}")).status_code == 200
    assert sorted(await told(world, "evaluation_ended")) == sorted([one.actor.email, other.actor.email])
    async with world.sessions() as session:
        states = select(Assignment.state).where(Assignment.proposal_id == UUID(gone.id))
        assert set(await session.scalars(states)) == {AssignmentState.RELEASED}
        text = await session.scalar(select(Mail.text).where(Mail.kind == "evaluation_ended").limit(1))
        assert text is not None
        assert "ineligible" not in text
    assert await all_read(gone.coordinator, gone.id) == before
    assert await told(world, "outcome") == []


async def all_read(who: Actor, key: str) -> list[Any]:
    """Read, list, every filter and refusal, without what differs by the instant."""
    answers = [await who.get(f"/proposals/{key}"), await who.get("/proposals"), await who.get("/me")]
    answers += [await who.get("/information_requests")]
    answers += [
        await who.get("/proposals", params={"state": str(state)}) for state in (*HIDDEN, "under_evaluation")
    ]
    acts = ("submit", "withdraw", "revive", "find_ineligible", "declare_duplicate")
    answers += [await who.post(f"/proposals/{key}/{act}") for act in acts]
    return [(a.status_code, a.headers.get("etag"), a.json() | {"instance": ""}) for a in answers]


async def test_a_late_finding_is_told_with_the_results_and_its_place_is_marked(world: World) -> None:
    there = await ranked(world, "30000000.00", "30000000.00", below=("1.00",))
    first, second, _ = there.proposals
    await both(there.office, there.second, f"/proposals/{first.id}/find_ineligible", LATE)
    hidden = (await first.coordinator.get(f"/proposals/{first.id}")).json()
    assert (hidden["state"], hidden["finding"], hidden["reason"]) == ("under_evaluation", None, None)
    (panel,) = (await there.office.get("/panels")).json()["items"]
    places = (await there.office.get(f"/panels/{panel['id']}")).json()["places"]
    assert [(p["rank"], p["gone"]) for p in places] == [(1, "ineligible"), (2, None), (None, None)]
    decision = await decided(there)
    read = (await there.office.get(f"/decisions/{decision['id']}")).json()
    lines = {line["proposal_id"]: (line["rank"], line["outcome"], line["reason"]) for line in read["lines"]}
    assert lines[str(first.id)] == (1, "rejected", "INELIGIBLE")
    assert lines[str(second.id)] == (2, "selected", None)
    await release(there.office, there.second, decision["id"])
    shown = (await first.coordinator.get(f"/proposals/{first.id}")).json()
    assert (shown["state"], shown["finding"]) == ("ineligible", LATE)
    (letter,) = (await letters(world))[first.coordinator.email]
    words = ("Reason INELIGIBLE", f"E-01: {LATE['text']}", "The last day\nis then", "23:59:59 Brussels time")
    assert [word for word in words if word not in letter] == []


async def test_found_after_the_vote_the_line_stays_and_the_place_is_marked(world: World) -> None:
    there = await ranked(world, "30000000.00", "10000000.00")
    first, second = there.proposals
    decision = await decided(there)
    await both(there.office, there.second, f"/proposals/{first.id}/find_ineligible", LATE)
    await release(there.office, there.second, decision["id"])
    read = (await there.office.get(f"/decisions/{decision['id']}")).json()
    assert [(line["outcome"], line["gone"]) for line in read["lines"]] == [
        ("selected", "ineligible"), ("selected", None),
    ]  # fmt: skip
    states = [(await p.coordinator.get(f"/proposals/{p.id}")).json()["state"] for p in (first, second)]
    assert states == ["ineligible", "selected"]


async def test_only_the_office_finds_late_and_never_alone(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    (here,) = topic.proposals
    path = f"/proposals/{here.id}/find_ineligible"
    for who in (here.coordinator, *topic.members, await person(world, "stranger")):
        assert (await who.post(path, LATE)).status_code in (403, 404)
    assert (await topic.office.post(path, LATE)).status_code == 202
    again = await topic.office.post(path, LATE)
    assert [r["code"] for r in again.json()["reasons"]] == ["second-officer"]
    assert (await topic.second.post(path, LATE | {"rule": "E-06"})).status_code == 409
    assert (await topic.office.get(f"/proposals/{here.id}")).json()["state"] == "in_evaluation"


async def test_withdrawing_late_is_answered_alike_in_every_hidden_state(world: World) -> None:
    told_of: list[Any] = []
    past = machine_now() - LAST_SECOND
    for state in HIDDEN:
        topic = await in_evaluation(world)
        (here,) = topic.proposals
        await close(world, past=past)
        await stands(world, here.id, state)
        offered = (await here.coordinator.get(f"/proposals/{here.id}")).json()["actions"]
        answer = await here.coordinator.post(f"/proposals/{here.id}/request_withdrawal", ASKED)
        read = answer.json()
        own = ("id", "reference", "consortium_id", "topic_stage_id", "topic_id", "submitted_at", "receipt")
        told_of.append((answer.status_code, offered, {k: v for k, v in read.items() if k not in own}))
        assert read["state"] == "withdrawn"
        assert (await topic.office.get(f"/proposals/{here.id}")).json()["withdrawal_text"] == ASKED["text"]
        back = await here.coordinator.post(f"/proposals/{here.id}/revive")
        assert [r["code"] for r in back.json()["reasons"]] == ["deadline-passed"]
    assert len(told_of) == len(HIDDEN) == 5
    assert [one for one in told_of if one != told_of[0]] == []


async def test_until_the_deadline_it_is_withdrawn_and_after_it_requested_by_whoever_coordinates(
    world: World,
) -> None:
    applied = await submitted(world)
    path = f"{applied.path}/request_withdrawal"
    early = await applied.lead.post(path, ASKED)
    assert [r["code"] for r in early.json()["reasons"]] == ["not-closed"]
    await under_check(world)
    assert (await applied.fellows[0].post(path, ASKED)).status_code == 403
    assert (await applied.lead.post(path, {"text": "No."})).status_code == 422
    office, stranger = await person(world, "office", "office"), await person(world, "stranger")
    assert (await office.post(path, ASKED)).status_code == 403
    assert (await stranger.post(path, ASKED)).status_code == 404
    assert (await applied.lead.make(path, ASKED))["state"] == "withdrawn"


async def test_withdrawn_from_a_closed_list_it_takes_no_money_and_keeps_its_place(world: World) -> None:
    there = await ranked(world, "30000000.00", "30000000.00")
    first, second = there.proposals
    await close(world)
    await first.coordinator.make(f"/proposals/{first.id}/request_withdrawal", ASKED)
    decision = await decided(there)
    read = (await there.office.get(f"/decisions/{decision['id']}")).json()
    assert [(li["rank"], li["outcome"], li["reason"], li["gone"]) for li in read["lines"]] == [
        (1, "rejected", "WITHDRAWN", "withdrawn"), (2, "selected", None, None),
    ]  # fmt: skip
    await release(there.office, there.second, decision["id"])
    assert first.coordinator.email not in await letters(world)
    states = [(await p.coordinator.get(f"/proposals/{p.id}")).json()["state"] for p in (first, second)]
    assert states == ["withdrawn", "selected"]


async def test_a_selected_one_may_be_withdrawn_until_its_grant_is_signed(world: World) -> None:
    there = await ranked(world, "1.00", "1.00")
    decision = await decided(there)
    await release(there.office, there.second, decision["id"])
    await close(world)
    for one, state in zip(there.proposals, (GrantState.SIGNED, GrantState.PREPARATION), strict=True):
        grant = fresh(Grant, state, proposal_id=one.id, number=str(one.id)[:8], amount=1)
        grant.prepared_by = there.office.id
        if state == GrantState.SIGNED:
            grant.signed_by, grant.signed_at = there.second.id, LONG_AGO
        async with world.sessions() as session, session.begin():
            session.add(grant)
    signed, prepared = there.proposals
    refused = await signed.coordinator.post(f"/proposals/{signed.id}/request_withdrawal", ASKED)
    assert [r["code"] for r in refused.json()["reasons"]] == ["grant-signed"]
    done = await prepared.coordinator.make(f"/proposals/{prepared.id}/request_withdrawal", ASKED)
    assert done["state"] == "withdrawn"


async def test_who_was_told_of_a_finding_has_nothing_to_withdraw(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    (here,) = topic.proposals
    await both(topic.office, topic.second, f"/proposals/{here.id}/find_ineligible", LATE)
    await close(world)
    path = f"/topic_stages/{topic.topic_stage}/release_findings"
    await topic.office.post(path)
    await topic.second.make(path)
    refused = await here.coordinator.post(f"/proposals/{here.id}/request_withdrawal", ASKED)
    assert [r["code"] for r in refused.json()["reasons"]] == ["told"]


async def test_nothing_is_counted_otherwise_while_it_is_hidden(world: World) -> None:
    """The topic in its stage reads alike to applicants whatever was found of them."""
    topic = await world.prepared(in_evaluation, 2)
    gone, other = topic.proposals
    seen = [await who.coordinator.get(f"/topic_stages/{topic.topic_stage}") for who in (gone, other)]
    await both(topic.office, topic.second, f"/proposals/{gone.id}/find_ineligible", LATE)
    again = [await who.coordinator.get(f"/topic_stages/{topic.topic_stage}") for who in (gone, other)]
    assert [a.json() for a in seen] == [a.json() for a in again]
    async with world.sessions() as session:
        here = select(func.count()).where(TopicStage.state == TopicStageState.EVALUATION)
        assert await session.scalar(here) == 1
