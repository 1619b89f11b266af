"""Sessions: adjourned and resumed, their agenda, who was there; and what members are told."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.committee.models import Session
from app.core.clock import machine_now
from app.core.outbox import Mail
from tests.build import Actor, committee, person
from tests.committee.build import alternate, in_days, prepared, say
from tests.conftest import World
from tests.decisions.build import motion_on, ranked
from tests.decisions.test_embargo import apply
from tests.topics.build import OUTCOME, codes, idea
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio


async def mails(world: World, who: Actor, kind: str) -> list[str]:
    async with world.sessions() as session:
        mine = select(Mail.text).where(Mail.recipient == who.email, Mail.kind == kind)
        return list(await session.scalars(mine.order_by(Mail.written_at)))


async def called(office: Actor, body: UUID, **more: Any) -> str:
    held = {"title": "Spring session", "held_at": in_days(1)} | more
    return f"/sessions/{(await office.make(f'/bodies/{body}/sessions', held))['id']}"


async def test_members_and_alternates_are_told_of_a_session_and_nobody_else(world: World) -> None:
    office = await person(world, "office", "office")
    body, (ann, bob) = await committee(world, "ann", "bob")
    deputy, stranger = await alternate(world, body, bob, "deputy"), await person(world, "stranger")
    await called(office, body)
    for who in (ann, bob, deputy):
        (told,) = await mails(world, who, "session")
        assert "Spring session. It is held on" in told
    assert (await mails(world, stranger, "session"), await mails(world, office, "session")) == ([], [])
    await called(office, body, kind="written", closes_at=in_days(9))
    assert "Votes are taken in writing until" in (await mails(world, deputy, "session"))[1]


@pytest.mark.parametrize(
    "sent",
    [{"kind": "written"}, {"closes_at": in_days(9)}, {"kind": "written", "closes_at": in_days(0.5)}],
)
async def test_a_written_procedure_alone_has_an_end_after_its_beginning(world: World, sent: Any) -> None:
    office = await person(world, "office", "office")
    body, _ = await committee(world, "ann")
    held = {"title": "Session", "held_at": in_days(1)} | sent
    assert (await office.post(f"/bodies/{body}/sessions", held)).status_code == 422
    past = {"title": "S", "held_at": in_days(-9), "kind": "written", "closes_at": in_days(-1)}
    assert await codes(await office.post(f"/bodies/{body}/sessions", past)) == [("not-ahead", "/closes_at")]


async def test_a_session_is_adjourned_to_a_day_and_taken_up_again(world: World) -> None:
    there = await world.prepared(prepared, "ann", "bob")
    ann, bob = there.members
    session = await there.session()
    until, why = in_days(7), "It is late."
    assert (await bob.post(f"{session}/adjourn", {"until": until, "reason": why})).status_code == 403
    assert await codes(await ann.post(f"{session}/adjourn", {"until": in_days(-1), "reason": why})) == [
        ("not-ahead", "/until")
    ]
    assert (await ann.post(f"{session}/adjourn", {"until": until, "reason": ""})).status_code == 422
    await bob.make(f"{session}/attend")
    read = await ann.make(f"{session}/adjourn", {"until": until, "reason": why})
    assert (read["state"], read["adjournments"][0]["reason"]) == ("adjourned", why)
    assert read["attendance"][0]["left_at"] == read["adjournments"][0]["at"]
    assert f"The reason: {why}" in (await mails(world, bob, "session"))[1]
    assert await codes(await there.office.post(f"{there.motion}/put_to_vote")) == [("session-not-open", "")]
    assert (await bob.post(f"{session}/attend")).status_code == 409
    assert await codes(await ann.post(f"{session}/resume")) == [("too-early", "")]
    async with world.sessions() as db, db.begin():
        await db.execute(update(Session).values(adjourned_until=machine_now()))
    read = await ann.make(f"{session}/resume")
    assert (read["state"], read["adjourned_until"], len(read["adjournments"])) == ("open", None, 1)
    await there.office.make(f"{there.motion}/put_to_vote")


async def test_a_session_with_an_open_vote_is_neither_closed_nor_adjourned(world: World) -> None:
    there = await world.prepared(prepared, "ann", "bob")
    session = await there.session()
    await there.office.make(f"{there.motion}/put_to_vote")
    late = {"until": in_days(7), "reason": "Late."}
    for act, sent in (("close", None), ("adjourn", late)):
        assert await codes(await there.members[0].post(f"{session}/{act}", sent)) == [("vote-open", "")]
    await say(there.motion, there.members)
    await there.office.make(f"{there.motion}/adopt", OUTCOME)
    assert (await there.members[0].make(f"{session}/close"))["state"] == "closed"
    asked = {"purpose": "screen_idea", "subject_id": there.idea, "text": "Again."}
    assert await codes(await there.office.post(f"{session}/motions", asked)) == [("session-closed", "")]


async def test_the_office_orders_the_agenda_and_members_are_told_of_every_change(world: World) -> None:
    there = await world.prepared(prepared, "ann", "bob")
    ann, bob = there.members
    session, proposer = await there.session(), await person(world, "another")
    first = UUID(there.motion.rsplit("/", 1)[1])

    async def another(text: str) -> str:
        asked = {"purpose": "screen_idea", "subject_id": (await idea(proposer))["id"], "text": text}
        return str((await there.office.make(f"{session}/motions", asked))["id"])

    second = await another("The second.")
    assert await mails(world, bob, "agenda") == []  # not before the office sends it
    for wrong in ([second], [second, second], [second, str(first), str(there.body)], []):
        refused = await there.office.post(f"{session}/order_agenda", {"motion_ids": wrong})
        assert await codes(refused) == [("other-motions", "/motion_ids")]
    assert (await ann.post(f"{session}/order_agenda", {"motion_ids": [second]})).status_code == 403
    await there.office.make(f"{session}/order_agenda", {"motion_ids": [second, str(first)]})
    read = await is_there(bob, session)
    assert [item["motion_id"] for item in read["agenda"]] == [second, str(first)]
    (told,) = await mails(world, bob, "agenda")
    assert told == "The agenda of Session:\n1. The second.\n2. Because patients ask for it."
    third = await another("The third.")
    assert (await mails(world, bob, "agenda"))[1].splitlines()[-1] == "3. The third."
    assert [item["motion_id"] for item in (await is_there(ann, session))["agenda"]][-1] == third


async def test_an_agenda_names_no_motion_to_whoever_is_out_of_it(world: World) -> None:
    """Neither in the session, nor in a mail; nor does an order of an officer who applies disturb it."""
    there = await ranked(world, "30000000.00", "20000000.00")
    ann, _, cas = there.members
    third = await person(world, "third", "office")
    listed = await motion_on(there)
    session = f"/sessions/{listed['session_id']}"
    ideas = []
    for text in ("One.", "Two."):
        about = (await idea(await person(world, "proposer")))["id"]
        asked = {"purpose": "screen_idea", "subject_id": about, "text": text}
        ideas.append((await there.office.make(f"{session}/motions", asked))["id"])
    await apply(world, there, cas)
    await apply(world, there, third)
    await there.office.make(f"{session}/order_agenda", {"motion_ids": [ideas[0], listed["id"], ideas[1]]})
    assert [item["text"] for item in (await is_there(ann, session))["agenda"]] == [
        "One.",
        "Adopt it.",
        "Two.",
    ]
    assert [item["text"] for item in (await is_there(cas, session))["agenda"]] == ["One.", "Two."]
    assert "2. Adopt it." in (await mails(world, ann, "agenda"))[0]
    assert await mails(world, cas, "agenda") == ["The agenda of Session:\n1. One.\n2. Two."]
    guessed = {"motion_ids": [ideas[1], listed["id"], ideas[0]]}
    assert await codes(await third.post(f"{session}/order_agenda", guessed)) == [
        ("other-motions", "/motion_ids")
    ]
    read = await third.make(f"{session}/order_agenda", {"motion_ids": [ideas[1], ideas[0]]})
    assert [item["text"] for item in read["agenda"]] == ["Two.", "One."]
    assert [item["text"] for item in (await is_there(ann, session))["agenda"]] == [
        "Two.",
        "Adopt it.",
        "One.",
    ]
    # A new motion that they may not see is no news for them.
    raised = {"purpose": "raise_envelope", "subject_id": there.topic_stage, "text": "More."}
    raised |= {"amount": {"amount": "90000000.00", "currency": "EUR"}}
    await there.office.make(f"{session}/motions", raised)
    assert (len(await mails(world, ann, "agenda")), len(await mails(world, cas, "agenda"))) == (3, 2)


async def test_who_is_present_is_recorded_from_when_to_when(world: World) -> None:
    there = await world.prepared(prepared, "ann", "bob")
    ann, bob = there.members
    session, stranger = await there.session(), await person(world, "stranger")
    assert await codes(await bob.post(f"{session}/leave")) == [("not-present", "")]
    await bob.make(f"{session}/attend")
    assert await codes(await bob.post(f"{session}/attend")) == [("present-already", "")]
    assert (await stranger.post(f"{session}/attend")).status_code == 404
    assert (await there.office.post(f"{session}/attend")).status_code == 403
    read = await bob.make(f"{session}/leave")
    assert [(one["name"], one["left_at"] is None) for one in read["attendance"]] == [("bob", False)]
    first = {"arrived_at": in_days(-0.3), "left_at": in_days(-0.2)}
    last = {"arrived_at": in_days(-0.1), "left_at": None}
    sent = {"account_id": str(bob.id), "periods": [first, last]}
    assert (await bob.post(f"{session}/record_attendance", sent)).status_code == 403
    read = await ann.make(f"{session}/record_attendance", sent)
    assert [one["left_at"] is None for one in read["attendance"]] == [False, True]
    assert await codes(await bob.post(f"{session}/attend")) == [("present-already", "")]
    read = await there.office.make(f"{session}/close")
    assert [one["left_at"] is None for one in read["attendance"]] == [False, False]


@pytest.mark.parametrize(
    ("periods", "refused"),
    [
        ([(1, None)], [("ahead", "/periods/0")]),
        ([(-0.2, 1)], [("ahead", "/periods/0")]),
        ([(-0.1, -0.2)], [("ends-first", "/periods/0/left_at")]),
        ([(-0.3, None), (-0.2, -0.1)], [("no-end", "/periods/0/left_at")]),
        ([(-0.3, -0.1), (-0.2, None)], [("overlap", "/periods/1/arrived_at")]),
    ],
)
async def test_times_of_presence_that_cannot_be_are_refused(world: World, periods: Any, refused: Any) -> None:
    there = await world.prepared(prepared, "ann", "bob")
    session = await there.session()
    days = [{"arrived_at": in_days(a), "left_at": None if b is None else in_days(b)} for a, b in periods]
    sent = {"account_id": str(there.members[1].id), "periods": days}
    assert await codes(await there.office.post(f"{session}/record_attendance", sent)) == refused
    sent = {"account_id": str(there.office.id), "periods": [{"arrived_at": in_days(-0.1), "left_at": None}]}
    assert await codes(await there.office.post(f"{session}/record_attendance", sent)) == [
        ("no-mandate", "/periods/0/arrived_at")
    ]
    assert (await is_there(there.office, session))["attendance"] == []


async def test_sessions_of_another_body_are_not_there(world: World) -> None:
    there = await prepared(world, "ann")
    _, (other,) = await committee(world, "other")
    await is_there(there.members[0], await there.session())
    await is_hidden(other, await there.session())
    assert (await other.get(f"{await there.session()}/minutes")).status_code == 404
