"""What ties an auditor to calls."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.models import Call
from app.people.access import CALL_AUDITOR, audited_calls
from app.people.schemas import Tie
from app.workflow.sight import parameters
from app.workflow.who import Actor


async def audits(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Tie]:
    """The calls that the person is appointed to audit, at present."""
    if CALL_AUDITOR not in actor.roles:
        return []
    found = select(Call.id, Call.reference).where(Call.id.in_(audited_calls(actor)))
    rows = await session.execute(found.order_by(Call.reference), parameters(actor))
    return [Tie(kind="auditor", entity="call", id=key, title=reference) for key, reference in rows]
