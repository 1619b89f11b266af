"""Links sent by mail: good once, for whoever reads the mail of an address."""

from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import outbox
from app.core.clock import machine_now
from app.core.errors import Unauthenticated
from app.people import letters
from app.people.desk import desk
from app.people.families import hash_of, new_secret
from app.people.models import Account, AccountState, Link


def account_of(email: str) -> Select[Account]:
    """The account of an address, whatever the case of its letters."""
    return select(Account).where(func.lower(Account.email) == email.lower())


def new_link(session: AsyncSession, kind: str, email: str) -> str:
    """A link of this kind for an address. Its secret stands after the `#`, which no server logs."""
    secret, known_by = new_secret()
    life = desk().reset_life if kind == "reset" else desk().invitation_life
    session.add(Link(hash=known_by, kind=kind, email=email.lower(), expires_at=machine_now() + life))
    return f"{desk().public_url}/v1/auth/{kind}#{secret}"


async def send_link(session: AsyncSession, email: str, at: datetime) -> None:
    """Write to an address what suits it: to a stranger too, so that nobody else learns who has an account."""
    account = (await session.scalars(account_of(email))).one_or_none()
    state = account.state if account else None
    link = new_link(session, "reset" if state == AccountState.ACTIVE else "activate", email)
    subject, text = letters.for_state(state, link)
    to = account.email if account else email
    await outbox.write(session, to=to, kind="link", subject=subject, text=text, at=at)


def _good(found: Link | None, kind: str) -> Link:
    if found is None or found.kind != kind or found.used_at is not None or found.expires_at <= machine_now():
        raise Unauthenticated("This link has been used or is too old; ask for another.")
    return found


def _known(link: str) -> str:
    return hash_of(link.rsplit("#", 1)[-1].strip())


async def whose(session: AsyncSession, kind: str, link: str) -> str:
    """The address a link was sent to; the link stays good. Raises Unauthenticated."""
    return _good(await session.get(Link, _known(link)), kind).email


async def redeem(session: AsyncSession, kind: str, link: str) -> str:
    """Use a link, and with it all links of its address. Gives the address; raises Unauthenticated."""
    here = select(Link.email).where(Link.hash == _known(link)).scalar_subquery()
    every = select(Link).where(Link.email == here).order_by(Link.hash).with_for_update()
    links = list(await session.scalars(every, execution_options={"populate_existing": True}))
    found = _good(next((each for each in links if each.hash == _known(link)), None), kind)
    for each in links:
        each.used_at = each.used_at or machine_now()
    return found.email
