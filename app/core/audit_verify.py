"""Checking the whole audit trail, and naming the entity at fault: chains, heads, details, checkpoints."""

from collections import deque
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Subquery, Text, and_, cast, exists, literal, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.audit import AuditDetail, AuditEvent, Checkpoint, Leaf, commit_to, hash_of
from app.core.checkpoint import in_order, is_signed, text_of
from app.core.db import Base
from app.core.errors import Malformed
from app.core.merkle import Tree


@dataclass
class Verified:
    """What was looked at, and every fault that was found, as a sentence that names the entity."""

    chains: int = 0
    events: int = 0
    erased: int = 0
    checkpoints: int = 0
    faults: list[str] = field(default_factory=list)


async def verify(session: AsyncSession, pem: str, base: type[Any] = Base) -> Verified:
    """Check everything against everything, as of one instant, reading it as a stream.

    `base` names the entities' tables; `pem` is the key that signs checkpoints. A detail that was erased
    is no fault. What was done since the last checkpoint can still be undone whole, by whoever owns the
    database; what a checkpoint has signed cannot.
    """
    found, heads = Verified(), _heads(base)
    async for fault in _chains(session, heads, found):
        found.faults.append(fault)
    gone = select(heads).where(
        or_(heads.c.audit_seq != 0, heads.c.audit_head != ""),
        ~exists().where(AuditEvent.entity_id == heads.c.id),
    )
    async for row in await session.stream(gone):
        found.faults.append(f"{row.held_in} {row.id}: all its events are gone.")
    async for fault in _checkpoints(session, pem, found):
        found.faults.append(fault)
    return found


def _heads(base: type[Any]) -> Subquery:
    """Every entity's row: where it is held, how its chain ends, its state."""
    tables = [table for table in base.metadata.tables.values() if "audit_head" in table.c]
    assert tables, "no model is loaded"
    return union_all(
        *(
            select(
                literal(t.name).label("held_in"), t.c.id, t.c.audit_seq, t.c.audit_head, cast(t.c.state, Text)
            )
            for t in tables
        )
    ).subquery()


async def _chains(session: AsyncSession, heads: Subquery, found: Verified) -> AsyncIterator[str]:
    of_row = (heads.c.held_in, heads.c.audit_seq, heads.c.audit_head, heads.c.state)
    statement = (
        select(*AuditEvent.__table__.c, AuditDetail.salt, AuditDetail.detail, *of_row)
        .outerjoin(AuditDetail, AuditDetail.event_id == AuditEvent.id)
        .outerjoin(heads, heads.c.id == AuditEvent.entity_id)
        .order_by(AuditEvent.entity, AuditEvent.entity_id, AuditEvent.seq)
        .execution_options(yield_per=1000)
    )
    last: Any = None
    async for event in await session.stream(statement):
        before = last if last is not None and _chain(last) == _chain(event) else None
        if before is None:
            found.chains += 1
            if last is not None:
                for fault in _against_row(last):
                    yield fault
        for fault in _against_event(event, before):
            yield fault
        found.events, found.erased = found.events + 1, found.erased + (event.salt is None)
        last = event
    if last is not None:
        for fault in _against_row(last):
            yield fault


def _chain(event: Any) -> tuple[str, Any]:
    return event.entity, event.entity_id


def _against_event(event: Any, before: Any) -> Iterator[str]:
    """What is wrong with an event, after the one before it (None: it begins its chain)."""
    name = f"{event.entity} {event.entity_id}"
    seq, end, state = (before.seq, before.hash, before.after) if before is not None else (0, "", "")
    if event.seq != seq + 1:
        yield f"{name}: event {seq + 1} is gone."
    elif event.prev_hash != end:
        yield f"{name}: event {event.seq} does not follow from the one before."
    elif event.before != state:
        yield f"{name}: event {event.seq} begins in another state than the one before ended in."
    if not _says(hash_of, event, equals=event.hash):
        yield f"{name}: event {event.seq} was altered."
    if event.salt is not None and not _says(commit_to, event.detail, event.salt, equals=event.commitment):
        yield f"{name}: the detail of event {event.seq} was altered."


def _against_row(last: Any) -> Iterator[str]:
    """What is wrong with an entity's row, given the last event of its chain."""
    name = f"{last.entity} {last.entity_id}"
    if last.held_in is None:
        yield f"{name}: its row is gone."
    elif (last.audit_seq, last.audit_head) != (last.seq, last.hash):
        yield f"{name}: its row ends at event {last.audit_seq}, its chain at event {last.seq}."
    elif last.state != last.after:
        yield f"{name}: its state is not the one that its last act led to."


def _says(function: Any, *given: Any, equals: str) -> bool:
    try:
        return bool(function(*given) == equals)
    except Malformed:
        return False  # something that could never have been written


async def _checkpoints(session: AsyncSession, pem: str, found: Verified) -> AsyncIterator[str]:
    """Each head that was signed against the chain, and each root and signature against the log."""
    taken = list(await session.execute(select(*Checkpoint.__table__.c).order_by(Checkpoint.number)))
    numbers, found.checkpoints = {checkpoint.number for checkpoint in taken}, len(taken)
    for number in sorted(set(range(1, len(taken) + 1)) - numbers):
        yield f"Checkpoint {number} is gone."
    signed = and_(
        AuditEvent.entity == Leaf.entity, AuditEvent.entity_id == Leaf.entity_id, AuditEvent.seq == Leaf.seq
    )
    log = in_order().add_columns(AuditEvent.hash).outerjoin(AuditEvent, signed)
    tree, waiting = Tree(), deque(taken)
    async for leaf in await session.stream(log.execution_options(yield_per=1000)):
        while waiting and waiting[0].number < leaf.number:
            for fault in _against_log(waiting.popleft(), tree, pem):
                yield fault
        for fault in _against_chain(leaf, numbers):
            yield fault
        tree.add(text_of(leaf))
    for checkpoint in waiting:
        for fault in _against_log(checkpoint, tree, pem):
            yield fault


def _against_chain(leaf: Any, numbers: set[int]) -> Iterator[str]:
    """What is wrong with the entity of a leaf, given the event that it was taken of."""
    name = f"{leaf.entity} {leaf.entity_id}"
    if leaf.hash is None:
        yield f"{name}: event {leaf.seq}, signed in checkpoint {leaf.number}, is gone."
    elif leaf.hash != leaf.head:
        yield f"{name}: event {leaf.seq} is not the one that was signed in checkpoint {leaf.number}."
    if leaf.number not in numbers:
        yield f"{name}: checkpoint {leaf.number}, which it stands in, is gone."


def _against_log(checkpoint: Any, tree: Tree, pem: str) -> Iterator[str]:
    """What is wrong with a checkpoint, given the log of heads up to it."""
    if (checkpoint.leaves, checkpoint.root) != (tree.size, tree.root()):
        yield f"Checkpoint {checkpoint.number}: its root is not that of the heads it was taken of."
    if not is_signed(pem, checkpoint):
        yield f"Checkpoint {checkpoint.number}: its signature is not by this system's key."
