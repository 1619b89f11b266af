"""Every refusal is problem+json with the request's id, tells nothing of what was sent, and is never a 500."""

import json
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from structlog.testing import capture_logs

from app.core.audit import AuditEvent
from app.core.envelope import HEADERS
from app.core.errors import answer, problem_of
from app.core.postgres import Database
from app.core.reason import Reason
from app.core.schema import ProblemRead
from app.core.settings import Settings
from app.main import create_app
from tests.build import person
from tests.conftest import World

pytestmark = pytest.mark.anyio
CANARY = "Xy7Canary9"


@pytest.fixture(scope="module")
def application(settings: Settings, database: Database) -> FastAPI:
    """One with a route that fails in a way nobody foresaw."""
    app = create_app(settings, database)

    @app.get("/v1/broken", include_in_schema=False)
    async def broken() -> None:
        raise RuntimeError(f"{CANARY} with a secret")

    return app


def wrapped(response: Any, status: int) -> dict[str, Any]:
    """The body of a problem, once everything around it has been looked at."""
    assert response.status_code == status, response.text
    body = response.json()
    ProblemRead.model_validate(body)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert body["status"] == status
    assert body["instance"] == f"urn:uuid:{response.headers['X-Request-Id']}"
    assert {name: response.headers[name] for name in HEADERS} == HEADERS
    assert response.headers.get_list("X-Request-Id") == [response.headers["X-Request-Id"]]
    assert response.headers["Cache-Control"] in ("no-store", "private, no-store")
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert CANARY not in response.text
    return dict(body)


async def test_what_does_not_exist(world: World) -> None:
    async with world.client() as nobody:
        for path in ("/", "/v1", "/v1/nothing", f"/v1/{CANARY}", f"/v1/topics/{uuid4()}", "/v1/topics/../x"):
            assert wrapped(await nobody.get(path), 404)["type"] == "/problems/not-found"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_a_method_that_is_not_taken(world: World, method: str) -> None:
    async with world.client() as nobody:
        refused = await nobody.request(method, "/v1/topics")
    wrapped(refused, 405)
    assert refused.headers["Allow"]


async def test_a_fault_of_ours_tells_nothing_and_is_logged_once(world: World) -> None:
    async with world.client() as nobody:
        with capture_logs() as logged:
            body = wrapped(await nobody.get("/v1/broken"), 500)
    assert body["title"] == "Something went wrong on our side."
    assert sorted(body) == ["instance", "status", "title", "type"]
    assert [line["event"] for line in logged] == ["request.failed", "request"]
    assert logged[1]["status"] == 500


async def test_the_senders_request_id_is_kept_if_it_is_one(world: World) -> None:
    async with world.client() as nobody:
        given = str(uuid4())
        kept = await nobody.get("/v1/nothing", headers={"X-Request-Id": given})
        other = await nobody.get("/v1/nothing", headers={"X-Request-Id": CANARY})
    assert kept.headers["X-Request-Id"] == given
    wrapped(kept, 404)
    wrapped(other, 404)


DRAFT = {"reference": "T-1", "title": "A topic"}
BAD: dict[str, bytes] = {
    "no JSON": b'{"reference": ',
    "nothing": b"",
    "a list": b"[]",
    "NaN": b'{"reference": "T-1", "title": NaN}',
    "Infinity": b'{"reference": "T-1", "title": -Infinity}',
    "1e999": b'{"reference": "T-1", "title": 1e999}',
    "a number too large": b'{"reference": "T-1", "title": 123456789012345678901234567890}',
    "a thousand digits": b'{"reference": "T-1", "title": ' + b"9" * 5_000 + b"}",
    "half a pair": b'{"reference": "T-1", "title": "' + CANARY.encode() + b'\\ud800"}',
    "half a pair as a name": b'{"reference": "T-1", "title": "x", "\\udfff": 1}',
    "NUL": b'{"reference": "T-1", "title": "' + CANARY.encode() + b'\\u0000"}',
    "a raw NUL": b'{"reference": "T-1", "title": "x\x00"}',
    "not UTF-8": b'{"reference": "T-1", "title": "\xff\xfe"}',
    "UTF-16": json.dumps(DRAFT).encode("utf-16"),
    "half a pair in bytes": b'{"reference": "T-1", "title": "\xed\xa0\x80"}',
    "a name twice": b'{"reference": "T-1", "title": "x", "title": "y"}',
    "an unknown field": b'{"reference": "T-1", "title": "x", "state": "adopted"}',
    "an unknown field with a strange name": b'{"reference": "T-1", "title": "x", "'
    + CANARY.encode()
    + b' x": 1}',
    "a field of ours": b'{"reference": "T-1", "title": "x", "audit_head": "' + CANARY.encode() + b'"}',
    "another type": b'{"reference": "T-1", "title": {"a": "' + CANARY.encode() + b'"}}',
    "a number for a text": b'{"reference": "T-1", "title": 7}',
    "a truth for a text": b'{"reference": "T-1", "title": true}',
    "null": b'{"reference": "T-1", "title": null}',
    "an empty text": b'{"reference": "T-1", "title": ""}',
    "a long text": b'{"reference": "T-1", "title": "' + CANARY.encode() * 100 + b'"}',
    "another pattern": b'{"reference": "' + CANARY.encode() + b' !", "title": "x"}',
    "not one of the words": b'{"reference": "T-1", "title": "x", "action_type": "' + CANARY.encode() + b'"}',
    "nested deep": b'{"reference": "T-1", "title": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
}


