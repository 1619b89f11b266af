"""What the tests of people share: accounts with a password, links out of the outbox, work counted."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, event, select

from app.core.outbox import Mail
from app.people import passwords
from app.people.models import Account, AccountState
from tests.build import LONG_AGO
from tests.conftest import World

GOOD = "quartz umbrella seventeen lanterns"
BETTER = "velvet harbour ninety windmills"


async def account(
    world: World, state: AccountState = AccountState.ACTIVE, password: str | None = GOOD
) -> Account:
    """Somebody with a password who is not signed in."""
    kept = await passwords.hashed(SecretStr(password)) if password else None
    email = f"Jo-{uuid4().hex[:8]}@example.org"
    made = Account(id=uuid4(), created_at=LONG_AGO, state=state, email=email, name="Jo", password=kept)
    async with world.sessions() as session, session.begin():
        session.add(made)
    return made


async def mails(world: World, to: str) -> list[Mail]:
    """What was written to an address, oldest first."""
    async with world.sessions() as session:
        found = select(Mail).where(Mail.recipient == to).order_by(Mail.written_at, Mail.id)
        return list(await session.scalars(found))


async def link_to(world: World, to: str) -> str:
    """The link in the newest mail to an address."""
    text = (await mails(world, to))[-1].text
    return next(word for word in text.split() if word.startswith("http"))


@dataclass
class Work:
    """What was done: SQL statements by their first words, and argon2 runs."""

    statements: list[str] = field(default_factory=list)
    hashes: int = 0


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    """Count the work that is done inside."""
    work = Work()

    def count(*given: Any) -> None:
        if "SAVEPOINT" not in given[2]:
            work.statements.append(" ".join(given[2].split()[:3]))

    class Counting:
        def __getattr__(self, name: str) -> Any:
            work.hashes += name in ("hash", "verify")
            return getattr(real, name)

    real = passwords.ARGON2
    with monkeypatch.context() as patch:
        patch.setattr(passwords, "ARGON2", Counting())
        event.listen(Engine, "before_cursor_execute", count)
        try:
            yield work
        finally:
            event.remove(Engine, "before_cursor_execute", count)
