"""What signing in needs of the settings, built once by whoever serves, works or tests."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

from app.core.settings import Settings
from app.people.limits import Limits
from app.people.tokens import Tokens

AT_ONCE = 8  # people whose password is being worked on


@dataclass(frozen=True)
class Desk:
    """The signing of tokens, where people reach us, how long things last, how often one may try."""

    tokens: Tokens
    public_url: str
    refresh_life: timedelta
    invitation_life: timedelta = timedelta(days=14)
    reset_life: timedelta = timedelta(hours=2)
    limits: Limits = field(default_factory=Limits)
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))


_desk: list[Desk] = []


def install(settings: Settings) -> None:
    """Set up the desk; its limits begin anew."""
    life = timedelta(minutes=settings.access_token_minutes)
    tokens = Tokens(settings.key, settings.public_url, life)
    _desk[:] = [Desk(tokens, settings.public_url, timedelta(days=settings.refresh_token_days))]


def desk() -> Desk:
    """The desk that was installed."""
    return _desk[0]


async def in_turn() -> AsyncIterator[None]:
    """Wait for one of a few places before a connection is taken: hundreds may come within a minute."""
    async with desk().turns:
        yield
