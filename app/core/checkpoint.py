"""Checkpoints: a signed Merkle root over every head there has been, so that nothing goes missing unseen."""

import base64
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import procrastinate
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from sqlalchemy import Select, exists, func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.core import jobs
from app.core.audit import AuditEvent, Checkpoint, Leaf, canonical
from app.core.clock import process_now
from app.core.merkle import Tree


@jobs.app.task(name="checkpoint", pass_context=True)
async def checkpoint(context: procrastinate.JobContext) -> None:
    """Take a checkpoint; asked for each hour, after deadlines and after decisions."""
    given = jobs.tools(context)
    async with given.sessions() as session, session.begin():
        await take(session, given.settings.key, await process_now(session))


ECDSA = ec.ECDSA(hashes.SHA256())


async def take(session: AsyncSession, pem: str, at: datetime) -> Checkpoint:
    """Log the heads that are new or have moved, and sign the root of the whole log; `at` is process time."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext("audit checkpoint"))))
    number = (await session.scalar(select(func.max(Checkpoint.number))) or 0) + 1
    fields = ["id", "number", "entity", "entity_id", "seq", "head"]
    await session.execute(insert(Leaf).from_select(fields, _moved(number)))
    tree = Tree()
    async for row in await session.stream(in_order().execution_options(yield_per=1000)):
        tree.add(text_of(row))
    taken = Checkpoint(id=uuid4(), number=number, at=at, leaves=tree.size, root=tree.root())
    taken.signature = sign(pem, taken)
    session.add(taken)
    return taken


def _moved(number: int) -> Select[*tuple[Any, ...]]:
    later = aliased(AuditEvent)
    same = (later.entity == AuditEvent.entity, later.entity_id == AuditEvent.entity_id)
    logged = (Leaf.entity == AuditEvent.entity, Leaf.entity_id == AuditEvent.entity_id)
    head = (AuditEvent.entity, AuditEvent.entity_id, AuditEvent.seq, AuditEvent.hash)
    return select(func.gen_random_uuid(), literal(number), *head).where(
        ~exists().where(*same, later.seq > AuditEvent.seq),
        ~exists().where(*logged, Leaf.seq >= AuditEvent.seq),
    )


def in_order() -> Select[*tuple[Any, ...]]:
    """The log as it has grown; sorted alike by every server, whatever its locale."""
    columns = (Leaf.number, Leaf.entity, Leaf.entity_id, Leaf.seq, Leaf.head)
    return select(*columns).order_by(Leaf.number, Leaf.entity.collate("C"), Leaf.entity_id)


def text_of(leaf: Any) -> bytes:
    """What a leaf says: which head of which entity, at which checkpoint."""
    facts = {"number": leaf.number, "entity": leaf.entity, "entity_id": str(leaf.entity_id)}
    return canonical(facts | {"seq": leaf.seq, "head": leaf.head})


def signed_text(checkpoint: Any) -> bytes:
    """What is signed of a checkpoint."""
    facts = {"number": checkpoint.number, "leaves": checkpoint.leaves, "root": checkpoint.root}
    return canonical(facts | {"at": checkpoint.at.astimezone(UTC).isoformat(timespec="microseconds")})


def sign(pem: str, checkpoint: Checkpoint) -> str:
    """An ES256 signature (RFC 7518, 3.4) by the private key `pem`."""
    r, s = decode_dss_signature(_key(pem).sign(signed_text(checkpoint), ECDSA))
    return base64.urlsafe_b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).decode().rstrip("=")


def der_of(checkpoint: Any) -> bytes:
    """Its signature in the form that `openssl dgst` reads (DER)."""
    raw = base64.urlsafe_b64decode(checkpoint.signature + "==")
    return encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))


def is_signed(pem: str, checkpoint: Any) -> bool:
    """Whether the signature is by this key, over what the checkpoint says now."""
    try:
        _key(pem).public_key().verify(der_of(checkpoint), signed_text(checkpoint), ECDSA)
    except (InvalidSignature, ValueError):
        return False
    return True


def _key(pem: str) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key
