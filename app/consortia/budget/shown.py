"""Whose figures somebody reads, and what may be said to them of figures."""

from collections.abc import Collection, Iterable, Iterator
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consortia.access import leads, reads_figures
from app.consortia.models import Partner
from app.consortia.problems import Entry
from app.workflow.who import Actor


async def shown_to(session: AsyncSession, consortium_id: UUID, actor: Actor) -> frozenset[str]:
    """The partners of a consortium, by id, whose figures the actor reads."""
    here = Partner.consortium_id == consortium_id
    wanted = select(Partner.id).where(here, or_(leads(actor), reads_figures(actor)))
    return frozenset(str(key) for key in await session.scalars(wanted))


def for_reader(entries: Iterable[Entry], shown: Collection[str]) -> Iterator[Entry]:
    """Without what is said of a partner's figures, which tells them, to whoever does not read these."""
    for entry in entries:
        match entry.path.split("/"):
            case ["", "partners", key, _] if key not in shown:
                continue
        yield entry
