"""Telling people what they have asked to be told: by mail at once, once a day, or not."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from itertools import groupby
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import outbox
from app.core.outbox import Letter
from app.people.models import Account, AccountState, DigestItem, SentNotice
from app.people.schemas import DEFAULTS
from app.workflow.run import Act

BRUSSELS = ZoneInfo("Europe/Brussels")


Told = tuple[str, UUID, datetime]
"""What is told once: its kind, what it is about, and the date of it."""


async def not_yet_told(session: AsyncSession, wanted: Iterable[Told]) -> set[Told]:
    """Those that nobody has been told of yet; from now on somebody has."""
    rows = [dict(zip(("kind", "subject_id", "date"), one, strict=True)) | {"id": uuid4()} for one in wanted]
    if not rows:
        return set()
    once = insert(SentNotice).values(rows).on_conflict_do_nothing(constraint="uq_sent_notice_once")
    new = await session.execute(once.returning(SentNotice.kind, SentNotice.subject_id, SentNotice.date))
    return {(kind, subject_id, date) for kind, subject_id, date in new}


async def first_time(session: AsyncSession, kind: str, subject_id: UUID, date: datetime) -> bool:
    """Whether nobody has been told of this yet; from now on somebody has."""
    return bool(await not_yet_told(session, [(kind, subject_id, date)]))


async def listeners(session: AsyncSession, kind: str) -> Sequence[str]:
    """The addresses of everybody who has asked for this kind."""
    asked = Account.notices[kind].astext.in_(("on", "digest"))
    wanted = select(Account.email).where(Account.state == AccountState.ACTIVE, asked)
    return (await session.scalars(wanted.order_by(Account.email))).all()


async def notify(session: AsyncSession, kind: str, letters: Sequence[Letter], at: datetime) -> None:
    """Tell these addresses as their people have chosen; who has no account yet gets the mail."""
    theirs = func.lower(Account.email).in_({letter.to.lower() for letter in letters})
    rows = await session.execute(select(Account.email, Account.id, Account.notices).where(theirs))
    known = {email.lower(): (key, chosen) for email, key, chosen in rows}
    mails = []
    for letter in letters:
        key, chosen = known.get(letter.to.lower(), (None, {}))
        match chosen.get(kind, DEFAULTS[kind] if key is not None else "on"):
            case "on":
                mails.append(letter)
            case "digest":
                kept = {"subject": letter.subject, "text": letter.text}
                session.add(DigestItem(id=uuid4(), account_id=key, written_at=at, **kept))
    await outbox.write_all(session, kind, mails, at)


async def send_digests(act: Act) -> None:
    """Due: everything of the days before, in one mail a person; on the first tick of a day in Brussels."""
    midnight = datetime.combine(act.now.astimezone(BRUSSELS).date(), time(), BRUSSELS)
    wanted = (
        select(DigestItem, Account.email)
        .join(Account, Account.id == DigestItem.account_id)
        .where(DigestItem.written_at < midnight)
        .order_by(Account.email, DigestItem.written_at, DigestItem.id)
        .with_for_update(of=DigestItem, skip_locked=True)
    )
    rows = (await act.session.execute(wanted)).all()
    letters = []
    for address, found in groupby(rows, key=lambda row: row[1]):
        items = [item for item, _ in found]
        text = "\n\n".join(f"{item.subject}\n\n{item.text}" for item in items)
        letters.append(Letter(address, f"Calls for proposals: {len(items)} notices", text))
    await outbox.write_all(act.session, "digest", letters, act.now)
    await act.session.execute(delete(DigestItem).where(DigestItem.id.in_([item.id for item, _ in rows])))
