"""Mail as rows: written in the act's own transaction, sent by a job that carries only the id."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Index
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Keyed


class Mail(Keyed, Base):
    """One mail to one recipient; the secret of a link is struck out once it has been sent."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_unsent", "written_at", postgresql_where="sent_at IS NULL"),)

    recipient: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    entity: Mapped[str]
    entity_id: Mapped[UUID | None]
    written_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Letter:
    """What is to be mailed to one address, and which entity it is about."""

    to: str
    subject: str
    text: str
    entity: str = ""
    entity_id: UUID | None = None


async def write(
    session: AsyncSession,
    *,
    to: str,
    kind: str,
    subject: str,
    text: str,
    at: datetime,
    entity: str = "",
    entity_id: UUID | None = None,
) -> Mail:
    """Write a mail and ask a worker to send it; both happen if and only if the act is committed."""
    (mail,) = await write_all(session, kind, [Letter(to, subject, text, entity, entity_id)], at)
    return mail


async def write_all(
    session: AsyncSession, kind: str, letters: Iterable[Letter], at: datetime
) -> Sequence[Mail]:
    """Write a mail for each of these letters, and ask for all to be sent in one statement."""
    from app.core.jobs import enqueue_all, send_mail

    mails = [
        Mail(
            id=uuid4(),
            recipient=letter.to,
            kind=kind,
            subject=" ".join(letter.subject.split()),
            text=letter.text,
            entity=letter.entity,
            entity_id=letter.entity_id,
            written_at=at,
        )
        for letter in letters
    ]
    session.add_all(mails)
    await enqueue_all(session, send_mail, [{"mail_id": str(mail.id)} for mail in mails])
    return mails
