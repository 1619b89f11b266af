"""Whose figures somebody reads, and what may be said to them of figures."""

from collections.abc import Collection, Iterable, Iterator
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.consortia.access import coordinator, deputy_contact, reads_figures
from app.consortia.models import Partner
from app.core.reason import Reason
from app.workflow.who import Actor, Held


async def shown_to(session: AsyncSession, consortium_id: UUID, actor: Actor, held: Held) -> frozenset[str]:
    """The partners of a consortium, by id, whose figures the actor reads; `held` towards the consortium."""
    wanted = select(Partner.id).where(Partner.consortium_id == consortium_id)
    if not (coordinator | deputy_contact)(held):
        wanted = wanted.where(reads_figures(actor))
    return frozenset(str(key) for key in await session.scalars(wanted))


def for_reader(reasons: Iterable[Reason], shown: Collection[str]) -> Iterator[Reason]:
    """Without what is said of a partner's figures, which tells them, to whoever does not read these."""
    for reason in reasons:
        match reason.path.split("/"):
            case ["", "partners", key, _] if key not in shown:
                continue
        yield reason
