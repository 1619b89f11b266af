"""Whoever changes the record is found, and the entity at fault is named; the app's role cannot even try."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import bindparam, func, select, text
from sqlalchemy.dialects.postgresql import UUID as AS_UUID
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import audit_cli
from app.core.audit import AuditDetail, AuditEvent, Checkpoint, Leaf, append, canonical, hash_of
from app.core.audit_verify import Verified, verify
from app.core.checkpoint import take
from app.core.clock import process_now
from app.core.db import engine_for, sessions_for
from app.core.errors import Malformed
from app.core.keys import new_p256
from app.topics.models import Topic
from tests.build import Actor, person
from tests.conftest import Counting, World

pytestmark = pytest.mark.anyio
KEPT = ("audit_event", "audit_checkpoint", "audit_leaf", "refusal", "sealed_version", "topic_version")


async def topic(office: Actor, reference: str = "T-1", events: int = 4) -> str:
    """A topic with so many events; its id."""
    made = await office.make("/topics", {"reference": reference, "title": "A topic"})
    for number in range(1, events):
        await office.patch(f"/topics/{made['id']}", {"scope": f"Scope {number}"}, number)
    return str(made["id"])


async def checkpoint(world: World) -> Checkpoint:
    async with world.sessions() as session, session.begin():
        return await take(session, world.settings.key, await process_now(session))


async def verified(world: World) -> Verified:
    async with world.sessions() as session:
        return await verify(session, world.settings.key)


@asynccontextmanager
async def by_owner(world: World) -> AsyncIterator[AsyncSession]:
    engine = engine_for(world.database.owner_url, pool=1)
    async with sessions_for(engine)() as session:
        yield session
        await session.rollback()
    await engine.dispose()


async def found_after(world: World, key: str, *statements: str) -> list[str]:
    """The faults that are found once the owner has had the triggers off; then all is undone."""
    async with by_owner(world) as session:
        for table in KEPT:
            await session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        for statement in statements:
            asked = text(statement)
            if ":id" in statement:
                asked = asked.bindparams(bindparam("id", UUID(key), AS_UUID()))
            await session.execute(asked)
        return [fault.replace(key, "T") for fault in (await verify(session, world.settings.key)).faults]


OF = "entity_id = :id AND seq"
DETAIL = f"event_id IN (SELECT id FROM audit_event WHERE {OF} = 2)"
DROP_ROW = ("DELETE FROM topic_version WHERE topic_id = :id", "DELETE FROM topic WHERE id = :id")
DROP_LAST = (
    f"DELETE FROM audit_detail WHERE event_id IN (SELECT id FROM audit_event WHERE {OF} = 4)",
    f"DELETE FROM audit_event WHERE {OF} = 4",
)
MEND = f"""
    UPDATE topic SET audit_seq = 3, audit_head = (SELECT hash FROM audit_event WHERE {OF} = 3) WHERE id = :id
