"""The record of every act: one hash chain per entity, its head on the entity's own row."""

import hashlib
import secrets
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import rfc8785
from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Entity, Keyed
from app.core.errors import Malformed


class AuditEvent(Keyed, Base):
    """One act on one entity. Never changed or removed: triggers and grants see to it."""

    __tablename__ = "audit_event"
    __table_args__ = (UniqueConstraint("entity", "entity_id", "seq", name="uq_audit_event_chain"),)

    entity: Mapped[str]
    entity_id: Mapped[UUID] = mapped_column(index=True)
    seq: Mapped[int]
    at: Mapped[datetime]
    act: Mapped[str]
    actor_id: Mapped[UUID | None]
    by_system: Mapped[bool]
    cause_id: Mapped[UUID | None]
    request_id: Mapped[str]
    before: Mapped[str]
    after: Mapped[str]
    commitment: Mapped[str]
    prev_hash: Mapped[str]
    hash: Mapped[str]


class AuditDetail(Base):
    """What the act was done with. Beside the chain, so that erasing it leaves the chain verifiable."""

    __tablename__ = "audit_detail"

    event_id: Mapped[UUID] = mapped_column(ForeignKey("audit_event.id"), primary_key=True)
    event: Mapped[AuditEvent] = relationship(lazy="raise")
    salt: Mapped[str]
    detail: Mapped[dict[str, Any]]


class Refusal(Keyed, Base):
    """An act that was refused, with its time; it survives the rollback of the act."""

    __tablename__ = "refusal"

    at: Mapped[datetime]
    entity: Mapped[str]
    entity_id: Mapped[UUID | None] = mapped_column(index=True)
    act: Mapped[str]
    actor_id: Mapped[UUID | None]
    codes: Mapped[list[str]]
    request_id: Mapped[str]


CHAINED = (
    "id", "entity", "entity_id", "seq", "at", "act", "actor_id", "by_system", "cause_id", "request_id",
    "before", "after", "commitment", "prev_hash",
)  # fmt: skip


def plain(value: Any) -> Any:
    """A value of an event as it stands in the text that is hashed."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case UUID():
            return str(value)
    return value


def hash_of(event: AuditEvent) -> str:
    """SHA-256 over the canonical JSON (RFC 8785) of everything in the event but its own hash."""
    return hashlib.sha256(canonical({name: plain(getattr(event, name)) for name in CHAINED})).hexdigest()


def commit_to(detail: dict[str, Any], salt: str) -> str:
    """The commitment that binds the chain to a detail without revealing it."""
    return hashlib.sha256(salt.encode() + canonical(detail)).hexdigest()


def canonical(facts: dict[str, Any]) -> bytes:
    """The one text of these facts (RFC 8785). Raises Malformed for what JSON cannot say exactly."""
    try:
        return rfc8785.dumps(facts)
    except rfc8785.CanonicalizationError as fault:
        raise Malformed("A number or a text that was sent cannot be kept exactly.") from fault


def append(
    session: AsyncSession,
    entity: str,
    subject: Entity,
    *,
    at: datetime,
    act: str,
    actor_id: UUID | None,
    by_system: bool,
    cause_id: UUID | None,
    request_id: str,
    before: str,
    after: str,
    detail: dict[str, Any],
) -> AuditEvent:
    """Add an event to the chain of `subject`, whose row the caller has locked or just made."""
    salt = secrets.token_hex(16)
    event = AuditEvent(
        id=uuid4(),
        entity=entity,
        entity_id=subject.id,
        seq=(subject.audit_seq or 0) + 1,
        at=at,
        act=act,
        actor_id=actor_id,
        by_system=by_system,
        cause_id=cause_id,
        request_id=request_id,
        before=before,
        after=after,
        commitment=commit_to(detail, salt),
        prev_hash=subject.audit_head or "",
    )
    event.hash = hash_of(event)
    subject.audit_seq, subject.audit_head = event.seq, event.hash
    session.add(event)
    session.add(AuditDetail(event=event, salt=salt, detail=detail))
    return event


class Checkpoint(Keyed, Base):
    """A signed Merkle root over the heads of all chains at one instant."""

    __tablename__ = "audit_checkpoint"

    number: Mapped[int] = mapped_column(unique=True)
    at: Mapped[datetime]
    leaves: Mapped[int]
    root: Mapped[str]
    signature: Mapped[str]


class Leaf(Keyed, Base):
    """A head that is new or moved since the checkpoint before; all together name what is missing."""

    __tablename__ = "audit_leaf"
    __table_args__ = (UniqueConstraint("number", "entity", "entity_id", name="uq_audit_leaf_once"),)

    number: Mapped[int]
    entity: Mapped[str]
    entity_id: Mapped[UUID]
    seq: Mapped[int]
    head: Mapped[str]
