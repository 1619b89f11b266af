"""Appointments of an auditor for one call: which calls, by whom, until when, what is on record."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from app.calls.models import Call, CallState, TopicStage
from app.committee.models import Motion
from app.core.clock import machine_now
from app.evaluation.observer.models import EvaluationReading, Observation, ObservationState
from app.people.models import Appointment
from tests.build import LONG_AGO, Actor, fresh, person, standing_call
from tests.conftest import World
from tests.evaluation.build import Topic, expert, in_evaluation
from tests.evaluation.test_observers import closed
from tests.experts.test_experts import codes
from tests.walls import is_hidden, is_there, plain

pytestmark = pytest.mark.anyio


def asked(call: str, **more: Any) -> dict[str, Any]:
    end = (machine_now() + timedelta(days=30)).isoformat()
    return {"role": "auditor", "appointing_act": "Letter 3", "ends_at": end, "call_id": call} | more


async def admins(world: World) -> tuple[Actor, Actor, Actor]:
    """Two who appoint, and who is to be appointed."""
    return (
        await person(world, "ann", "admin"),
        await person(world, "bob", "admin"),
        await person(world, "cas"),
    )


async def panel_of(topic: Topic) -> str:
    made = await topic.office.make(f"/topic_stages/{topic.topic_stage}/panels")
    return f"/panels/{made['id']}"


async def test_two_people_appoint_for_one_call_and_an_end_ends_it_at_once(world: World) -> None:
    here, elsewhere = await in_evaluation(world), await in_evaluation(world)
    ann, bob, cas = await admins(world)
    panel, other = await panel_of(here), await panel_of(elsewhere)
    made = await ann.make(f"/accounts/{cas.id}/appointments", asked(here.call))
    assert (made["role"], made["call_id"], made["state"]) == ("auditor", here.call, "proposed")
    await is_hidden(cas, panel)
    path = f"/appointments/{made['id']}"
    assert codes(await ann.post(f"{path}/confirm")) == ["second-person"]
    await is_hidden(cas, panel)
    waiting = (await bob.get("/me")).json()["waiting"]
    assert [one["title"] for one in waiting if one["id"] == made["id"]] == ["cas as auditor of one call"]
    await bob.make(f"{path}/confirm")
    me = (await cas.get("/me")).json()
    assert me["roles"] == ["call_auditor"]
    assert [(tie["kind"], tie["entity"], tie["id"]) for tie in me["relations"]] == [
        ("auditor", "call", here.call)
    ]
    assert (await is_there(cas, panel))["actions"] == []
    await is_hidden(cas, other)
    assert (await is_there(here.office, other))["state"] == "open"
    listed = (await ann.get("/appointments", params={"call_id": here.call})).json()["items"]
    assert [one["id"] for one in listed] == [made["id"]]
    # It is not changed, only ended.
    for send in (cas.client.patch, ann.client.patch, ann.client.put):
        assert (await send(f"/v1{path}", json={"call_id": elsewhere.call})).status_code == 405
    await ann.make(f"{path}/end")
    await is_hidden(cas, panel)
    assert ((await cas.get("/me")).json()["roles"], (await cas.get("/me")).json()["relations"]) == ([], [])


async def test_an_appointment_is_over_with_its_last_instant(world: World) -> None:
    topic = await in_evaluation(world)
    panel, cas = await panel_of(topic), await person(world, "cas", audits=[topic.call])
    await is_there(cas, panel)
    for wrong in (
        {"ends_at": machine_now()},
        {"starts_at": machine_now() + timedelta(days=1), "ends_at": machine_now() + timedelta(days=2)},
    ):
        async with world.sessions() as session, session.begin():
            await session.execute(update(Appointment).where(Appointment.account_id == cas.id).values(wrong))
        await is_hidden(cas, panel)


async def test_a_call_that_is_not_there_or_is_no_business_of_its_proposer_is_refused_alike(
    world: World,
) -> None:
    ann, _, cas = await admins(world)
    call = (await standing_call(world, call_is=CallState.PREPARING))["call"]["id"]
    path = f"/accounts/{cas.id}/appointments"
    hidden, missing = await ann.post(path, asked(call)), await ann.post(path, asked(str(uuid4())))
    assert codes(hidden) == ["no-such-call"]
    assert plain(hidden) == plain(missing)
    assert (await cas.get("/appointments")).json()["items"] == []
    async with world.sessions() as session, session.begin():
        await session.execute(update(Call).where(Call.id == UUID(call)).values(state=CallState.PUBLISHED))
    await ann.make(path, asked(call))


async def test_only_an_auditor_is_for_one_call_and_never_without_an_end(world: World) -> None:
    ann, _, cas = await admins(world)
    call = (await standing_call(world))["call"]["id"]
    path = f"/accounts/{cas.id}/appointments"
    for role in ("office", "signatory", "observer", "admin"):
        assert codes(await ann.post(path, asked(call, role=role))) == ["role-for-no-call"]
    assert codes(await ann.post(path, asked(call, ends_at=None))) == ["end-needed"]
    office = await person(world, "office", "office")
    assert (await office.post(path, asked(call))).status_code == 403
    assert codes(await ann.post(f"/accounts/{ann.id}/appointments", asked(call))) == ["own-role"]


async def test_nobody_audits_a_call_who_is_an_expert_of_it(world: World) -> None:
    topic = await in_evaluation(world)
    ann, bob, _ = await admins(world)
    who = await expert(topic)
    made = await ann.make(f"/accounts/{who.actor.id}/appointments", asked(topic.call))
    assert codes(await bob.post(f"/appointments/{made['id']}/confirm")) == ["D8"]
    cas = await person(world, "cas", audits=[topic.call])
    pooled = await topic.office.make("/experts", {"account_id": str(cas.id)})
    offered = await topic.office.post(
        f"/calls/{topic.call}/contracts", {"expert_id": pooled["id"], "days": 1}
    )
    assert codes(offered) == ["D8"]


async def test_each_reading_is_on_record_as_that_of_whoever_reads_it(world: World) -> None:
    """Who audits one call and observes another is the one in the one, the other in the other."""
    here, elsewhere = await closed(await in_evaluation(world)), await closed(await in_evaluation(world))
    panel, watched = await panel_of(here), await panel_of(elsewhere)
    cas = await person(world, "cas", "observer", audits=[here.call])
    await is_hidden(cas, watched)
    async with world.sessions() as session, session.begin():
        term = {"starts_at": LONG_AGO, "ends_at": machine_now() + timedelta(days=9)}
        about = {"call_id": UUID(elsewhere.call), "account_id": cas.id, "declared_at": machine_now()}
        session.add(fresh(Observation, ObservationState.WATCHING, **term, **about))
    await is_there(cas, panel)
    await is_there(cas, watched)
    async with world.sessions() as session:
        kept = await session.execute(select(EvaluationReading.entity_id, EvaluationReading.role))
        found = {(f"/panels/{key}", role) for key, role in kept}
    assert found == {(panel, "auditor"), (watched, "observer")}
    log = f"/calls/{here.call}/evaluation_readings"
    both = (await is_there(cas, log))["items"]  # a line of the list, too
    assert [(one["role"], one["name"]) for one in both] == [("auditor", "cas")] * 2
    assert (await cas.get(f"/calls/{elsewhere.call}/evaluation_readings")).status_code == 404
    assert (await is_there(here.office, log))["items"] == both


async def test_the_file_of_a_proposal_is_for_the_auditor_of_its_call(world: World) -> None:
    here, elsewhere = await in_evaluation(world), await in_evaluation(world)
    cas = await person(world, "cas", audits=[here.call])
    for name in ("file", "file.zip"):
        assert (await cas.get(f"/proposals/{here.proposals[0].id}/{name}")).status_code == 200
        hidden = await cas.get(f"/proposals/{elsewhere.proposals[0].id}/{name}")
        missing = await cas.get(f"/proposals/{uuid4()}/{name}")
        assert (hidden.status_code, plain(hidden)) == (404, plain(missing))
    both = await person(world, "dan", audits=[here.call, elsewhere.call])
    for topic in (here, elsewhere):
        assert (await both.get(f"/proposals/{topic.proposals[0].id}/file")).status_code == 200


async def test_of_a_topic_in_two_calls_each_auditor_reads_the_text_and_the_own_call_alone(
    world: World,
) -> None:
    here, made = await in_evaluation(world), await standing_call(world)
    moved = {"topic_id": here.id}
    async with world.sessions() as session, session.begin():
        part = UUID(made["topic_stage"]["id"])
        await session.execute(update(TopicStage).where(TopicStage.id == part).values(moved))
    meeting = await here.office.make(
        f"/bodies/{here.body}/sessions", {"title": "Session", "held_at": machine_now().isoformat()}
    )
    motions = []
    for subject in (here.topic_stage, made["topic_stage"]["id"]):
        more = {"amount": {"amount": "46000000.00", "currency": "EUR"}, "text": "More money."}
        asked_for = {"purpose": "raise_envelope", "subject_id": subject} | more
        motion = await here.office.make(f"/sessions/{meeting['id']}/motions", asked_for)
        motions.append(f"/motions/{motion['id']}")
    async with world.sessions() as session:
        assert (await session.scalars(select(Motion.topic_id))).all() == [here.id] * 2
    panel = await panel_of(here)
    one, other = (
        await person(world, "one", audits=[here.call]),
        await person(world, "other", audits=[made["call"]["id"]]),
    )
    for who, (mine, theirs) in ((one, motions), (other, motions[::-1])):
        await is_there(who, f"/topics/{here.id}")
        await is_there(who, mine)
        await is_hidden(who, theirs)
        await is_hidden(who, f"/sessions/{meeting['id']}")
    await is_there(one, panel)
    await is_hidden(other, panel)
