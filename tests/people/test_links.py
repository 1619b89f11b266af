"""Links: registration, invitation, reset; good once, and telling a stranger nothing."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from app.core.audit import AuditEvent
from app.core.clock import machine_now
from app.core.errors import Unauthenticated
from app.people.invite import invite
from app.people.links import new_link, redeem
from app.people.models import Account, AccountState, Link
from app.workflow.run import Act
from app.workflow.table import Ask
from app.workflow.who import Actor
from tests.build import LONG_AGO, person
from tests.conftest import World
from tests.people.given import BETTER, GOOD, account, counted, link_to, mails

pytestmark = pytest.mark.anyio
CHOSEN = {"name": "Jo Doe", "password": GOOD}


async def test_stranger_registers_by_mail_and_is_signed_in(world: World) -> None:
    async with world.client() as client:
        asked = await client.post("/v1/auth/register", json={"email": "Jo@example.org"})
        link = await link_to(world, "Jo@example.org")
        made = await client.post("/v1/auth/activate", json={"link": link, **CHOSEN})
    assert (asked.status_code, made.status_code) == (202, 200)
    async with world.client(made.json()["access_token"]) as client:
        me = (await client.get("/v1/me")).json()["account"]
    assert (me["email"], me["name"], me["state"]) == ("jo@example.org", "Jo Doe", "active")
    async with world.sessions() as session:
        events = (await session.scalars(select(AuditEvent.act).where(AuditEvent.entity == "account"))).all()
    assert events == ["register"]


async def test_nothing_is_kept_of_an_address_until_its_link_is_followed(world: World) -> None:
    async with world.client() as client:
        await client.post("/v1/auth/register", json={"email": "jo@example.org"})
    async with world.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Account)) == 0


@pytest.mark.parametrize("route", ["register", "reset_request"])
async def test_known_and_unknown_addresses_are_the_same_answer_and_work(
    world: World, monkeypatch: pytest.MonkeyPatch, route: str
) -> None:
    known, closed = await account(world), await account(world, AccountState.CLOSED)
    invited = await account(world, AccountState.INVITED, password=None)
    seen = []
    for email in (known.email, "nobody@example.org", closed.email, invited.email):
        with counted(monkeypatch) as work:
            async with world.client() as client:
                answer = await client.post(f"/v1/auth/{route}", json={"email": email})
        seen.append((answer.status_code, answer.content, work.statements, work.hashes))
        assert len(await mails(world, email)) == 1
    assert seen == [seen[0]] * 4
    assert seen[0][0] == 202


async def test_link_is_good_once_and_for_its_own_purpose(world: World) -> None:
    jo = await account(world)
    async with world.client() as client:
        await client.post("/v1/auth/reset_request", json={"email": jo.email})
        link = await link_to(world, jo.email)
        body = {"link": link, "password": BETTER}
        misused = await client.post("/v1/auth/activate", json={"link": link, **CHOSEN})
        weak = await client.post("/v1/auth/reset", json=body | {"password": "password1234"})
        first, second = [await client.post("/v1/auth/reset", json=body) for _ in range(2)]
        made_up = await client.post("/v1/auth/reset", json=body | {"link": "x" * 43})
    assert [a.status_code for a in (misused, weak, first, second, made_up)] == [401, 422, 200, 401, 401]
    assert second.json()["detail"] == made_up.json()["detail"] == misused.json()["detail"]


async def test_reset_ends_every_sign_in_and_every_other_link(world: World) -> None:
    jo = await account(world)
    async with world.client() as client:
        credentials = {"email": jo.email, "password": GOOD}
        before = (await client.post("/v1/auth/sign_in", json=credentials)).json()["access_token"]
        await client.post("/v1/auth/reset_request", json={"email": jo.email})
        older = await link_to(world, jo.email)
        await client.post("/v1/auth/reset_request", json={"email": jo.email})
        newer = next(link for link in await _links(world, jo.email) if link != older)
        assert (
            await client.post("/v1/auth/reset", json={"link": newer, "password": BETTER})
        ).status_code == 200
        again = await client.post("/v1/auth/reset", json={"link": older, "password": GOOD})
        me = await client.get("/v1/me", headers={"Authorization": f"Bearer {before}"})
    assert (again.status_code, me.status_code) == (401, 401)


async def test_old_link_is_refused(world: World) -> None:
    async with world.client() as client:
        await client.post("/v1/auth/register", json={"email": "jo@example.org"})
        async with world.sessions() as session, session.begin():
            await session.execute(update(Link).values(expires_at=machine_now() - timedelta(seconds=1)))
        link = await link_to(world, "jo@example.org")
        answer = await client.post("/v1/auth/activate", json={"link": link, **CHOSEN})
    assert answer.status_code == 401


async def test_secret_of_a_link_is_not_kept(world: World) -> None:
    async with world.client() as client:
        await client.post("/v1/auth/register", json={"email": "jo@example.org"})
    secret = (await link_to(world, "jo@example.org")).rsplit("#")[-1]
    async with world.sessions() as session:
        link = (await session.scalars(select(Link))).one()
    assert (len(secret), len(link.hash), link.hash == secret) == (43, 64, False)


@pytest.mark.parametrize("other", [False, True])
async def test_link_is_used_by_who_came_first_though_not_yet_committed(live: World, other: bool) -> None:
    """Whoever comes second waits, with the same link or `other` one of the address, and is refused."""
    async with live.sessions() as session, session.begin():
        mine = new_link(session, "activate", "jo@example.org")
        theirs = new_link(session, "activate", "jo@example.org") if other else mine

    async def second() -> str:
        async with live.sessions() as session, session.begin():
            return await redeem(session, "activate", theirs)

    async with live.sessions() as session, session.begin():
        assert await redeem(session, "activate", mine) == "jo@example.org"
        late = asyncio.create_task(second())
        assert await asyncio.wait([late], timeout=0.3) == (set(), {late})
    with pytest.raises(Unauthenticated):
        await late


async def test_of_two_who_follow_one_link_at_once_one_comes_in(live: World) -> None:
    jo = await account(live, AccountState.INVITED, password=None)
    async with live.client() as client:
        await client.post("/v1/auth/register", json={"email": jo.email})
        body = {"link": await link_to(live, jo.email), **CHOSEN}
        answers = await asyncio.gather(*(client.post("/v1/auth/activate", json=body) for _ in range(4)))
    assert sorted(a.status_code for a in answers) == [200, 401, 401, 401]


async def test_of_two_links_of_one_address_followed_at_once_one_comes_in(live: World) -> None:
    async with live.client() as client:
        links = []
        for _ in range(3):
            await client.post("/v1/auth/register", json={"email": "jo@example.org"})
            links.append(next(each for each in await _links(live, "jo@example.org") if each not in links))
        tries = [client.post("/v1/auth/activate", json={"link": link, **CHOSEN}) for link in links]
        answers = await asyncio.gather(*tries)
    assert sorted(a.status_code for a in answers) == [200, 401, 401]


async def test_office_invites_and_the_invited_person_comes_in(world: World) -> None:
    office = await person(world, "office", "office")
    made = await office.make("/accounts", {"email": "new@example.org", "name": "New"})
    assert (made["state"], [a["name"] for a in made["actions"]]) == ("invited", ["invite_again"])
    async with world.client() as client:
        body = {"link": await link_to(world, "new@example.org"), **CHOSEN}
        assert (await client.post("/v1/auth/activate", json=body)).status_code == 200
    read = (await office.get(f"/accounts/{made['id']}")).json()
    assert (read["state"], read["name"]) == ("active", "Jo Doe")
    twice = await office.post("/accounts", {"email": "NEW@example.org", "name": "New"})
    assert (twice.status_code, twice.json()["reasons"][0]["code"]) == (409, "uq-account-email")


async def test_invitation_from_a_later_stage_is_the_same_for_the_second_time(world: World) -> None:
    async with world.sessions() as session, session.begin():
        act = Act(session, Ask(Actor(uuid4()), LONG_AGO))
        first, link = await invite(session, "Pat@example.org", "Pat", act)
        second, another = await invite(session, "pat@EXAMPLE.org", "Somebody", act)
    assert (first.id, first.name, first.state) == (second.id, "Pat", AccountState.INVITED)
    assert (link is None, another is None, link == another) == (False, False, False)
    async with world.client() as client:
        assert (await client.post("/v1/auth/activate", json={"link": another, **CHOSEN})).status_code == 200
    async with world.sessions() as session, session.begin():
        third, none = await invite(session, "pat@example.org", "Pat", Act(session, Ask(Actor(), LONG_AGO)))
    assert (third.id, none) == (first.id, None)


async def test_two_invitations_of_one_stranger_at_once_make_one_account(live: World) -> None:
    async def one() -> Account:
        async with live.sessions() as session, session.begin():
            return (await invite(session, "pat@example.org", "Pat", Act(session, Ask(Actor(), LONG_AGO))))[0]

    made = await asyncio.gather(*(one() for _ in range(4)))
    assert len({each.id for each in made}) == 1


async def _links(world: World, to: str) -> list[str]:
    return [word for mail in await mails(world, to) for word in mail.text.split() if word.startswith("http")]
