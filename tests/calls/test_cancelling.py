"""The committee cancels a call: what ends with it, who is told, and until when it may."""

import asyncio
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from app.calls.models import Call, CallState, Stage, StageState, TopicStage, TopicStageState
from app.core.letters import digest_of
from app.core.letters import read as read_letter
from app.core.receipts import public_key
from app.decisions.letter.replay import reread
from app.experts.models import Assignment, AssignmentState
from app.grants.models import Grant, GrantState
from app.proposals.models import Proposal, ProposalState
from app.topics.models import Topic
from tests.build import LONG_AGO, committee, person, standing_call
from tests.calls.ending import WHY, amended, state_of, there
from tests.calls.living import carried, closed, codes, mailed, put
from tests.conftest import Counting, World
from tests.consortia.build import give_part
from tests.decisions.build import proposal as listed
from tests.evaluation.build import expert, in_evaluation, seated
from tests.proposals.build import ready, started, submitted
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio


async def test_a_cancelled_call_ends_whole_and_stays_public(world: World) -> None:
    here = await world.prepared(there)
    handed, draft = await submitted(world, here.part), await ready(world, here.other)
    assert (await here.cancel()).status_code == 200
    async with world.client() as anyone:
        call = (await anyone.get(f"/v1/calls/{here.call}")).json()
        parts = (await anyone.get("/v1/topic_stages")).json()["items"]
        topics = (await anyone.get("/v1/topics")).json()["items"]
    assert call["state"] == "cancelled"
    assert {part["state"] for part in parts} == {"cancelled"}
    assert [topic["state"] for topic in topics] == ["adopted", "adopted"]
    assert (await handed.lead.get(handed.path)).json()["state"] == "discontinued"
    assert codes(await draft.lead.post(f"{draft.path}/submit")) == ["call-cancelled"]
    assert set(await mailed(world, "discontinued")) == {handed.lead.email, draft.lead.email}
    assert await amended(world) == [("cancellation", WHY["text"])]
    await closed(world, here.part)
    assert await state_of(world, TopicStage, here.part) == "cancelled"


async def test_who_has_handed_in_keeps_a_signed_letter_of_the_end(world: World) -> None:
    """Of every topic of the call; no means of redress stands in it, and a draft has a mail alone."""
    here = await world.prepared(there)
    handed, beside = await submitted(world, here.part), await submitted(world, here.other)
    draft, auditor = await ready(world, here.part), await person(world, "auditor", "auditor")
    assert (await here.cancel()).status_code == 200
    for mine, other in ((handed, beside), (beside, handed)):
        (listed,) = (await mine.lead.get("/letters")).json()["items"]
        assert (listed["kind"], listed["proposal_id"]) == ("ending", mine.id)
        letter = await is_there(mine.lead, f"/letters/{listed['id']}")
        assert (letter["state"], letter["last_day"]) == ("opened", None)
        assert WHY["text"] in letter["text"]
        assert "review" not in letter["text"]
        assert letter["digest"] == digest_of(letter["subject"], letter["text"])
        facts = read_letter(public_key(world.settings.key), letter["signature"])
        assert (facts.kind, facts.digest) == ("ending", letter["digest"])
        await is_hidden(other.lead, f"/letters/{listed['id']}")
        read = await is_there(auditor, f"/letters/{listed['id']}")
        assert [copy["recipient"] for copy in read["copies"]] == [mine.lead.email]
    assert (await draft.lead.get("/letters")).json()["items"] == []
    async with world.sessions() as session:
        reference = await session.scalar(select(Call.reference).where(Call.id == UUID(here.call)))
        assert reference is not None
        assert await reread(session, reference, world.settings.key) == (2, [])


