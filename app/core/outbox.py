"""Mail as rows: written in the act's own transaction, sent by a job that carries only the id."""

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
    from app.core.jobs import enqueue, send_mail

    mail = Mail(
        id=uuid4(),
        recipient=to,
        kind=kind,
        subject=" ".join(subject.split()),
        text=text,
        entity=entity,
        entity_id=entity_id,
        written_at=at,
    )
    session.add(mail)
    await enqueue(session, send_mail, mail_id=str(mail.id))
    return mail
