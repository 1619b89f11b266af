"""Mail leaves once, to one recipient, under the number of its row; a failure leaves it to be sent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from app.core.db import Sessions, engine_for, sessions_for
from app.core.jobs import Tools
from app.core.mail import send
from app.core.outbox import Mail, write
from app.core.postgres import Database, copy_of, drop
from app.core.settings import Settings

pytestmark = pytest.mark.anyio
WRITTEN = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
async def sessions(template: Database, worker_name: str) -> AsyncIterator[Sessions]:
    copy = copy_of(template, f"mail_{worker_name}")
    engine = engine_for(copy.app_url)
    yield sessions_for(engine)
    await engine.dispose()
    drop(copy)


@asynccontextmanager
async def server(taken: list[bytes], recipient: bytes = b"250 yes") -> AsyncIterator[str]:
    """A mail server that keeps what it is given, and its address."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ready\r\n")
        while line := await reader.readline():
            match line[:4].upper():
                case b"DATA":
                    writer.write(b"354 go on\r\n")
                    taken.append((await reader.readuntil(b"\r\n.\r\n")).removesuffix(b".\r\n"))
                    writer.write(b"250 taken\r\n")
                case b"RCPT":
                    writer.write(recipient + b"\r\n")
                case _:
                    writer.write(b"250 yes\r\n")
        writer.close()

    listening = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with listening:
        yield f"smtp://127.0.0.1:{listening.sockets[0].getsockname()[1]}"


async def written(sessions: Sessions) -> Mail:
    async with sessions() as session, session.begin():
        return await write(
            session, to="ada@example.org", kind="receipt", subject="Your\r\nreceipt", text="Grüße", at=WRITTEN
        )


def tools(settings: Settings, sessions: Sessions, smtp_url: str | None) -> Tools:
    return Tools(
        settings.model_copy(update={"smtp_url": smtp_url, "mail_from": "calls@imi.example"}), sessions
    )


async def sent_at(sessions: Sessions, mail: Mail) -> datetime | None:
    async with sessions() as session:
        return (await session.get_one(Mail, mail.id)).sent_at


async def test_a_mail_leaves_once_under_its_own_number(settings: Settings, sessions: Sessions) -> None:
    mail, taken = await written(sessions), list[bytes]()
    async with server(taken) as url:
        for _ in range(2):
            await send(tools(settings, sessions, url), str(mail.id))
    (raw,) = taken
    message = message_from_bytes(raw, EmailMessage, policy=policy.default)
    assert (message["From"], message["To"]) == ("calls@imi.example", "ada@example.org")
    assert message["Subject"] == "Your receipt"
    assert message["Message-ID"] == f"<{mail.id}@imi.example>"
    assert message["Date"].datetime == WRITTEN
    assert message.get_content().strip() == "Grüße"
    assert await sent_at(sessions, mail) is not None


async def test_two_workers_send_it_once(settings: Settings, sessions: Sessions) -> None:
    mail, taken = await written(sessions), list[bytes]()
    async with server(taken) as url:
        both = [send(tools(settings, sessions, url), str(mail.id)) for _ in range(2)]
        await asyncio.gather(*both)
    assert len(taken) == 1


async def test_refused_by_the_server_it_is_still_to_be_sent(settings: Settings, sessions: Sessions) -> None:
    mail, taken = await written(sessions), list[bytes]()
    async with server(taken, recipient=b"451 later") as url:
        with pytest.raises(Exception, match="451"):
            await send(tools(settings, sessions, url), str(mail.id))
    assert taken == []
    assert await sent_at(sessions, mail) is None


async def test_without_a_server_it_only_counts_as_sent(settings: Settings, sessions: Sessions) -> None:
    mail = await written(sessions)
    await send(tools(settings, sessions, None), str(mail.id))
    assert await sent_at(sessions, mail) is not None
