"""Sessions that are called off before they open, and adjourned ones whose day has come."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.committee.models import Motion, Session
from app.committee.reactions import remind_of_adjourned
from app.core.clock import machine_now
from app.workflow.run import system_act
from tests.build import Actor, person
from tests.committee.build import Sitting, alternate, board, in_days, prepared, say
from tests.committee.test_sessions import called, mails
from tests.conftest import World
from tests.decisions.build import ranked
from tests.decisions.test_embargo import apply
from tests.topics.build import OUTCOME, codes, idea
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio
WHY = {"reason": "The hall is flooded."}


async def waits(who: Actor, *kinds: str) -> list[tuple[str, str]]:
    """What of these kinds waits for somebody."""
    found = (await who.get("/me")).json()["waiting"]
    return [(one["kind"], one["id"]) for one in found if one["kind"] in kinds]


async def put(there: Sitting, session: str, text: str = "Because patients ask for it.") -> str:
    """A motion on another idea, prepared for this session."""
    about = (await idea(await person(there.office.world, "another")))["id"]
    asked = {"purpose": "screen_idea", "subject_id": about, "text": text}
    return f"/motions/{(await there.office.make(f'{session}/motions', asked))['id']}"


async def test_a_session_that_was_never_opened_is_called_off(world: World) -> None:
    there = await world.prepared(prepared, "ann", "bob")
    ann, bob = there.members
    deputy, stranger = await alternate(world, there.body, bob, "deputy"), await person(world, "stranger")
    session = await called(there.office, there.body)
    await is_there(bob, session)
    assert (await ann.post(f"{session}/cancel", WHY)).status_code == 403  # nor the chair
    assert (await stranger.post(f"{session}/cancel", WHY)).status_code == 404
    assert (await there.office.post(f"{session}/cancel", {"reason": ""})).status_code == 422
    read = await there.office.make(f"{session}/cancel", WHY)
    assert (read["state"], read["called_off_for"]) == ("called_off", WHY["reason"])
    offered = {one["name"]: [reason["code"] for reason in one["blocked_by"]] for one in read["actions"]}
    assert offered == {"prepare": ["session-called-off"]}
    for who in (ann, bob, deputy):
        assert "is called off. The reason: The hall is flooded." in (await mails(world, who, "session"))[-1]
    assert await mails(world, stranger, "session") == []
    for act in ("open", "cancel", "close"):
        refused = await there.office.post(f"{session}/{act}", WHY if act == "cancel" else None)
        assert refused.status_code == 409
    asked = {"purpose": "screen_idea", "subject_id": there.idea, "text": "Again."}
    assert await codes(await there.office.post(f"{session}/motions", asked)) == [("session-called-off", "")]
    await is_hidden(stranger, session)


async def test_a_session_that_was_opened_is_not_called_off(world: World) -> None:
    there = await world.prepared(prepared, "ann")
    session = await there.session()
    for state in ("open", "adjourned", "closed"):
        assert (await there.office.get(session)).json()["state"] == state
        assert (await there.office.post(f"{session}/cancel", WHY)).status_code == 409
        if state == "open":
            await there.office.make(f"{session}/adjourn", {"until": in_days(1), "reason": "Late."})
            async with world.sessions() as db, db.begin():
                await db.execute(update(Session).values(adjourned_until=machine_now()))
        if state == "adjourned":
            await there.office.make(f"{session}/resume")
            await there.office.make(f"{session}/close")


async def test_motions_of_a_session_that_is_called_off_are_put_on_another_agenda(world: World) -> None:
    there = await world.prepared(prepared, "ann", "bob")
    ann, bob = there.members
    off, following = await called(there.office, there.body), await called(there.office, there.body)
    motion, key = await put(there, off), following.rpartition("/")[2]
    assert await codes(await there.office.post(f"{motion}/put_on_agenda", {"session_id": key})) == [
        ("session-stands", "")
    ]
    await there.office.make(f"{following}/order_agenda", {"motion_ids": []})
    assert await waits(there.office, "put_on_agenda") == []
    await there.office.make(f"{off}/cancel", WHY)
    waiting = [("put_on_agenda", motion.rpartition("/")[2])]
    assert await waits(there.office, "put_on_agenda") == waiting
    assert await waits(ann, "put_on_agenda") == []
    assert (await there.office.get(motion)).json()["state"] == "prepared"
    assert (await ann.post(f"{motion}/put_on_agenda", {"session_id": key})).status_code == 403
    _, (other,) = await board(world, "other")
    elsewhere = await called(there.office, (await other.get("/me")).json()["relations"][0]["id"])
    written = await called(there.office, there.body, kind="written", closes_at=in_days(9))
    gone = await called(there.office, there.body)
    await there.office.make(f"{gone}/cancel", WHY)
    for session, code in (
        (elsewhere, ("other-body", "/session_id")),
        (gone, ("session-called-off", "")),
        (off, ("session-called-off", "")),
        (written, ("not-in-writing", "/session_id")),
        (there.motion, ("no-session", "/session_id")),
    ):
        sent = {"session_id": session.rpartition("/")[2]}
        assert await codes(await there.office.post(f"{motion}/put_on_agenda", sent)) == [code]
    read = await there.office.make(f"{motion}/put_on_agenda", {"session_id": key})
    assert (read["session_id"], read["state"]) == (key, "prepared")
    assert await waits(there.office, "put_on_agenda") == []
    assert (await is_there(bob, off))["agenda"] == []
    assert [one["motion_id"] for one in (await is_there(bob, following))["agenda"]] == [read["id"]]
    assert (await mails(world, bob, "agenda"))[-1].endswith("1. Because patients ask for it.")
    await there.office.make(f"{following}/open")
    await there.office.make(f"{motion}/put_to_vote")
    await say(motion, there.members)
    assert (await there.office.make(f"{motion}/adopt", OUTCOME))["state"] == "adopted"


async def test_who_applies_is_not_told_what_waits_for_another_agenda(world: World) -> None:
    there = await ranked(world, "30000000.00", "20000000.00")
    third = await person(world, "third", "office")
    off = await called(there.office, there.body)
    asked = {"purpose": "adopt_list", "subject_id": there.topic_stage, "text": "Adopt it."}
    motion = (await there.office.make(f"{off}/motions", asked))["id"]
    await there.office.make(f"{off}/cancel", WHY)
    assert await waits(third, "put_on_agenda") == [("put_on_agenda", motion)]
    await apply(world, there, third)
    assert await waits(third, "put_on_agenda") == []
    following = (await called(there.office, there.body)).rpartition("/")[2]
    sent = {"session_id": following}
    assert (await third.post(f"/motions/{motion}/put_on_agenda", sent)).status_code == 404
    await there.office.make(f"/motions/{motion}/put_on_agenda", sent)
    assert (await is_there(third, f"/sessions/{following}"))["agenda"] == []
    # Whoever applies breaks off no session, of which they cannot tell what it is about.
    offered = (await is_there(third, f"/sessions/{following}"))["actions"]
    assert [one["name"] for one in offered if one["name"] in ("cancel", "open")] == ["open"]
    assert (await third.post(f"/sessions/{following}/cancel", WHY)).status_code == 403


async def test_a_session_is_opened_or_called_off_but_not_both(live: World) -> None:
    there = await prepared(live, "ann", "bob")
    session = await called(there.office, there.body)
    answers = await asyncio.gather(
        there.office.post(f"{session}/cancel", WHY), there.members[0].post(f"{session}/open")
    )
    assert sorted(one.status_code for one in answers) == [200, 409]
    state = (await there.office.get(session)).json()["state"]
    assert state == ("called_off" if answers[0].status_code == 200 else "open")


async def remind(world: World, at: datetime) -> None:
    async with world.sessions() as session, session.begin():
        await remind_of_adjourned(system_act(session, at))


async def test_an_adjourned_session_waits_once_its_day_has_come(world: World) -> None:
    there = await world.prepared(prepared, "ann", "bob")
    ann, bob = there.members
    deputy, stranger = await alternate(world, there.body, bob, "deputy"), await person(world, "stranger")
    session, everybody = await there.session(), (there.office, ann, bob, deputy)
    until = machine_now() + timedelta(days=7)
    await ann.make(f"{session}/adjourn", {"until": until.isoformat(), "reason": "Late."})
    told = len(await mails(world, bob, "session"))
    await remind(world, until - timedelta(seconds=1))
    assert [await waits(who, "resume") for who in everybody] == [[], [], [], []]
    assert len(await mails(world, bob, "session")) == told
    for _ in range(2):  # told once
        await remind(world, until)
    for who in (ann, bob, deputy):
        said = [one for one in await mails(world, who, "session") if "was adjourned until now" in one]
        assert said == [
            "Session was adjourned until now. Its chair or the programme office takes it up again."
        ]
    async with world.sessions() as db, db.begin():
        await db.execute(update(Session).values(adjourned_until=machine_now()))
    here = [("resume", session.rpartition("/")[2])]
    assert [await waits(who, "resume") for who in everybody] == [here, here, here, here]
    assert await waits(stranger, "resume") == []
    read = await ann.make(f"{session}/resume")
    # What it had not come to is on its agenda as before, and is voted on.
    assert [one["state"] for one in read["agenda"]] == ["prepared"]
    assert [await waits(who, "resume") for who in everybody] == [[], [], [], []]
    await there.office.make(f"{there.motion}/put_to_vote")


async def test_a_session_adjourned_again_is_told_of_again(world: World) -> None:
    there = await world.prepared(prepared, "ann")
    session, (ann,) = await there.session(), there.members
    for number in (1, 2):
        await ann.make(f"{session}/adjourn", {"until": in_days(1), "reason": "Late."})
        async with world.sessions() as db, db.begin():
            await db.execute(update(Session).values(adjourned_until=machine_now()))
        await remind(world, machine_now())
        said = [one for one in await mails(world, ann, "session") if "was adjourned until now" in one]
        assert len(said) == number
        await ann.make(f"{session}/resume")


async def adjourned(world: World, **more: Any) -> tuple[Sitting, list[tuple[str, str]]]:
    """A motion adjourned to a day that has come."""
    there = await prepared(world, "ann", "bob")
    await there.office.make(f"{there.motion}/adjourn", {"reason": "Nobody has read it.", "until": in_days(1)})
    assert await waits(there.office, "take_up_again") == []
    async with world.sessions() as db, db.begin():
        await db.execute(update(Motion).values(adjourned_until=machine_now(), **more))
    return there, [("take_up_again", there.motion.rpartition("/")[2])]


async def test_an_adjourned_motion_waits_for_the_office_until_it_is_put_anew(world: World) -> None:
    there, waiting = await adjourned(world)
    assert await waits(there.office, "take_up_again") == waiting
    assert await waits(there.members[0], "take_up_again") == []
    asked = {"purpose": "screen_idea", "subject_id": there.idea, "text": "Again."}
    await there.office.make(f"{await there.session()}/motions", asked)
    assert await waits(there.office, "take_up_again") == []


async def test_the_database_keeps_the_reason_of_a_session_that_is_called_off(world: World) -> None:
    there = await world.prepared(prepared, "ann")
    session = await called(there.office, there.body)
    await there.office.make(f"{session}/cancel", WHY)
    async with world.sessions() as db:
        found = (await db.scalars(select(Session).where(Session.called_off_for.is_not(None)))).all()
    assert [(str(one.id), one.state) for one in found] == [(session.rpartition("/")[2], "called_off")]