@pytest.mark.parametrize("what", BAD)
async def test_a_bad_body_is_malformed_and_not_echoed(world: World, what: str) -> None:
    office = await person(world, "office", "office")
    headers = {"Content-Type": "application/json"}
    body = wrapped(await office.client.post("/v1/topics", content=BAD[what], headers=headers), 422)
    assert [reason["who"] for reason in body["reasons"]] != []
    async with world.sessions() as session:
        assert (await session.scalars(select(AuditEvent).where(AuditEvent.entity == "topic"))).all() == []


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/xml", "application/x-www-form-urlencoded", "application/pdf", "x"]
)
async def test_a_body_of_another_kind_is_malformed(world: World, kind: str) -> None:
    office = await person(world, "office", "office")
    sent = await office.client.post(
        "/v1/topics", content=json.dumps(DRAFT).encode(), headers={"Content-Type": kind}
    )
    assert wrapped(sent, 422)["type"] == "/problems/malformed"
    assert (await office.get("/topics")).json()["items"] == []


@pytest.mark.parametrize(
    "kind", ["application/json", "application/JSON; charset=utf-8", "application/x+json"]
)
async def test_a_good_body_is_read(world: World, kind: str) -> None:
    office = await person(world, "office", "office")
    content = json.dumps(DRAFT | {"title": "Ünïcode 🚗 \\u0000 is fine as text"}).encode()
    sent = await office.client.post("/v1/topics", content=content, headers={"Content-Type": kind})
    assert (sent.status_code, sent.json()["title"]) == (201, "Ünïcode 🚗 \\u0000 is fine as text")


async def test_a_body_that_is_too_large(world: World) -> None:
    office = await person(world, "office", "office")
    limit = world.settings.body_limit
    headers = {"Content-Type": "application/json"}

    async def unannounced() -> Any:
        for _ in range(limit // 65_536 + 2):
            yield b" " * 65_536

    for content in (b" " * (limit + 1), unannounced()):
        sent = await office.client.post("/v1/topics", content=content, headers=headers)
        assert wrapped(sent, 413)["type"] == "/problems/too-large"
        assert sent.headers["Connection"] == "close"
    fits = json.dumps(DRAFT).encode().ljust(limit)
    assert (await office.client.post("/v1/topics", content=fits, headers=headers)).status_code == 201


async def test_a_streamed_body_that_is_too_large(world: World) -> None:
    office = await person(world, "office", "office")

    async def much() -> Any:
        for _ in range(world.settings.upload_limit // 2**20 + 1):
            yield b" " * 2**20

    headers = {"Content-Type": "application/octet-stream"}
    sent = await office.client.post("/v1/topics", content=much(), headers=headers)
    assert wrapped(sent, 413)["type"] == "/problems/too-large"


@pytest.mark.parametrize("path", ["/v1/topics/x", f"/v1/topics/{CANARY}", "/v1/topics/%00", "/v1/topics/%ff"])
async def test_an_id_that_is_none_is_malformed_for_all(world: World, path: str) -> None:
    office = await person(world, "office", "office")
    body = wrapped(await office.client.get(path), 422)
    assert [(r["text"], r["path"]) for r in body["reasons"]] == [("This is not an id.", "/path/id")]


async def test_an_address_that_is_none_is_not_quoted(world: World) -> None:
    office = await person(world, "office", "office")
    for mail in (f"{CANARY}@", f"@{CANARY}", f"{CANARY}@exa mple.org", f"a@{CANARY}_", f"{CANARY}@x..y"):
        refused = await office.post("/accounts", {"email": mail, "name": "X"})
        body = wrapped(refused, 422)
        assert [r["text"] for r in body["reasons"] if r["path"] == "/body/email"] == [
            "This is not a mail address."
        ]


async def test_a_constraint_is_named_and_its_value_is_not(world: World) -> None:
    office = await person(world, "office", "office")
    await office.make("/topics", {"reference": CANARY, "title": "x"})
    refused = await office.post("/topics", {"reference": CANARY, "title": "x"})
    assert [r["code"] for r in wrapped(refused, 409)["reasons"]] == ["uq-topic-reference"]


async def test_a_hundred_reasons_are_enough(world: World) -> None:
    office = await person(world, "office", "office")
    sent = {f"field{number}": 1 for number in range(10_000)}
    assert len(wrapped(await office.post("/topics", sent), 422)["reasons"]) == 100


async def test_no_token_is_good_enough_for_a_500(world: World) -> None:
    for token in ("x", CANARY, "é", "." * 300, "a.b.c", "\x01", "x" * 9_000):
        async with world.client() as client:
            refused = await client.get("/v1/me", headers={"Authorization": f"Bearer {token}".encode()})
        assert wrapped(refused, 401)["type"] == "/problems/unauthenticated"


def test_an_unknown_exception_is_a_500_without_words() -> None:
    problem = problem_of(ZeroDivisionError(CANARY))
    assert (problem.status, CANARY.encode() in answer(problem).body) == (500, False)


def test_a_reason_of_the_machine_has_four_words() -> None:
    assert Reason("code", "Text.") == Reason("code", "Text.", "", "")