async def test_what_was_found_and_not_told_stays_untold(world: World) -> None:
    """A rival told apart by its state would know what the checks had found."""
    here = await world.prepared(there)
    found, plain = await submitted(world, here.part), await submitted(world, here.part)
    await closed(world, here.part)
    async with world.sessions() as session, session.begin():
        here_ = update(Proposal).where(Proposal.id == UUID(found.id))
        told = {"reason": "INELIGIBLE", "finding_rule": "E-02", "finding_text": "Two countries."}
        await session.execute(here_.values(state=ProposalState.INELIGIBLE, **told))
    assert (await here.cancel()).status_code == 200
    views = [(await one.lead.get(one.path)).json() for one in (found, plain)]
    assert [(view["state"], view["reason"], view["finding"]) for view in views] == [
        ("discontinued", None, None)
    ] * 2
    texts = (await mailed(world, "discontinued")).values()
    assert all("E-02" not in text and "INELIGIBLE" not in text for text in texts)


async def test_experts_are_released_and_told(world: World) -> None:
    topic = await in_evaluation(world)
    body, members = await committee(world, "dan", "eva")
    who, idle = await expert(topic, "one"), await expert(topic, "two")
    seat = await seated(topic, who, topic.proposals[0])
    path = f"/proposals/{topic.proposals[0].id}"
    assert (await who.actor.get(path)).status_code == 200
    asked = {"purpose": "cancel_call", "subject_id": topic.call, **WHY}
    assert (await carried(topic.office, body, members, **asked)).status_code == 200
    assert await state_of(world, Assignment, seat) == AssignmentState.RELEASED
    assert (await who.actor.get(path)).status_code == 404
    assert (await is_there(who.actor, f"/assignments/{seat}"))["state"] == "released"
    letters = await mailed(world, "call_cancelled")
    assert set(letters) == {who.actor.email, idle.actor.email}
    assert all(WHY["text"] in text for text in letters.values())
    assert (await is_there(topic.proposals[0].coordinator, path))["state"] == "discontinued"


@pytest.mark.parametrize("state", [GrantState.PREPARATION, GrantState.SIGNED])
async def test_a_call_is_cancelled_until_the_first_signature(world: World, state: GrantState) -> None:
    here = await world.prepared(there)
    topic = (await here.office.get(f"/topic_stages/{here.part}")).json()["topic_id"]
    made = {"topic_stage": {"id": here.part}, "topic": {"id": topic}}
    coordinator = await person(world, "coordinator")
    one = await listed(world, made, "1.00", coordinator)
    async with world.sessions() as session, session.begin():
        here_ = update(Proposal).where(Proposal.id == one.id)
        await session.execute(here_.values(state=ProposalState.SELECTED, released_at=LONG_AGO))
        grant = Grant(id=uuid4(), created_at=LONG_AGO, state=state, proposal_id=one.id, number="1")
        grant.amount, grant.prepared_by = Decimal(1), here.office.id
        if state == GrantState.SIGNED:
            grant.signed_at = LONG_AGO
        session.add(grant)
        for model, ended in ((TopicStage, TopicStageState.RELEASED), (Stage, StageState.COMPLETED)):
            await session.execute(update(model).values(state=ended))
    answer = await here.cancel()
    if state == GrantState.SIGNED:
        assert codes(answer) == ["grant-signed"]
        assert await state_of(world, Proposal, str(one.id)) == "selected"
        return
    assert answer.status_code == 200, answer.text
    assert (await coordinator.get(f"/proposals/{one.id}")).json()["state"] == "discontinued"
    signatory = await person(world, "signatory", "signatory")
    assert (await signatory.get(f"/grants/{grant.id}")).json()["failed_reason"] == "GA_PREPARATION_FAILED"
    assert (await signatory.post(f"/grants/{grant.id}/sign")).status_code == 409


