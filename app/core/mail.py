"""Sending one mail of the outbox: at least once, to one recipient, under a number of its own."""

import re
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit
from uuid import UUID

import aiosmtplib
import structlog
from sqlalchemy import select

from app.core.clock import process_now
from app.core.jobs import Tools
from app.core.outbox import Mail

log = structlog.get_logger(__name__)
SECONDS = 30
SECRET = re.compile(r"(https?://\S*[/#])[\w-]{20,}")


async def send(tools: Tools, mail_id: str) -> None:
    """Send the mail unless it was sent; without a mail server it only counts as sent."""
    async with tools.sessions() as session, session.begin():
        mail = await session.scalar(
            select(Mail).where(Mail.id == UUID(mail_id)).with_for_update(skip_locked=True)
        )
        if mail is None or mail.sent_at is not None:
            return
        if tools.settings.smtp_url is not None:
            await _deliver(tools.settings.smtp_url, _message(mail, tools.settings.mail_from))
        mail.sent_at = await process_now(session)
        if not tools.settings.rehearsal:  # where people read their mail in the outbox itself
            mail.text = SECRET.sub(r"\1…", mail.text)
    log.info("mail sent", kind=mail.kind, mail_id=mail_id)


def _message(mail: Mail, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, mail.recipient, mail.subject
    message["Date"] = format_datetime(mail.written_at)
    # The same at every try, so that a mail server can drop what it has already seen.
    message["Message-ID"] = f"<{mail.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    return message


async def _deliver(url: str, message: EmailMessage) -> None:
    server = urlsplit(url)
    await aiosmtplib.send(
        message,
        hostname=server.hostname,
        port=server.port,
        username=unquote(server.username) if server.username else None,
        password=unquote(server.password) if server.password else None,
        use_tls=server.scheme == "smtps",
        timeout=SECONDS,
    )
