"""Process time: real time plus an offset in one row of the database, the same for every process."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Integer, Interval, ScalarSelect, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class Clock(Base):
    """The one row that says how far process time is ahead, and whether it ever was."""

    __tablename__ = "clock"
    __table_args__ = (CheckConstraint("one = 1", name="one_row"),)

    one: Mapped[int] = mapped_column(Integer, primary_key=True, default=1)
    offset: Mapped[timedelta] = mapped_column(Interval, default=timedelta(0))
    rehearsed: Mapped[bool] = mapped_column(Boolean, default=False)


def machine_now() -> datetime:
    """Real time; for tokens, limits, leases and logs, never for a fact of the process."""
    return datetime.now(UTC)


def offset() -> ScalarSelect[Any]:
    """The offset as a column, so that it travels in a statement that is needed anyway."""
    return select(Clock.offset).where(Clock.one == 1).scalar_subquery()


async def process_now(session: AsyncSession) -> datetime:
    """Process time for a job; a request has its own, stamped when its body had arrived."""
    return machine_now() + (await session.scalar(select(offset())) or timedelta(0))


async def advance(session: AsyncSession, to: datetime) -> datetime:
    """Move process time forward to `to`, and mark the database as rehearsed for good; never back."""
    locked = select(Clock).with_for_update().execution_options(populate_existing=True)
    row = (await session.scalars(locked)).one()
    row.offset, row.rehearsed = max(row.offset, to - machine_now()), True
    return machine_now() + row.offset


async def begin_at(session: AsyncSession, start: datetime) -> None:
    """Let a new database begin at `start`, in the past or not, and mark it as rehearsed for good."""
    await session.execute(
        update(Clock).where(Clock.rehearsed.is_(False)).values(offset=start - machine_now(), rehearsed=True)
    )
