"""What ends before its time: a topic taken out of its call, a call cancelled; both by vote, with a reason."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import select, text, update

from app.calls.invariants import INVARIANTS
from app.calls.models import Call, CallState, Stage, StageState, TopicStage, TopicStageState
from app.core.clock import machine_now
from app.experts.models import Assignment, AssignmentState
from app.grants.models import Grant, GrantState
from app.proposals.models import Proposal, ProposalState
from app.topics.corrigenda.models import Corrigendum, CorrigendumState
from app.topics.models import Topic, TopicState
from tests.build import LONG_AGO, Actor, committee, fresh, person, standing_call
from tests.calls.living import carried, closed, closes, codes, mailed, put
from tests.conftest import Counting, World
from tests.consortia.build import give_part, open_stage, organisation
from tests.decisions.build import proposal as listed
from tests.evaluation.build import expert, in_evaluation, seated
from tests.proposals.build import ready, started, submitted
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio
WHY = {"text": "The programme has no money left for it."}


@dataclass
class There:
    """A running call with two topics in one open stage."""

    office: Actor
    body: UUID
    members: list[Actor]
    call: str
    part: str
    other: str

    async def vote(self, purpose: str, subject: str) -> httpx2.Response:
        asked = {"purpose": purpose, "subject_id": subject, **WHY}
        return await carried(self.office, self.body, self.members, **asked)

    async def withdraw(self) -> httpx2.Response:
        return await self.vote("withdraw_topic", self.part)

    async def cancel(self) -> httpx2.Response:
        return await self.vote("cancel_call", self.call)


async def there(world: World) -> There:
    office = await person(world, "office", "office")
    body, members = await committee(world, "ann", "bob", "cas")
    part = await open_stage(world)
    new = {"id": uuid4(), "created_at": LONG_AGO}
    word = f"R-{uuid4().hex[:8]}"
    text = Topic(
        **new, state=TopicState.IN_CALL, action_type="RIA", reference=word, title="B", adopted_version=1
    )
    other = TopicStage(
        **new | {"id": uuid4()}, state=TopicStageState.SCHEDULED, topic=text, budget=Decimal(1)
    )
    async with world.sessions() as session, session.begin():
        stage = (await session.get_one(TopicStage, UUID(part))).stage_id
        other.stage_id = stage
        session.add(other)
        call = (await session.get_one(Stage, stage)).call_id
    return There(office, body, members, str(call), part, str(other.id))


async def state_of(world: World, model: type[Any], key: str) -> str:
    async with world.sessions() as session:
        return str(await session.scalar(select(model.state).where(model.id == UUID(key))))


async def amended(world: World) -> list[tuple[str, str]]:
    async with world.client() as anyone:
        items = (await anyone.get("/v1/amendments?sort=number")).json()["items"]
        return [(item["kind"], item["reason"]) for item in items]


async def test_a_topic_that_is_taken_out_leaves_drafts_readable_and_tells_everybody(world: World) -> None:
    here = await there(world)
    handed, draft, rest = (
        await submitted(world, here.part), await started(world, here.part), await submitted(world, here.other)
    )  # fmt: skip
    assert (await here.withdraw()).status_code == 200
    async with world.client() as anyone:
        part = (await anyone.get(f"/v1/topic_stages/{here.part}")).json()
        topic = (await anyone.get(f"/v1/topics/{part['topic_id']}")).json()
    assert (part["state"], topic["state"]) == ("withdrawn", "adopted")
    assert (await handed.lead.get(handed.path)).json()["state"] == "discontinued"
    assert (await draft.lead.get(draft.path)).json()["state"] == "draft"
    assert (await rest.lead.get(rest.path)).json()["state"] == "submitted"
    letters = await mailed(world, "discontinued")
    assert set(letters) == {handed.lead.email, draft.lead.email}
    assert all(WHY["text"] in text for text in letters.values())
    assert await amended(world) == [("withdrawal", WHY["text"])]


async def test_a_corrigendum_of_a_topic_that_has_left_stays_as_public_as_its_text(
    world: World,
) -> None:
    here = await there(world)
    async with world.sessions() as session, session.begin():
        topic = (await session.get_one(TopicStage, UUID(here.part))).topic_id
        told = {"topic_id": topic, "changes": {"scope": "Wider."}, "note": "Children.", "touches": "scope"}
        made = fresh(Corrigendum, CorrigendumState.ADOPTED, number=1, edition=2, **told)
        made.adopted_at = machine_now()
        draft = fresh(Corrigendum, CorrigendumState.DRAFTED, **told)
        session.add_all([made, draft])
    assert (await here.withdraw()).status_code == 200
    await is_there(here.office, f"/corrigenda/{draft.id}")
    async with world.client() as anyone:
        assert (await anyone.get(f"/v1/topics/{topic}")).status_code == 200
        assert (await anyone.get(f"/v1/corrigenda/{made.id}")).status_code == 200
        assert (await anyone.get(f"/v1/corrigenda/{draft.id}")).status_code == 404


async def test_nothing_more_is_written_or_handed_in_for_a_topic_that_has_left(world: World) -> None:
    here = await there(world)
    draft = await ready(world, here.part)
    assert (await here.withdraw()).status_code == 200
    assert codes(await draft.lead.post(f"{draft.path}/submit")) == ["topic-withdrawn"]
    version = (await draft.lead.get(draft.path)).json()["version"]
    assert codes(await draft.lead.patch(draft.path, {"title": "B"}, version)) == ["topic-withdrawn"]
    formed = {"name": "New", "organisation_id": (await organisation(draft.lead))["id"]}
    assert codes(await draft.lead.post(f"/topic_stages/{here.part}/consortia", formed)) == ["topic-withdrawn"]


async def test_a_topic_stays_after_its_deadline_and_the_last_one_before(world: World) -> None:
    here = await there(world)
    assert (await here.withdraw()).status_code == 200
    ask = {"purpose": "withdraw_topic", **WHY}
    last = await put(here.office, here.body, **ask, subject_id=here.other)
    assert codes(last) == ["last-topic"]
    assert codes(await put(here.office, here.body, **ask, subject_id=here.part)) == ["no-open-topic"]
    assert codes(await put(here.office, here.body, **ask, subject_id=str(uuid4()))) == ["no-open-topic"]
    await closes(world, here.part, machine_now() - timedelta(seconds=5))
    assert codes(await put(here.office, here.body, **ask, subject_id=here.other)) == ["no-open-topic"]


async def test_a_deadline_that_passes_during_the_vote_ends_it(world: World) -> None:
    here = await there(world)
    motion = (await put(here.office, here.body, purpose="withdraw_topic", subject_id=here.part)).json()
    path = f"/motions/{motion['id']}"
    await here.office.make(f"{path}/put_to_vote")
    for member in here.members:
        await member.make(f"{path}/vote", {"choice": "yes"})
    await closes(world, here.part, machine_now() - timedelta(seconds=5))
    assert codes(await here.office.post(f"{path}/adopt")) == ["deadline-passed"]
    assert await amended(world) == []
    assert await state_of(world, TopicStage, here.part) == "scheduled"


@pytest.mark.parametrize("purpose", ["cancel_call", "withdraw_topic", "move_budget"])
async def test_what_takes_something_away_needs_a_reason(world: World, purpose: str) -> None:
    here = await there(world)
    money: dict[str, Any] = {"target_id": here.other, "amount": {"amount": "1.00", "currency": "EUR"}}
    more = money if purpose == "move_budget" else {}
    asked = {"purpose": purpose, "subject_id": here.part, "text": " \n", **more}
    assert codes(await put(here.office, here.body, **asked)) == ["no-reason"]


@pytest.mark.parametrize("purpose", ["cancel_call", "withdraw_topic", "move_budget", "raise_envelope"])
async def test_a_vote_that_can_be_decided_is_not_adjourned(world: World, purpose: str) -> None:
    """Asking whether its subject is still as it was asks no more of the motion than putting it did."""
    here = await there(world)
    asked = {"purpose": purpose, "subject_id": here.call if purpose == "cancel_call" else here.part, **WHY}
    if purpose in ("move_budget", "raise_envelope"):
        asked["amount"] = {
            "amount": "46000000.00" if purpose == "raise_envelope" else "5.00",
            "currency": "EUR",
        }
    if purpose == "move_budget":
        asked["target_id"] = here.other
    motion = f"/motions/{(await put(here.office, here.body, **asked)).json()['id']}"
    await here.office.make(f"{motion}/put_to_vote")
    for member in here.members:
        await member.make(f"{motion}/vote", {"choice": "yes"})
    assert codes(await here.office.post(f"{motion}/adjourn", {"reason": "No."})) == ["can-be-decided"]


async def test_two_votes_at_once_never_take_the_last_topic(live: World) -> None:
    here = await there(live)
    paths = []
    for key in (here.part, here.other):
        motion = (await put(here.office, here.body, purpose="withdraw_topic", subject_id=key)).json()
        paths.append(f"/motions/{motion['id']}")
        await here.office.make(f"{paths[-1]}/put_to_vote")
        for member in here.members:
            await member.make(f"{paths[-1]}/vote", {"choice": "yes"})
    found = await asyncio.gather(*(here.office.post(f"{path}/adopt") for path in paths))
    assert sorted(answer.status_code for answer in found) == [200, 409]


async def test_a_cancelled_call_ends_whole_and_stays_public(world: World) -> None:
    here = await there(world)
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


async def test_what_was_found_and_not_told_stays_untold(world: World) -> None:
    """A rival told apart by its state would know what the checks had found."""
    here = await there(world)
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


@pytest.mark.parametrize("state", list(GrantState))
async def test_a_call_is_cancelled_until_the_first_signature(world: World, state: GrantState) -> None:
    here = await there(world)
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
    assert "not-selected" in codes(await signatory.post(f"/grants/{grant.id}/sign"))


async def test_who_applies_is_out_of_the_vote_on_the_call(world: World) -> None:
    """In whichever of its topics: members, and officers who would put the motion."""
    here = await there(world)
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
    here = await there(world)
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
    here = await there(world)
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


async def test_the_money_of_a_topic_that_has_left_is_there_for_others(world: World) -> None:
    here = await there(world)
    assert (await here.withdraw()).status_code == 200
    budget = {"amount": "45000000.00", "currency": "EUR"}
    asked = {"purpose": "raise_envelope", "subject_id": here.other, "amount": budget, **WHY}
    assert (await carried(here.office, here.body, here.members, **asked)).status_code == 200
    assert (await is_there(here.office, f"/calls/{here.call}"))["budget"] == budget
    async with world.sessions() as session:
        (rule,) = INVARIANTS
        assert (await session.execute(text(rule.broken_by))).all() == []
