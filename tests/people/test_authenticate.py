"""Who asks: account, roles and clock in one statement, with the actor named to the database."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import literal, select, text, update

from app.core.clock import Clock, machine_now
from app.core.errors import Unauthenticated
from app.people import access
from app.people.authenticate import authenticate
from app.people.desk import desk
from app.people.models import Account, AccountState, Appointment, Family
from app.people.tokens import Bearer
from tests.build import person
from tests.conftest import World
from tests.people.given import counted

pytestmark = pytest.mark.anyio
ACTOR = text("SELECT current_setting('app.actor')")


async def test_actor_roles_and_clock_come_in_one_statement(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await person(world, "ann", "office", "admin")
    async with world.sessions() as session, session.begin():
        with counted(monkeypatch) as work:
            actor, _ = await authenticate(session, ann.token)
        assert await session.scalar(ACTOR) == str(ann.id)
    assert (actor.id, actor.roles, actor.email) == (ann.id, frozenset({"office", "admin"}), ann.email)
    assert work.statements == ['SELECT (SELECT clock."offset"']


async def test_nobody_costs_one_statement_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async with world.sessions() as session, session.begin():
        with counted(monkeypatch) as work:
            actor, _ = await authenticate(session, None)
        assert await session.scalar(ACTOR) == ""
    assert (actor.id, actor.roles, len(work.statements)) == (None, frozenset(), 1)


async def test_later_stages_give_roles(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = await person(world, "ann", "observer")
    both = select(literal("expert")).union(select(literal("committee")))
    monkeypatch.setattr(access, "_sources", [*access._sources, lambda account_id, at: both])
    assert (await ann.get("/me")).json()["roles"] == ["committee", "expert", "observer"]


async def test_roles_follow_process_time(world: World) -> None:
    ann = await person(world, "ann", "office")
    async with world.sessions() as session, session.begin():
        await session.execute(update(Appointment).values(ends_at=machine_now() + timedelta(days=10)))
        before, _ = await authenticate(session, ann.token)
        await session.execute(update(Clock).values(offset=timedelta(days=11)))
        after, ahead = await authenticate(session, ann.token)
    assert (before.roles, after.roles, ahead) == (frozenset({"office"}), frozenset(), timedelta(days=11))


async def test_sign_in_of_another_account_is_nobodys(world: World) -> None:
    ann, bob = await person(world, "ann"), await person(world, "bob", "admin")
    sign_in_of_ann = desk().tokens.read(ann.token).family_id
    async with world.sessions() as session:
        for mixed in (
            Bearer(bob.id, sign_in_of_ann),
            Bearer(ann.id, uuid4()),
            Bearer(uuid4(), sign_in_of_ann),
        ):
            with pytest.raises(Unauthenticated):
                await authenticate(session, desk().tokens.issue(mixed))


async def test_account_that_is_not_active_is_refused_whatever_its_sign_ins(world: World) -> None:
    ann = await person(world, "ann")
    async with world.sessions() as session, session.begin():
        await session.execute(update(Account).values(state=AccountState.CLOSED))
        assert await session.scalar(select(Family.revoked_at)) is None
    assert (await ann.get("/me")).status_code == 401


async def test_revoked_sign_in_is_refused(world: World) -> None:
    ann = await person(world, "ann")
    assert (await ann.get("/me")).status_code == 200
    async with world.sessions() as session, session.begin():
        await session.execute(update(Family).values(revoked_at=machine_now()))
    assert (await ann.get("/me")).status_code == 401