"""
DROP_ALL = (
    "DELETE FROM audit_detail WHERE event_id IN (SELECT id FROM audit_event WHERE entity_id = :id)",
    "DELETE FROM audit_event WHERE entity_id = :id",
)
TAMPERED: dict[str, tuple[tuple[str, ...], list[str]]] = {
    "nothing": ((), []),
    "an act": (
        (f"UPDATE audit_event SET act = 'adopt' WHERE {OF} = 2",),
        ["topic T: event 2 was altered."],
    ),
    "an actor": (
        (f"UPDATE audit_event SET actor_id = NULL WHERE {OF} = 2",),
        ["topic T: event 2 was altered."],
    ),
    "a time": (
        (f"UPDATE audit_event SET at = at - interval '1 microsecond' WHERE {OF} = 3",),
        ["topic T: event 3 was altered."],
    ),
    "the order": (
        (
            f"UPDATE audit_event SET seq = 99 WHERE {OF} = 2",
            f"UPDATE audit_event SET seq = 2 WHERE {OF} = 3",
            f"UPDATE audit_event SET seq = 3 WHERE {OF} = 99",
        ),
        [
            "topic T: event 2 does not follow from the one before.",
            "topic T: event 2 was altered.",
            "topic T: event 3 does not follow from the one before.",
            "topic T: event 3 was altered.",
            "topic T: event 4 does not follow from the one before.",
        ],
    ),
    "one dropped from the middle": (
        (f"DELETE FROM audit_detail WHERE {DETAIL}", f"DELETE FROM audit_event WHERE {OF} = 2"),
        ["topic T: event 2 is gone."],
    ),
    "one dropped from the middle, the gap closed": (
        (
            f"DELETE FROM audit_detail WHERE {DETAIL}",
            f"DELETE FROM audit_event WHERE {OF} = 2",
            f"UPDATE audit_event SET seq = seq - 1 WHERE {OF} > 2",
        ),
        [
            "topic T: event 2 does not follow from the one before.",
            "topic T: event 2 was altered.",
            "topic T: event 3 was altered.",
            "topic T: its row ends at event 4, its chain at event 3.",
        ],
    ),
    "the last dropped": (DROP_LAST, ["topic T: its row ends at event 4, its chain at event 3."]),
    "a detail": (
        (f'UPDATE audit_detail SET detail = \'{{"scope": "Other"}}\' WHERE {DETAIL}',),
        ["topic T: the detail of event 2 was altered."],
    ),
    "a detail that could never be": (
        (f"UPDATE audit_detail SET detail = '{{\"scope\": 1e300}}' WHERE {DETAIL}",),
        ["topic T: the detail of event 2 was altered."],
    ),
    "a salt": (
        (f"UPDATE audit_detail SET salt = salt || '0' WHERE {DETAIL}",),
        ["topic T: the detail of event 2 was altered."],
    ),
    "a detail erased, as the law asks": ((f"DELETE FROM audit_detail WHERE {DETAIL}",), []),
    "all events": (DROP_ALL, ["topic T: all its events are gone."]),
    "the row": (DROP_ROW, ["topic T: its row is gone."]),
    "the state, past the engine": (
        ("UPDATE topic SET state = 'final_draft' WHERE id = :id",),
        ["topic T: its state is not the one that its last act led to."],
    ),
    "the head": (
        ("UPDATE topic SET audit_head = '' WHERE id = :id",),
        ["topic T: its row ends at event 4, its chain at event 4."],
    ),
}
SIGNED: dict[str, tuple[tuple[str, ...], list[str]]] = {
    "nothing": ((), []),
    "the last dropped, the head mended": (
        (*DROP_LAST, MEND),
        ["topic T: event 4, signed in checkpoint 2, is gone."],
    ),
    "a whole entity dropped": (
        (*DROP_ALL, *DROP_ROW),
        [
            "topic T: event 2, signed in checkpoint 1, is gone.",
            "topic T: event 4, signed in checkpoint 2, is gone.",
        ],
    ),
    "a head in the log": (
        (f"UPDATE audit_leaf SET head = repeat('0', 64) WHERE {OF} = 2",),
        [
            "topic T: event 2 is not the one that was signed in checkpoint 1.",
            "Checkpoint 1: its root is not that of the heads it was taken of.",
            "Checkpoint 2: its root is not that of the heads it was taken of.",
        ],
    ),
    "a leaf dropped": (
        (f"DELETE FROM audit_leaf WHERE {OF} = 4",),
        ["Checkpoint 2: its root is not that of the heads it was taken of."],
    ),
    "a root": (
        ("UPDATE audit_checkpoint SET root = repeat('0', 64) WHERE number = 2",),
        [
            "Checkpoint 2: its root is not that of the heads it was taken of.",
            "Checkpoint 2: its signature is not by this system's key.",
        ],
    ),
    "a time of signing": (
        ("UPDATE audit_checkpoint SET at = at - interval '1 hour' WHERE number = 1",),
        ["Checkpoint 1: its signature is not by this system's key."],
    ),
    "a signature": (
        ("UPDATE audit_checkpoint SET signature = 'x' WHERE number = 1",),
        ["Checkpoint 1: its signature is not by this system's key."],
    ),
    "a checkpoint dropped": (
        ("DELETE FROM audit_checkpoint WHERE number = 1",),
        [
            "Checkpoint 1 is gone.",
            "topic T: checkpoint 1, which it stands in, is gone.",
        ],
    ),
}


async def test_a_changed_record_is_found_and_the_entity_is_named(live: World) -> None:
    office = await person(live, "office", "office")
    key, other = await topic(office, "T-1"), await topic(office, "T-2")
    assert other != key
    for what, (statements, faults) in TAMPERED.items():
        assert (what, await found_after(live, key, *statements)) == (what, faults)


async def test_what_a_checkpoint_has_signed_cannot_be_undone_whole(live: World) -> None:
    office = await person(live, "office", "office")
    key = await topic(office, "T-1", events=2)
    assert ((await checkpoint(live)).number, (await checkpoint_leaves(live))) == (1, 1)
    await office.patch(f"/topics/{key}", {"scope": "Other"}, 2)
    await office.patch(f"/topics/{key}", {"scope": "Last"}, 3)
    unsigned = await found_after(live, key, *DROP_LAST, MEND)
    assert unsigned == []  # nobody can know
    await checkpoint(live)
    for what, (statements, faults) in SIGNED.items():
        assert (what, await found_after(live, key, *statements)) == (what, faults)


async def checkpoint_leaves(world: World) -> int:
    async with world.sessions() as session:
        return int(await session.scalar(select(func.count()).select_from(Leaf)) or 0)


async def test_a_chain_written_anew_from_end_to_end_is_found(live: World) -> None:
    """Whoever owns the database can hash again; not without changing what was signed."""
    office = await person(live, "office", "office")
    key = await topic(office, "T-1")
    await checkpoint(live)
    async with by_owner(live) as session:
        for table in KEPT:
            await session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        head = ""
        chain = select(AuditEvent).where(AuditEvent.entity_id == UUID(key)).order_by(AuditEvent.seq)
        for event in await session.scalars(chain):
            event.actor_id, event.prev_hash = None, head
            event.hash = head = hash_of(event)
        (await session.get_one(Topic, UUID(key))).audit_head = head
        await session.flush()
        found = await verify(session, live.settings.key)
    assert found.faults == [f"topic {key}: event 4 is not the one that was signed in checkpoint 1."]


async def test_only_heads_that_moved_are_logged_again(live: World) -> None:
    office = await person(live, "office", "office")
    keys = [await topic(office, f"T-{n}", events=1) for n in range(3)]
    first, same = await checkpoint(live), await checkpoint(live)
    await office.patch(f"/topics/{keys[1]}", {"scope": "Other"}, 1)
    third = await checkpoint(live)
    assert [(c.number, c.leaves) for c in (first, same, third)] == [(1, 3), (2, 3), (3, 4)]
    assert (first.root == same.root, same.root == third.root) == (True, False)
    found = await verified(live)
    assert (found.faults, found.chains, found.events, found.checkpoints) == ([], 3, 4, 3)


async def test_checkpoints_at_once_are_taken_one_after_the_other(live: World) -> None:
    await topic(await person(live, "office", "office"))
    taken = await asyncio.gather(*(checkpoint(live) for _ in range(5)))
    assert sorted(c.number for c in taken) == [1, 2, 3, 4, 5]
    assert (await verified(live)).faults == []


async def test_another_key_is_not_ours(live: World) -> None:
    await topic(await person(live, "office", "office"))
    await checkpoint(live)
    async with live.sessions() as session:
        found = await verify(session, new_p256())
    assert found.faults == ["Checkpoint 1: its signature is not by this system's key."]


async def test_verifying_costs_the_same_however_much_there_is(live: World, counting: Counting) -> None:
    office = await person(live, "office", "office")
    costs = []
    for number in range(2):
        for inner in range(1 + 4 * number):
            await topic(office, f"T-{number}-{inner}")
        await checkpoint(live)
        with counting() as sent:
            await verified(live)
        costs.append(len(sent))
    assert costs[0] == costs[1]


@pytest.mark.parametrize("table", KEPT)
async def test_neither_the_app_nor_the_owner_changes_what_is_kept(world: World, table: str) -> None:
    async with by_owner(world) as owner:
        for change in ("DELETE FROM {}", "TRUNCATE {} CASCADE", "UPDATE {} SET id = id"):
            statement = text(change.format(table))
            async with world.sessions() as session:
                with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
                    await session.execute(statement)
            with pytest.raises(DBAPIError, match=f"rows of {table} are never changed or removed"):
                await owner.execute(statement)
            await owner.rollback()


@pytest.mark.parametrize("change", ["DELETE FROM audit_detail", "UPDATE audit_detail SET salt = ''"])
async def test_the_app_erases_no_detail(world: World, change: str) -> None:
    async with world.sessions() as session:
        with pytest.raises(DBAPIError, match="permission denied"):
            await session.execute(text(change))


async def test_the_command_says_one_line_and_a_code(live: World, capsys: pytest.CaptureFixture[str]) -> None:
    key = await topic(await person(live, "office", "office"))
    assert await asyncio.to_thread(audit_cli.checkpoint, live.settings, live.database) == 0
    assert capsys.readouterr().out.startswith("Checkpoint 1 over 1 heads: ")
    assert await asyncio.to_thread(audit_cli.verify, live.settings, live.database) == 0
    assert capsys.readouterr().out == "1 chains, 4 events, 1 checkpoints good.\n"
    async with by_owner(live) as session:
        await session.execute(text("UPDATE topic SET state = 'final_draft'"))
        await session.commit()
    assert await asyncio.to_thread(audit_cli.verify, live.settings, live.database) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"topic {key}: its state is not the one that its last act led to.",
        "1 faults in 1 chains, 4 events, 1 checkpoints.",
    ]


@pytest.mark.parametrize(
    "detail", [{"n": 2**53}, {"n": float("nan")}, {"text": "\ud800"}, {"n": [{"n": -(2**60)}]}]
)
def test_what_json_cannot_say_exactly_is_refused(detail: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        canonical(detail)


async def test_a_detail_reads_back_as_it_was_committed_to(world: World) -> None:
    """JSONB keeps numbers as decimals; what it gives back must have the same canonical text."""
    detail = {
        "a": 0.1,
        "b": 1.0,
        "c": -0.0,
        "d": 1e-7,
        "e": 123456789.125,
        "f": 2**53 - 1,
        "g": "ü🚗\n",
        "h": None,
    }
    subject = Topic(id=uuid4(), audit_seq=0, audit_head="")
    async with world.sessions() as session, session.begin():
        event = append(
            session, "topic", subject, at=datetime(2030, 1, 1, tzinfo=UTC), act="x", actor_id=None,
            by_system=True, cause_id=None, request_id="", before="", after="", detail=detail,
        )  # fmt: skip
        await session.flush()
        key = event.id
        session.expire_all()
        assert canonical((await session.get_one(AuditDetail, key)).detail) == canonical(detail)
        assert hash_of(await session.get_one(AuditEvent, key)) == subject.audit_head
        await session.rollback()
