"""When people are reminded."""

from collections.abc import Iterable
from datetime import datetime, timedelta


def reminders_due(sent: datetime, until: datetime, now: datetime, days: Iterable[int]) -> int:
    """How many reminders are due by now: one so many days before the end, unless the mail was later."""
    instants = (until - timedelta(days=number) for number in days)
    return sum(sent < instant <= now for instant in instants)
