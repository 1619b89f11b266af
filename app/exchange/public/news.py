"""What is news of published calls: that one is published, that a deadline has moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.access import OUT
from app.calls.models import Call, Stage
from app.core.audit import AuditDetail, AuditEvent
from app.exchange.public.urls import call_url

LONGEST = 50
"""How many entries a feed has; older ones have left it."""


@dataclass(frozen=True)
class Entry:
    """One piece of news: its id never changes, and what it says does not either."""

    id: str
    title: str
    text: str
    url: str
    at: datetime


def _extended() -> ColumnElement[bool]:
    """Acts that moved a deadline for everybody to see; what was planned before publication is no news."""
    return (
        (AuditEvent.entity == "stage")
        & (AuditEvent.act == "extend")
        & (AuditEvent.entity_id == Stage.id)
        & (AuditEvent.at >= Call.published_at)
    )


async def news(session: AsyncSession, root: str) -> list[Entry]:
    """The latest entries, the newest first; two statements."""
    columns = (Call.id, Call.reference, Call.title, Call.published_at)
    newest = select(*columns).where(Call.state.in_(OUT)).order_by(Call.published_at.desc(), Call.id)
    found = [_published(row, root) for row in await session.execute(newest.limit(LONGEST))]
    moved = (
        select(AuditEvent.id, AuditEvent.at, AuditDetail.detail, Stage.number, Call.reference, Call.title)
        .join(Stage, AuditEvent.entity_id == Stage.id)
        .join(Stage.call)
        .outerjoin(AuditDetail, AuditDetail.event_id == AuditEvent.id)
        .where(_extended(), Call.state.in_(OUT))
        .order_by(AuditEvent.at.desc(), AuditEvent.id)
    )
    found += [_moved(row, root) for row in await session.execute(moved.limit(LONGEST))]
    return sorted(found, key=lambda entry: (entry.at, entry.id), reverse=True)[:LONGEST]


def _published(row: Any, root: str) -> Entry:
    told = f"The call {row.reference}, “{row.title}”, is published."
    return Entry(row.id.urn, f"{row.reference}: {row.title}", told, root + call_url(row), row.published_at)


def _moved(row: Any, root: str) -> Entry:
    detail = row.detail or {}  # a detail may have been erased
    wall = f"{datetime.fromisoformat(detail['deadline']):%d %B %Y, %H:%M}" if "deadline" in detail else ""
    told = f"The deadline of stage {row.number} of the call {row.reference}, “{row.title}”, has moved"
    told += f" to {wall}, Brussels time." if wall else "."
    told += f" {detail['reason']}" if "reason" in detail else ""
    return Entry(row.id.urn, f"{row.reference}: later deadline", told, root + call_url(row), row.at)


async def moves(session: AsyncSession, stages: Sequence[UUID]) -> dict[UUID, tuple[int, datetime]]:
    """How often the deadline of each stage has moved since publication, and when last."""
    counted = (
        select(Stage.id, func.count(), func.max(AuditEvent.at))
        .join(Stage.call)
        .join(AuditEvent, _extended())
        .where(Stage.id.in_(stages))
        .group_by(Stage.id)
    )
    return {key: (number, last) for key, number, last in await session.execute(counted)}
