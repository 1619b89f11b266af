"""Builders: open votes on an idea, alternates, bodies of another kind, written procedures."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from app.committee import voting
from app.committee.models import Body, Mandate, MandateState
from app.committee.reactions import end_written_procedures
from app.core.clock import machine_now
from app.core.invariants import broken
from app.process import INVARIANTS
from app.workflow.run import system_act
from tests.build import LONG_AGO, Actor, committee, fresh, person
from tests.conftest import World
from tests.topics.build import idea, motion_on

WHY = {"reason": "Their institute is behind it."}
LONGEST = timedelta(seconds=120)


@dataclass
class Sitting:
    """A body with an open vote on an idea."""

    office: Actor
    second: Actor
    body: UUID
    members: list[Actor]
    idea: str
    motion: str

    async def session(self) -> str:
        return f"/sessions/{(await self.office.get(self.motion)).json()['session_id']}"


async def prepared(world: World, *names: str) -> Sitting:
    """A motion on an idea is prepared for an open session."""
    office, second = await person(world, "office", "office"), await person(world, "second", "office")
    body, members = await committee(world, *names)
    about = (await idea(await person(world, "proposer")))["id"]
    motion = await motion_on(office, body, "screen_idea", about)
    return Sitting(office, second, body, members, about, motion)


async def alternate(world: World, body: UUID, member: Actor, name: str) -> Actor:
    """Somebody who stands in for this member."""
    who = await person(world, name)
    async with world.sessions() as session, session.begin():
        mine = select(Mandate).where(Mandate.account_id == member.id, Mandate.body_id == body)
        seat = (await session.scalars(mine)).one()
        about = {"body_id": body, "account_id": who.id, "proposed_by": member.id, "seat": "member"}
        term = {"starts_at": LONG_AGO, "appointing_act": "test", "alternate_for_id": seat.id}
        session.add(fresh(Mandate, MandateState.ACTIVE, **about, **term))
    return who


async def weigh(world: World, member: Actor, weight: str) -> None:
    async with world.sessions() as session, session.begin():
        await session.execute(update(Mandate).where(Mandate.account_id == member.id).values(weight=weight))


async def board(world: World, *names: str) -> tuple[UUID, list[Actor]]:
    """A governing board, which votes second."""
    body, members = await committee(world, *names)
    async with world.sessions() as session, session.begin():
        await session.execute(update(Body).where(Body.id == body).values(kind="governing_board"))
    return body, members


async def say(motion: str, members: Sequence[Actor], choice: str = "yes") -> None:
    for member in members:
        await member.make(f"{motion}/vote", {"choice": choice})


async def ballots(reader: Actor, motion: str) -> dict[str, dict[str, Any]]:
    answer = await reader.get(motion)
    assert answer.status_code == 200, answer.text
    return {ballot["account_id"]: ballot for ballot in answer.json()["ballots"]}


def in_days(days: float) -> str:
    return (machine_now() + timedelta(days=days)).isoformat()


async def clock(world: World, at: datetime) -> None:
    """What is due at an instant in written procedures."""
    async with world.sessions() as session, session.begin():
        await end_written_procedures(LONGEST)(system_act(session, at))


async def holds(world: World) -> None:
    """What must always hold of votes."""
    async with world.sessions() as session:
        assert [told async for told in broken(session, INVARIANTS) if "otion" in told] == []


@contextmanager
def voted_by(**rule: Any) -> Iterator[None]:
    """The programme lets every body vote by another rule, for a while."""
    before = voting._voting[0]
    other = voting.VotingRule(bodies=(), confirmed=False, note="test", **rule)
    voting.install_voting(lambda kind, purpose: other)
    try:
        yield
    finally:
        voting.install_voting(before)
