"""The first people of a new system, whom nobody is there to appoint."""

import asyncio
import sys
from dataclasses import replace
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.clock import process_now
from app.core.db import engine_for, sessions_for
from app.core.fault import Fault
from app.core.postgres import Database
from app.core.settings import Settings
from app.people import desk
from app.people.invite import invite
from app.people.models import Account, Appointment
from app.people.schemas import Propose
from app.people.workflow import APPOINTMENT
from app.workflow.run import Act, create, system_act

FOUNDERS = 2
ROLES: tuple[Literal["office", "admin"], ...] = ("office", "admin")
FOUNDING = "The setting up of this system"
NEXT = "Appointments need two people; add the second with: imi people office ADDRESS --second"


def first_office(
    settings: Settings, database: Database, email: str, name: str = "", second: bool = False
) -> None:
    """Appoint somebody to the programme office and as administrator, and print a link to sign in with.

    Two people in all, the second if `second`; the link may be asked for again until it has been followed.
    Raises Fault for anybody else: those two appoint the others.
    """
    desk.install(settings)
    link, first = asyncio.run(_run(database, email, name or email, second))
    told = f"Choose a password with this link, good once: {link}\n" if link else f"{email} is appointed.\n"
    sys.stdout.write(f"{told}{NEXT}\n" if first else told)


async def _run(database: Database, email: str, name: str, second: bool) -> tuple[str | None, bool]:
    engine = engine_for(database.app_url)
    try:
        async with sessions_for(engine)() as session, session.begin():
            return await found(session, email, name, second)
    finally:
        await engine.dispose()


async def found(session: AsyncSession, email: str, name: str, second: bool) -> tuple[str | None, bool]:
    """Appoint a founder; the link to a password, None for who has one, and whether this is the first.

    Raises Fault when the two founders are others.
    """
    act = system_act(session, await process_now(session))
    founders = await _founders(session)
    known = email.lower() in founders
    if not known and len(founders) >= FOUNDERS:
        raise Fault("Two people were appointed to begin with; everybody else is appointed by them.")
    if not known and founders and not second:
        raise Fault(f"The programme office has its first account. {NEXT}")
    account, link = await invite(session, email, name, act)
    if known and link is None:
        raise Fault(f"{email} is appointed and has a password.")
    if not known:
        await _institute(account, act)
    return link, not founders


async def _founders(session: AsyncSession) -> set[str]:
    ever = select(Appointment.account_id).where(Appointment.role == "office")
    return set(await session.scalars(select(func.lower(Account.email)).where(Account.id.in_(ever))))


async def _institute(account: Account, act: Act) -> None:
    for role in ROLES:
        ask = replace(act.ask, data=Propose(role=role, appointing_act=FOUNDING))
        await create(APPOINTMENT, "institute", Appointment(), replace(act, ask=ask, parent=account, notes={}))
