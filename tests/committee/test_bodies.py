"""Which bodies vote, on what, and for how long."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.committee.models import Body, Mandate, Session, SessionState
from app.core.clock import machine_now
from app.topics.programme import Programme, programme
from app.topics.rules import not_its_vote
from tests.build import Actor, committee, fresh, person
from tests.conftest import World
from tests.topics.build import OUTCOME, codes, idea, motion_on
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio
ASKED = {"purpose": "screen_idea", "text": "Why."}


async def become(world: World, body: UUID, kind: str) -> None:
    async with world.sessions() as session, session.begin():
        await session.execute(update(Body).where(Body.id == body).values(kind=kind))


async def open_session(world: World, body: UUID) -> str:
    held = fresh(Session, SessionState.OPEN, body_id=body, title="Session", held_at=machine_now())
    async with world.sessions() as session, session.begin():
        session.add(held)
    return f"/sessions/{held.id}"


async def dissolved(world: World, body: UUID) -> None:
    one, two = await person(world, "one", "admin"), await person(world, "two", "admin")
    assert (await one.post(f"/bodies/{body}/dissolve")).status_code == 202
    assert (await two.make(f"/bodies/{body}/dissolve"))["state"] == "dissolved"


async def ready(world: World) -> tuple[Actor, UUID, list[Actor], dict[str, Any]]:
    """The office, a body with two members, and what to ask of it."""
    office = await person(world, "office", "office")
    body, members = await committee(world, "ann", "bob")
    about = (await idea(await person(world, "proposer")))["id"]
    return office, body, members, ASKED | {"subject_id": about}


async def test_a_body_that_advises_decides_nothing(world: World) -> None:
    office, body, (ann, bob), asked = await world.prepared(ready)
    motion = await motion_on(office, body, "screen_idea", asked["subject_id"])
    await become(world, body, "advisory")
    session = await open_session(world, body)
    assert await codes(await office.post(f"{session}/motions", asked)) == [("body-advises", "")]
    offered = {a["name"]: a["blocked_by"] for a in (await is_there(office, session))["actions"]}
    assert [reason["code"] for reason in offered["prepare"]] == ["body-advises"]
    assert await codes(await office.post(f"{motion}/put_to_vote")) == [("body-advises", "")]
    await become(world, body, "scientific_committee")
    await office.make(f"{motion}/put_to_vote")
    for member in (ann, bob):
        await member.make(f"{motion}/vote", {"choice": "yes"})
    await become(world, body, "advisory")
    refused = await codes(await office.post(f"{motion}/adopt", OUTCOME))
    assert refused == [("body-advises", "")]
    assert ("body-advises", "") in await codes(await office.post(f"{motion}/reject", OUTCOME))
    await office.make(f"{motion}/adjourn", {"reason": "It advises."})


async def test_a_dissolved_body_takes_no_motion_and_opens_no_vote(world: World) -> None:
    office, body, _, asked = await world.prepared(ready)
    motion = await motion_on(office, body, "screen_idea", asked["subject_id"])
    session = await open_session(world, body)
    await dissolved(world, body)
    assert await codes(await office.post(f"{session}/motions", asked)) == [("body-dissolved", "")]
    assert await codes(await office.post(f"{motion}/put_to_vote")) == [("body-dissolved", "")]
    await office.make(f"{motion}/adjourn", {"reason": "Its body is dissolved."})


async def test_a_vote_ends_with_its_body(world: World) -> None:
    """The text is free again, for a vote of another body."""
    office, body, (ann, bob), asked = await world.prepared(ready)
    motion = await motion_on(office, body, "screen_idea", asked["subject_id"])
    await office.make(f"{motion}/put_to_vote")
    for member in (ann, bob):
        await member.make(f"{motion}/vote", {"choice": "yes"})
    await dissolved(world, body)
    for member in (ann, bob):
        assert (await member.post(f"{motion}/vote", {"choice": "no"})).status_code == 404
        assert (await member.post(f"{motion}/adopt", OUTCOME)).status_code == 404
    refused = await codes(await office.post(f"{motion}/adopt", OUTCOME))
    assert refused == [("body-dissolved", ""), ("no-quorum", ""), ("no-majority", "")]
    await office.make(f"{motion}/adjourn", {"reason": "Its body is dissolved."})
    other, _ = await committee(world, "cas")
    again = await motion_on(office, other, "screen_idea", asked["subject_id"])
    await office.make(f"{again}/put_to_vote")


async def test_a_seat_in_a_dissolved_body_gives_no_sight(world: World) -> None:
    office, body, (ann, bob), asked = await world.prepared(ready)
    idea_path = f"/topics/{asked['subject_id']}"
    session = await open_session(world, body)
    motion = await motion_on(office, body, "screen_idea", asked["subject_id"])
    paths = (idea_path, session, motion, f"/bodies/{body}")
    for member in (ann, bob):
        for path in paths:
            await is_there(member, path)
        assert [tie["entity"] for tie in (await is_there(member, "/me"))["relations"]] == ["body"]
    await dissolved(world, body)
    for member in (ann, bob):
        for path in paths:
            await is_hidden(member, path)
        assert (await is_there(member, "/me"))["relations"] == []


@pytest.mark.parametrize(
    ("starts", "ends", "kept"),
    [
        (timedelta(-9), None, False),
        (timedelta(-9), timedelta(9), False),
        (timedelta(-9), timedelta(-1), True),
        (timedelta(1), timedelta(9), True),
        (timedelta(1), None, True),
    ],
)
async def test_a_mandate_that_is_ended_only_ends_sooner(
    world: World, starts: timedelta, ends: timedelta | None, kept: bool
) -> None:
    admin, now = await person(world, "admin", "admin"), machine_now()
    _, (ann,) = await committee(world, "ann")
    term = {"starts_at": now + starts, "ends_at": None if ends is None else now + ends}
    async with world.sessions() as session, session.begin():
        seat = (await session.scalars(select(Mandate).where(Mandate.account_id == ann.id))).one()
        seat.starts_at, seat.ends_at = term["starts_at"], term["ends_at"]
    read = await admin.make(f"/mandates/{seat.id}/end")
    told = None if read["ends_at"] is None else datetime.fromisoformat(read["ends_at"])
    assert (read["state"], datetime.fromisoformat(read["starts_at"])) == ("ended", term["starts_at"])
    assert told == term["ends_at"] if kept else told is not None and now <= told <= machine_now()


async def test_the_programme_says_which_body_votes_on_what(world: World) -> None:
    office, body, _, asked = await world.prepared(ready)
    await become(world, body, "governing_board")
    session = await open_session(world, body)
    refused = await office.post(f"{session}/motions", asked)
    assert await codes(refused) == [("not-its-vote", "/purpose")]
    assert refused.json()["reasons"][0]["text"] == "On this a scientific committee votes."


def test_a_programme_may_leave_a_vote_to_another_body() -> None:
    told = programme().model_dump(mode="json")
    told["votes"][1] |= {"bodies": ["governing_board", "scientific_committee"], "second": None}
    found = Programme.model_validate(told)
    assert found.voters["adopt_topic"] == ("governing_board", "scientific_committee")
    assert list(not_its_vote("governing_board", found.voters["adopt_topic"])) == []
    assert found.voters["adopt_list"] == ("scientific_committee",)


@pytest.mark.parametrize(
    "votes",
    [
        {"bodies": ["advisory"]},
        {"bodies": []},
        {"purposes": ["screen_idea", "adopt_topic"]},
        {"purposes": ["screen_idea"]},
    ],
)
def test_a_programme_names_for_each_vote_a_body_that_decides(votes: dict[str, Any]) -> None:
    told = programme().model_dump(mode="json")
    told["votes"][0] |= votes
    with pytest.raises(ValueError, match="votes"):
        Programme.model_validate(told)
