"""Limits: active on every route of signing in, strict for an address, generous for a client."""

from dataclasses import replace

import pytest
from fastapi.routing import iter_route_contexts

from app.core.errors import TooMany
from app.people import desk
from app.people.limits import Limit, Limits
from tests.build import person
from tests.conftest import World

pytestmark = pytest.mark.anyio
EXPECTED = {
    f"/v1/auth/{name}"
    for name in (
        "register",
        "activate",
        "sign_in",
        "refresh",
        "sign_out",
        "password",
        "reset_request",
        "reset",
    )
}


def with_limits(monkeypatch: pytest.MonkeyPatch, **limits: Limit) -> None:
    monkeypatch.setattr(desk, "_desk", [replace(desk.desk(), limits=replace(Limits(), **limits))])


async def test_every_route_of_signing_in_is_limited(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = {c.path for c in iter_route_contexts(world.app.routes) if str(c.path).startswith("/v1/auth")}
    assert paths == EXPECTED
    for path in sorted(EXPECTED):
        with_limits(monkeypatch, client=Limit(2, 60_000))
        async with world.client() as client:
            tries = [await client.post(path, headers={"X-Forwarded-For": f"10.0.0.{n}"}) for n in range(3)]
        assert [each.status_code == 429 for each in tries] == [False, False, True], path
        assert 1 <= int(tries[2].headers["Retry-After"]) <= 60


@pytest.mark.parametrize(
    ("route", "limit"), [("sign_in", "sign_in"), ("register", "letters"), ("reset_request", "letters")]
)
async def test_address_is_limited_whoever_tries(
    world: World, monkeypatch: pytest.MonkeyPatch, route: str, limit: str
) -> None:
    with_limits(monkeypatch, **{limit: Limit(2, 60_000)})
    more = {"password": "x"} if route == "sign_in" else {}
    statuses = []
    async with world.client() as client:
        for email in ("jo@example.org", "JO@example.org", "jo@example.org", "other@example.org"):
            answer = await client.post(f"/v1/auth/{route}", json={"email": email, **more})
            statuses.append(answer.status_code == 429)
    assert statuses == [False, False, True, False]


async def test_password_is_not_tried_for_ever_with_a_token(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_limits(monkeypatch, sign_in=Limit(1, 60_000))
    jo = await person(world, "jo")
    body = {"current_password": "x", "password": "y" * 12}
    assert [(await jo.post("/auth/password", body)).status_code for _ in range(2)] == [409, 429]


def test_three_hundred_people_may_come_from_one_address_at_once() -> None:
    limits = Limits()
    for number in range(300):
        for _ in range(4):
            limits.client.spend("192.0.2.1")
        limits.sign_in.spend(f"{number}@example.org")
        limits.letters.spend(f"{number}@example.org")
    for _ in range(3_000 - 300 * 4):
        limits.client.spend("192.0.2.1")
    with pytest.raises(TooMany):  # and yet there is a limit
        limits.client.spend("192.0.2.1")


def test_keys_that_were_quiet_longest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.people.limits.KEPT", 3)
    limit = Limit(1, 60_000)
    for key in "abcd":
        limit.spend(key)
    assert list(limit.buckets) == ["b", "c", "d"]
