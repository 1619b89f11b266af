"""Two routes that exist in rehearsal mode alone: move the clock, read the outbox."""

from datetime import datetime
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel
from sqlalchemy import select

from app.core import jobs
from app.core.clock import advance
from app.core.db import Transaction
from app.core.outbox import Mail
from app.core.schema import Data, Instant, Read
from app.core.schema import Mail as Address
from app.due import tick
from app.workflow.stage_router import StageRouter

router = StageRouter(prefix="/v1/rehearsal", tags=["rehearsal"])


class Forward(Data):
    """Where to move process time to; it never goes back."""

    to: Instant


class Now(BaseModel):
    now: datetime


class MailRead(Read):
    id: UUID
    kind: str
    subject: str
    text: str
    written_at: datetime


class Letters(BaseModel):
    items: list[MailRead]


@router.post("/clock", summary="Move process time forward", operation_id="rehearsal_clock")
async def move(request: Request, to: Forward) -> Now:
    """Does what is then due and answers when the queue is empty. Who: anyone, in rehearsal mode."""
    state = request.app.state
    async with state.sessions() as session, session.begin():
        now = await advance(session, to.to)
    await tick(state.sessions, state.settings)
    await jobs.drain(jobs.Tools(state.settings, state.sessions))
    return Now(now=now)


@router.get("/mail", summary="Read what was mailed to an address", operation_id="rehearsal_mail")
async def mail(session: Transaction, to: Address) -> Letters:
    """The outbox of one address, newest first, so that people follow their links. Who: anyone."""
    found = await session.scalars(
        select(Mail).where(Mail.recipient == to).order_by(Mail.written_at.desc(), Mail.id)
    )
    return Letters(items=[MailRead.model_validate(one) for one in found])
