"""Idempotency-Key: a repeated request gets the first answer, kept in the act's own transaction."""

import hashlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint, delete, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Keyed
from app.core.errors import Malformed
from app.core.reason import Reason

KEPT = timedelta(days=1)


class Answered(Keyed, Base):
    """An act that was asked for with a key, and its answer. Purged after a day."""

    __tablename__ = "idempotency"
    __table_args__ = (UniqueConstraint("actor_id", "route", "key", name="uq_idempotency_key"),)

    actor_id: Mapped[UUID]
    route: Mapped[str]
    key: Mapped[str]
    asked: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    status: Mapped[int | None]
    answer: Mapped[Any | None] = mapped_column(JSONB())


def digest(body: bytes) -> str:
    """What tells one request from another."""
    return hashlib.sha256(body).hexdigest()


async def purge(session: AsyncSession, now: datetime) -> None:
    """Forget the answers of more than a day ago."""
    await session.execute(delete(Answered).where(Answered.at < now - KEPT))


async def claim(
    session: AsyncSession, actor_id: UUID, route: str, key: str, asked: str, at: datetime
) -> Answered:
    """Claim a key for this transaction, waiting for another that holds it.

    Gives a row with `status` None when the act is still to be done, else the first answer. Raises
    Malformed when the key was used for another request.
    """
    row = {"actor_id": actor_id, "route": route, "key": key, "asked": asked, "at": at}
    await session.execute(insert(Answered).values(row).on_conflict_do_nothing())
    mine = (Answered.actor_id == actor_id, Answered.route == route, Answered.key == key)
    found = (await session.scalars(select(Answered).where(*mine))).one()
    if found.asked != asked:
        told = "This Idempotency-Key was used for another request."
        raise Malformed(reasons=[Reason("key-reused", told, "/header/Idempotency-Key", "sender")])
    return found
