"""What somebody is tied to and what waits for them; later stages add to both."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.models import Account, Appointment, AppointmentState
from app.people.schemas import Tie, Waiting
from app.workflow.who import Actor

Ties = Callable[[AsyncSession, Actor, datetime], Awaitable[Sequence[Tie]]]
Waits = Callable[[AsyncSession, Actor, datetime], Awaitable[Sequence[Waiting]]]


async def appointments_to_confirm(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Waiting]:
    """Proposed appointments that this person, neither their proposer nor appointed by them, may confirm."""
    if not actor.roles & {"admin", "signatory"}:
        return []
    statement = (
        select(Appointment, Account.name)
        .join(Account, Account.id == Appointment.account_id)
        .where(
            Appointment.state == AppointmentState.PROPOSED,
            Appointment.account_id != actor.id,
            Appointment.proposed_by != actor.id,
        )
        .order_by(Appointment.created_at, Appointment.id)
        .limit(50)
    )
    found = (await session.execute(statement)).all()
    return [
        Waiting(kind="confirm", entity="appointment", id=a.id, title=f"{name} as {_told(a)}", due=a.starts_at)
        for a, name in found
    ]


def _told(appointment: Appointment) -> str:
    return appointment.role if appointment.call_id is None else f"{appointment.role} of one call"


_ties: list[Ties] = []
_waits: list[Waits] = [appointments_to_confirm]


def install_me(ties: Iterable[Ties], waits: Iterable[Waits]) -> None:
    """Hand over, once, what later stages know of a person."""
    _ties[:] = ties
    _waits[:] = [appointments_to_confirm, *waits]


async def ties_of(session: AsyncSession, actor: Actor, now: datetime) -> list[Tie]:
    """Everything the person is tied to."""
    return [tie for source in _ties for tie in await source(session, actor, now)]


async def waiting_for(session: AsyncSession, actor: Actor, now: datetime) -> list[Waiting]:
    """Everything that waits for the person."""
    return [each for source in _waits for each in await source(session, actor, now)]
