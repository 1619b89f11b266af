"""Signing in, staying so, leaving, changing the password."""

import httpx2
import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from app.core.audit import AuditDetail, Refusal
from app.people import passwords
from app.people.models import Account, AccountState, Family
from tests.build import person
from tests.conftest import World
from tests.people.given import BETTER, GOOD, account, counted

pytestmark = pytest.mark.anyio
JSON = {"Content-Type": "application/json"}


async def test_one_signs_in_and_is_who_one_is(world: World) -> None:
    jo = await account(world)
    async with world.client() as client:
        answer = await client.post("/v1/auth/sign_in", json={"email": jo.email.upper(), "password": GOOD})
    signed_in = answer.json()
    assert answer.status_code == 200
    assert (signed_in["token_type"], signed_in["expires_in"]) == ("Bearer", 900)
    async with world.client(signed_in["access_token"]) as client:
        me = (await client.get("/v1/me")).json()
    assert (me["account"]["email"], me["roles"], me["waiting"]) == (jo.email, [], [])


async def test_unknown_and_wrong_are_the_same_answer_and_the_same_work(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, closed = await account(world), await account(world, AccountState.CLOSED)
    invited = await account(world, AccountState.INVITED, password=None)
    seen = []
    for email in (known.email, "nobody@example.org", closed.email, invited.email):
        with counted(monkeypatch) as work:
            async with world.client() as client:
                answer = await client.post("/v1/auth/sign_in", json={"email": email, "password": "x" * 20})
        body = {name: value for name, value in answer.json().items() if name != "instance"}
        seen.append((answer.status_code, body, work.statements, work.hashes))
    assert seen == [seen[0]] * 4
    assert (seen[0][0], seen[0][3]) == (401, 1)
    assert len(seen[0][2]) > 2


async def test_password_that_changes_while_it_is_tried_signs_nobody_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    jo, tried = await account(world), passwords.matches

    async def and_meanwhile(password: SecretStr, kept: str | None) -> bool:
        async with world.sessions() as session, session.begin():
            await session.execute(update(Account).values(password=await passwords.hashed(SecretStr(BETTER))))
        return await tried(password, kept)

    monkeypatch.setattr(passwords, "matches", and_meanwhile)
    async with world.client() as client:
        answer = await client.post("/v1/auth/sign_in", json={"email": jo.email, "password": GOOD})
    assert answer.status_code == 401


async def test_closed_account_is_refused_with_the_right_password_too(world: World) -> None:
    closed = await account(world, AccountState.CLOSED)
    async with world.client() as client:
        answer = await client.post("/v1/auth/sign_in", json={"email": closed.email, "password": GOOD})
    assert answer.status_code == 401


async def test_failed_sign_in_is_recorded_though_refused(live: World) -> None:
    jo = await account(live)
    async with live.client() as client:
        await client.post("/v1/auth/sign_in", json={"email": jo.email, "password": "wrong"})
    async with live.sessions() as session:
        kept = (await session.scalars(select(Refusal))).all()
    assert [(r.act, r.entity_id, r.codes) for r in kept] == [("sign_in", jo.id, ["wrong-password"])]


async def test_reuse_of_a_refresh_token_ends_the_family_for_good(live: World) -> None:
    jo = await account(live)
    async with live.client() as client:
        answer = await client.post("/v1/auth/sign_in", json={"email": jo.email, "password": GOOD})
        first = answer.json()
        second = (await _refresh(client, first)).json()
        assert await _status_of_me(live, second["access_token"]) == 200
        again, newest = await _refresh(client, first), await _refresh(client, second)
    assert (again.status_code, newest.status_code) == (401, 401)
    assert [await _status_of_me(live, pair["access_token"]) for pair in (first, second)] == [401, 401]


async def test_one_sign_out_leaves_the_other_sign_in_alone(world: World) -> None:
    jo = await account(world)
    async with world.client() as client:
        body = {"email": jo.email, "password": GOOD}
        here, there = [(await client.post("/v1/auth/sign_in", json=body)).json() for _ in range(2)]
        headers = {"Authorization": f"Bearer {here['access_token']}"}
        assert (await client.post("/v1/auth/sign_out", headers=headers)).status_code == 204
        refreshed = await _refresh(client, here)
    assert refreshed.status_code == 401
    assert await _status_of_me(world, here["access_token"]) == 401
    assert await _status_of_me(world, there["access_token"]) == 200


async def test_new_password_ends_every_sign_in_but_the_one_it_gives(world: World) -> None:
    jo = await account(world)
    async with world.client() as client:
        body = {"email": jo.email, "password": GOOD}
        old = (await client.post("/v1/auth/sign_in", json=body)).json()
        headers = {"Authorization": f"Bearer {old['access_token']}"}
        change = {"current_password": GOOD, "password": BETTER}
        new = await client.post("/v1/auth/password", json=change, headers=headers)
        with_old = await client.post("/v1/auth/sign_in", json=body)
        with_new = await client.post("/v1/auth/sign_in", json=body | {"password": BETTER})
        refreshed = await _refresh(client, old)
    assert [a.status_code for a in (new, with_old, with_new, refreshed)] == [200, 401, 200, 401]
    assert await _status_of_me(world, old["access_token"]) == 401
    assert await _status_of_me(world, new.json()["access_token"]) == 200


async def test_password_is_changed_by_who_knows_it_and_to_a_good_one(world: World) -> None:
    jo = await account(world)
    async with world.client() as client:
        pair = (await client.post("/v1/auth/sign_in", json={"email": jo.email, "password": GOOD})).json()
        headers = {"Authorization": f"Bearer {pair['access_token']}"}
        refused = []
        for current, wanted in (
            (BETTER, BETTER),
            (GOOD, "password1234"),
            (GOOD, "x" * 201),
            (GOOD, jo.email),
        ):
            body = {"current_password": current, "password": wanted}
            answer = await client.post("/v1/auth/password", json=body, headers=headers)
            refused.append((answer.status_code, answer.json()["reasons"][0]["code"], wanted in answer.text))
        half = rf'{{"current_password": "\ud800", "password": "{BETTER}"}}'.encode()
        answer = await client.post("/v1/auth/password", content=half, headers=headers | JSON)
    assert refused == [
        (409, "wrong-password", False),
        (422, "weak-password", False),
        (422, "too-long", False),
        (422, "weak-password", False),
    ]
    assert answer.status_code == 422
    assert await _status_of_me(world, pair["access_token"]) == 200


async def test_closing_the_account_cuts_access_at_the_next_request(world: World) -> None:
    jo, admin = await person(world, "jo"), await person(world, "admin", "admin")
    assert (await jo.get("/me")).status_code == 200
    await admin.make(f"/accounts/{jo.id}/close")
    assert (await jo.get("/me")).status_code == 401
    assert (await jo.get(f"/accounts/{jo.id}")).status_code == 401
    async with world.sessions() as session:
        revoked = await session.scalar(select(Family.revoked_at).where(Family.account_id == jo.id))
    assert revoked is not None


async def test_no_password_stands_in_any_answer_or_audit(world: World) -> None:
    jo = await account(world)
    async with world.client() as client:
        pair = (await client.post("/v1/auth/sign_in", json={"email": jo.email, "password": GOOD})).json()
        headers = {"Authorization": f"Bearer {pair['access_token']}"}
        change = {"current_password": GOOD, "password": BETTER}
        await client.post("/v1/auth/password", json=change, headers=headers)
    async with world.sessions() as session:
        details = (await session.scalars(select(AuditDetail.detail))).all()
    assert details == [{"email": "", "name": ""}]


async def _refresh(client: httpx2.AsyncClient, pair: dict[str, str]) -> httpx2.Response:
    return await client.post("/v1/auth/refresh", json={"refresh_token": pair["refresh_token"]})


async def _status_of_me(world: World, token: str) -> int:
    async with world.client(token) as client:
        return (await client.get("/v1/me")).status_code
