"""The committee takes a topic out of a call: what it must say, and what comes of it."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from app.calls.invariants import INVARIANTS
from app.calls.models import TopicStage
from app.core.clock import machine_now
from app.topics.corrigenda.models import Corrigendum, CorrigendumState
from tests.build import fresh
from tests.calls.ending import WHY, amended, state_of, there
from tests.calls.living import carried, closes, codes, mailed, put
from tests.conftest import World
from tests.consortia.build import organisation
from tests.proposals.build import ready, started, submitted
from tests.walls import is_there

pytestmark = pytest.mark.anyio


async def test_a_topic_that_is_taken_out_leaves_drafts_readable_and_tells_everybody(world: World) -> None:
    here = await world.prepared(there)
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
    kept = (await handed.lead.get("/letters")).json()["items"]
    assert [one["kind"] for one in kept] == ["ending"]
    assert (await rest.lead.get("/letters")).json()["items"] == []
    letters = await mailed(world, "discontinued")
    assert set(letters) == {handed.lead.email, draft.lead.email}
    assert all(WHY["text"] in text for text in letters.values())
    assert await amended(world) == [("withdrawal", WHY["text"])]


async def test_a_corrigendum_of_a_topic_that_has_left_stays_as_public_as_its_text(
    world: World,
) -> None:
    here = await world.prepared(there)
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
    here = await world.prepared(there)
    draft = await ready(world, here.part)
    assert (await here.withdraw()).status_code == 200
    assert codes(await draft.lead.post(f"{draft.path}/submit")) == ["topic-withdrawn"]
    version = (await draft.lead.get(draft.path)).json()["version"]
    assert codes(await draft.lead.patch(draft.path, {"title": "B"}, version)) == ["topic-withdrawn"]
    formed = {"name": "New", "organisation_id": (await organisation(draft.lead))["id"]}
    assert codes(await draft.lead.post(f"/topic_stages/{here.part}/consortia", formed)) == ["topic-withdrawn"]


async def test_a_topic_stays_after_its_deadline_and_the_last_one_before(world: World) -> None:
    here = await world.prepared(there)
    assert (await here.withdraw()).status_code == 200
    ask = {"purpose": "withdraw_topic", **WHY}
    last = await put(here.office, here.body, **ask, subject_id=here.other)
    assert codes(last) == ["last-topic"]
    assert codes(await put(here.office, here.body, **ask, subject_id=here.part)) == ["no-open-topic"]
    assert codes(await put(here.office, here.body, **ask, subject_id=str(uuid4()))) == ["no-open-topic"]
    await closes(world, here.part, machine_now() - timedelta(seconds=5))
    assert codes(await put(here.office, here.body, **ask, subject_id=here.other)) == ["no-open-topic"]


async def test_a_deadline_that_passes_during_the_vote_ends_it(world: World) -> None:
    here = await world.prepared(there)
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
    here = await world.prepared(there)
    money: dict[str, Any] = {"target_id": here.other, "amount": {"amount": "1.00", "currency": "EUR"}}
    more = money if purpose == "move_budget" else {}
    asked = {"purpose": purpose, "subject_id": here.part, "text": " \n", **more}
    assert codes(await put(here.office, here.body, **asked)) == ["no-reason"]


@pytest.mark.parametrize("purpose", ["cancel_call", "withdraw_topic", "move_budget", "raise_envelope"])
async def test_a_vote_that_can_be_decided_is_not_adjourned(world: World, purpose: str) -> None:
    """Asking whether its subject is still as it was asks no more of the motion than putting it did."""
    here = await world.prepared(there)
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


async def test_the_money_of_a_topic_that_has_left_is_there_for_others(world: World) -> None:
    here = await world.prepared(there)
    assert (await here.withdraw()).status_code == 200
    budget = {"amount": "45000000.00", "currency": "EUR"}
    asked = {"purpose": "raise_envelope", "subject_id": here.other, "amount": budget, **WHY}
    assert (await carried(here.office, here.body, here.members, **asked)).status_code == 200
    assert (await is_there(here.office, f"/calls/{here.call}"))["budget"] == budget
    async with world.sessions() as session:
        (rule,) = INVARIANTS
        assert (await session.execute(text(rule.broken_by))).all() == []
