"""What signing in needs of the settings, built once when the application is made."""

from dataclasses import dataclass
from datetime import timedelta

from app.core.settings import Settings
from app.people.tokens import Tokens


@dataclass(frozen=True)
class Desk:
    """The signing key, where people reach us, and how long things last."""

    tokens: Tokens
    public_url: str
    refresh_life: timedelta
    link_life: timedelta = timedelta(days=7)
    reset_life: timedelta = timedelta(hours=1)


_desk: list[Desk] = []


def install(settings: Settings) -> None:
    """Build the desk; the worker needs it as much as the server, since jobs write links too."""
    life = timedelta(minutes=settings.access_token_minutes)
    tokens = Tokens(settings.key, settings.public_url, life)
    _desk[:] = [Desk(tokens, settings.public_url, timedelta(days=settings.refresh_token_days))]


def desk() -> Desk:
    return _desk[0]
