"""An answer is sent after COMMIT, and a refusal is remembered although its act is undone."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from uuid import UUID

import httpx2
import pytest
import uvicorn
from sqlalchemy import create_engine, select, text

from app.core.audit import AuditEvent, Refusal
from tests.build import person
from tests.conftest import World
from tests.workflow.build import shelf, state_of, toy, with_wheel

pytestmark = pytest.mark.anyio
AT_COMMIT = """
CREATE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER at_commit AFTER UPDATE ON toy DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION at_commit()
"""
FAILS = "RAISE EXCEPTION 'no' USING ERRCODE = '{code}', CONSTRAINT = 'ck_toy_at_commit';"


@contextmanager
def at_commit(world: World, body: str) -> Iterator[None]:
    """Have the database do something at each COMMIT that changed a toy."""
    owner = create_engine(world.database.owner_url)
    with owner.begin() as connection:
        connection.execute(text(AT_COMMIT.format(body=body)))
    owner.dispose()
    yield


@asynccontextmanager
async def served(world: World) -> AsyncIterator[str]:
    """The application behind a real server, on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(world.app, lifespan="off", log_config=None, access_log=False))
        running = asyncio.create_task(server.serve([listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await running


async def test_whoever_has_the_answer_finds_it_done(live_toys: World) -> None:
    ann = await person(live_toys, "ann")
    made = await toy(ann, await shelf(live_toys), note="A note.")
    await with_wheel(live_toys, made)
    with at_commit(live_toys, "PERFORM pg_sleep(0.3);"):
        headers = {"Authorization": f"Bearer {ann.token}"}
        async with served(live_toys) as url, httpx2.AsyncClient(base_url=url, headers=headers) as client:
            for act, state in (("show", "shown"), ("hide", "made")):
                begun = time.monotonic()
                answer = await client.post(f"/v1/toys/{made['id']}/{act}")
                assert await state_of(live_toys, made) == state
                assert time.monotonic() - begun >= 0.3
                assert (answer.status_code, answer.json()["state"]) == (200, state)


@pytest.mark.parametrize(("code", "status"), [("23514", 409), ("40001", 503), ("P0001", 500)])
async def test_a_commit_that_fails_is_no_success(live_toys: World, code: str, status: int) -> None:
    ann = await person(live_toys, "ann")
    made = await toy(ann, await shelf(live_toys), note="A note.")
    await with_wheel(live_toys, made)
    with at_commit(live_toys, FAILS.format(code=code)):
        headers = {"Authorization": f"Bearer {ann.token}"}
        async with served(live_toys) as url, httpx2.AsyncClient(base_url=url, headers=headers) as client:
            answer = await client.post(f"/v1/toys/{made['id']}/show")
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert await state_of(live_toys, made) == "made"
    async with live_toys.sessions() as session:
        events = select(AuditEvent.act).where(AuditEvent.entity_id == UUID(made["id"]))
        assert list(await session.scalars(events)) == ["make"]


async def test_a_refusal_is_remembered_though_its_act_is_undone(live_toys: World) -> None:
    office, ann = await person(live_toys, "office", "office"), await person(live_toys, "ann")
    made = await toy(ann, await shelf(live_toys, office))
    for by, act, body in (
        (ann, "show", None),
        (ann, "hide", None),
        (office, "show", None),
        (ann, "sell", {"price": 1}),
    ):
        assert (await by.post(f"/toys/{made['id']}/{act}", body)).status_code in (403, 409)
    async with live_toys.sessions() as session:
        kept = list(await session.scalars(select(Refusal).order_by(Refusal.at)))
    assert [(r.act, r.actor_id, r.codes) for r in kept] == [
        ("show", ann.id, ["no-wheels", "no-note"]),
        ("hide", ann.id, ["wrong-state"]),
        ("show", office.id, ["forbidden"]),
        ("sell", ann.id, ["forbidden"]),
    ]
    assert {(r.entity, str(r.entity_id)) for r in kept} == {("toy", made["id"])}
    assert len({r.request_id for r in kept}) == 4


async def test_what_is_hidden_leaves_no_refusal(live_toys: World) -> None:
    ann, eve = await person(live_toys, "ann"), await person(live_toys, "eve")
    made = await toy(ann, await shelf(live_toys))
    assert (await eve.post(f"/toys/{made['id']}/show")).status_code == 404
    async with live_toys.sessions() as session:
        assert (await session.scalars(select(Refusal))).all() == []
