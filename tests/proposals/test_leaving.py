"""Leaving after the deadline: found ineligible late, declared a duplicate, withdrawn by a request."""

from asyncio import gather
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
from tests.conftest import Counting, World
from tests.consortia.build import close, give_part, open_stage
from tests.decisions.build import decided, ranked
from tests.decisions.test_findings import letters
from tests.evaluation.build import Topic, expert, in_evaluation, invited, seated
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
    topic = await in_evaluation(world, 2)
    gone, stays = topic.proposals
    one, other = await expert(topic, "one"), await expert(topic, "other")
    await seated(topic, one, gone)
    await invited(topic, other, gone)
    await seated(topic, one, stays)
    assert (await one.actor.get(f"/proposals/{gone.id}")).status_code == 200
    before = await _all(gone.coordinator, gone.id)
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
    assert await _all(gone.coordinator, gone.id) == before
    assert await told(world, "outcome") == []


async def _all(who: Actor, key: str) -> list[Any]:
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
    await there.office.post(f"/decisions/{decision['id']}/release")
    await there.second.make(f"/decisions/{decision['id']}/release")
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
    await there.office.post(f"/decisions/{decision['id']}/release")
    await there.second.make(f"/decisions/{decision['id']}/release")
    read = (await there.office.get(f"/decisions/{decision['id']}")).json()
    assert [(line["outcome"], line["gone"]) for line in read["lines"]] == [
        ("selected", "ineligible"), ("selected", None),
    ]  # fmt: skip
    states = [(await p.coordinator.get(f"/proposals/{p.id}")).json()["state"] for p in (first, second)]
    assert states == ["ineligible", "selected"]


async def test_only_the_office_finds_late_and_never_alone(world: World) -> None:
    topic = await in_evaluation(world)
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
    await there.office.post(f"/decisions/{decision['id']}/release")
    await there.second.make(f"/decisions/{decision['id']}/release")
    assert first.coordinator.email not in await letters(world)
    states = [(await p.coordinator.get(f"/proposals/{p.id}")).json()["state"] for p in (first, second)]
    assert states == ["withdrawn", "selected"]


async def test_a_selected_one_may_be_withdrawn_until_its_grant_is_signed(world: World) -> None:
    there = await ranked(world, "1.00", "1.00")
    decision = await decided(there)
    await there.office.post(f"/decisions/{decision['id']}/release")
    await there.second.make(f"/decisions/{decision['id']}/release")
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
    topic = await in_evaluation(world)
    (here,) = topic.proposals
    await both(topic.office, topic.second, f"/proposals/{here.id}/find_ineligible", LATE)
    await close(world)
    path = f"/topic_stages/{topic.topic_stage}/release_findings"
    await topic.office.post(path)
    await topic.second.make(path)
    refused = await here.coordinator.post(f"/proposals/{here.id}/request_withdrawal", ASKED)
    assert [r["code"] for r in refused.json()["reasons"]] == ["told"]


SAME = {"text": "Both say the same in other words."}


async def two(world: World) -> Topic:
    topic = await in_evaluation(world, 2)
    await close(world)
    return topic


async def test_a_duplicate_is_declared_by_two_and_told_with_the_results(world: World) -> None:
    topic = await two(world)
    gone, stays = topic.proposals
    before = await _all(gone.coordinator, gone.id)
    path, body = f"/proposals/{gone.id}/declare_duplicate", SAME | {"stands_id": stays.id}
    done = await both(topic.office, topic.second, path, body)
    assert (done["state"], done["reason"], done["duplicate_of_id"]) == ("ineligible", "DUPLICATE", stays.id)
    text = f"{SAME['text']} The proposal that stands is {stays.reference}."
    assert done["finding"] == {"rule": "K-10", "text": text}
    (check,) = done["checks"]
    assert (check["rule"], check["inputs"]) == ("K-10", {"stands": stays.reference})
    assert await _all(gone.coordinator, gone.id) == before
    release = f"/topic_stages/{topic.topic_stage}/release_findings"
    await topic.office.post(release)
    await topic.second.make(release)
    (letter,) = (await letters(world))[gone.coordinator.email]
    assert "Reason DUPLICATE: The proposal was submitted more than once." in letter
    shown = (await gone.coordinator.get(f"/proposals/{gone.id}")).json()
    assert (shown["state"], shown["reason"]) == ("ineligible", "DUPLICATE")