async def test_who_applies_is_out_of_the_vote_on_the_call(world: World) -> None:
    """In whichever of its topics: members, and officers who would put the motion."""
    here = await world.prepared(there)
    handed = await submitted(world, here.other)
    partner = handed.consortium["partners"][0]["id"]
    both, out = await person(world, "both", "office"), here.members[2]
    ask = {"purpose": "cancel_call", **WHY}
    assert (await put(both, here.body, **ask, subject_id=here.part)).status_code == 409
    for who in (both, out):
        await give_part(world, partner, who, "contributor")
    asked = [await put(both, here.body, **ask, subject_id=key) for key in (here.call, str(uuid4()))]
    assert [codes(answer) for answer in asked] == [["no-live-call"]] * 2
    motion = (await put(here.office, here.body, **ask, subject_id=here.call)).json()
    path = f"/motions/{motion['id']}"
    await is_there(here.members[1], path)
    for who in (both, out):
        await is_hidden(who, path)
    await here.office.make(f"{path}/put_to_vote")
    ballots = {b["account_id"]: b["recused"] for b in (await is_there(here.office, path))["ballots"]}
    assert [key for key, why in ballots.items() if why] == [str(out.id)]


async def test_who_comes_to_apply_during_the_vote_no_longer_counts(world: World) -> None:
    here = await world.prepared(there)
    motion = (await put(here.office, here.body, purpose="cancel_call", subject_id=here.call)).json()
    path = f"/motions/{motion['id']}"
    await here.office.make(f"{path}/put_to_vote")
    for member in here.members:
        await member.make(f"{path}/vote", {"choice": "yes"})
    draft = await started(world, here.other)
    await give_part(world, draft.consortium["partners"][0]["id"], here.members[2], "contributor")
    assert codes(await here.office.post(f"{path}/adopt")) == ["applicant-counts"]
    await here.office.make(f"{path}/recuse")
    await here.office.make(f"{path}/adopt")


async def test_a_cancellation_costs_as_many_statements_however_many_apply(
    world: World, counting: Counting
) -> None:
    costs = []
    for many in (1, 3):
        here = await there(world)
        topic = (await here.office.get(f"/topic_stages/{here.part}")).json()["topic_id"]
        made = {"topic_stage": {"id": here.part}, "topic": {"id": topic}}
        for number in range(many):
            await listed(world, made, "1.00", await person(world, f"coordinator{number}"))
        with counting() as sent:
            assert (await here.cancel()).status_code == 200
        costs.append(len(sent))
    assert costs[0] == costs[1]


async def test_a_proposal_revived_while_its_call_is_cancelled_does_not_live_on(live: World) -> None:
    here = await there(live)
    back = await submitted(live, here.part)
    await back.lead.make(f"{back.path}/withdraw")
    motion = (await put(here.office, here.body, purpose="cancel_call", subject_id=here.call)).json()
    path = f"/motions/{motion['id']}"
    await here.office.make(f"{path}/put_to_vote")
    for member in here.members:
        await member.make(f"{path}/vote", {"choice": "yes"})
    revived, cancelled = await asyncio.gather(
        back.lead.post(f"{back.path}/revive"), here.office.post(f"{path}/adopt")
    )
    assert cancelled.status_code == 200, cancelled.text
    state = (await back.lead.get(back.path)).json()["state"]
    assert state == ("discontinued" if revived.status_code == 200 else "withdrawn")


async def test_cancelling_a_call_that_was_never_published_leaves_its_topics_where_they_are(
    world: World,
) -> None:
    """Adopted with a topic that another call has meanwhile taken into the open."""
    here = await world.prepared(there)
    topic = (await here.office.get(f"/topic_stages/{here.part}")).json()["topic_id"]
    planned = await standing_call(world, call_is=CallState.ADOPTED)
    async with world.sessions() as session, session.begin():
        own = update(Call).where(Call.id == UUID(planned["call"]["id"]))
        await session.execute(own.values(published_at=None, rules={}))
        part = update(TopicStage).where(TopicStage.id == UUID(planned["topic_stage"]["id"]))
        await session.execute(part.values(topic_id=UUID(topic)))
    assert (await here.vote("cancel_call", planned["call"]["id"])).status_code == 200
    assert await state_of(world, TopicStage, planned["topic_stage"]["id"]) == "cancelled"
    assert await state_of(world, Topic, topic) == "in_call"
    assert await amended(world) == []