async def test_one_that_stands_is_another_of_the_topic_that_goes_on(world: World) -> None:
    topic, elsewhere = await two(world), await two(world)
    gone, stays = topic.proposals
    path = f"/proposals/{gone.id}/declare_duplicate"

    async def refused(stands_id: str) -> list[str]:
        body = SAME | {"stands_id": stands_id, "text": f"{SAME['text']} {stands_id}"}
        await topic.office.post(path, body)
        answer = await topic.second.post(path, body)
        return [r["code"] for r in answer.json().get("reasons", [])] or [str(answer.status_code)]

    assert await refused(gone.id) == ["no-other"]
    assert await refused(elsewhere.proposals[0].id) == ["no-other"]
    await stands(world, stays.id, ProposalState.WITHDRAWN)
    assert await refused(stays.id) == ["does-not-stand"]


async def test_likely_duplicates_are_pointed_out_to_the_office_alone(
    world: World, counting: Counting
) -> None:
    here = await open_stage(world)
    one, other = await submitted(world, here), await submitted(world, here)
    office = await person(world, "office", "office")
    path = f"/topic_stages/{here}/likely_duplicates"
    with counting() as few:
        (pair,) = (await office.get(path)).json()
    assert {pair["proposal_id"], pair["other_id"]} == {one.id, other.id}
    assert pair["because"] == ["similar_acronym", "similar_title", "similar_abstract"]
    async with world.sessions() as session, session.begin():
        texts = {
            "acronym": "OTHER",
            "title": "Something else",
            "abstract": "Of another thing.",
            "requested": {},
        }
        await session.execute(update(Proposal).where(Proposal.id == UUID(one.id)).values(handed_in=texts))
    third = await submitted(world, here)
    with counting() as many:
        (pair,) = (await office.get(path)).json()
    assert {pair["proposal_id"], pair["other_id"]} == {other.id, third.id}
    assert len(few) == len(many)
    for who in (one.lead, await person(world, "stranger")):
        assert (await who.get(path)).status_code == 404


async def test_an_officer_who_applies_is_pointed_to_nothing(world: World) -> None:
    applied = await submitted(world)
    officer = await person(world, "officer", "office")
    path = f"/topic_stages/{applied.topic_stage}/likely_duplicates"
    assert (await officer.get(path)).status_code == 200
    await give_part(world, applied.consortium["partners"][0]["id"], officer, "contributor")
    assert (await officer.get(path)).status_code == 404


async def test_nothing_is_counted_otherwise_while_it_is_hidden(world: World) -> None:
    """The topic in its stage reads alike to applicants whatever was found of them."""
    topic = await in_evaluation(world, 2)
    gone, other = topic.proposals
    seen = [await who.coordinator.get(f"/topic_stages/{topic.topic_stage}") for who in (gone, other)]
    await both(topic.office, topic.second, f"/proposals/{gone.id}/find_ineligible", LATE)
    again = [await who.coordinator.get(f"/topic_stages/{topic.topic_stage}") for who in (gone, other)]
    assert [a.json() for a in seen] == [a.json() for a in again]
    async with world.sessions() as session:
        here = select(func.count()).where(TopicStage.state == TopicStageState.EVALUATION)
        assert await session.scalar(here) == 1


async def test_of_two_that_are_declared_the_other_s_duplicate_at_once_one_stands(live: World) -> None:
    topic = await two(live)
    one, other = topic.proposals
    pairs = ((one, other), (other, one))
    for gone, stays in pairs:
        path = f"/proposals/{gone.id}/declare_duplicate"
        assert (await topic.office.post(path, SAME | {"stands_id": stays.id})).status_code == 202
    answers = await gather(
        *(
            topic.second.post(f"/proposals/{gone.id}/declare_duplicate", SAME | {"stands_id": stays.id})
            for gone, stays in pairs
        )
    )
    assert {a.status_code for a in answers} <= {200, 409, 503}
    async with live.sessions() as session:
        wanted = select(Proposal.state).where(Proposal.id.in_([UUID(one.id), UUID(other.id)]))
        states = sorted(await session.scalars(wanted))
    assert states in (["in_evaluation", "ineligible"], ["in_evaluation", "in_evaluation"])
