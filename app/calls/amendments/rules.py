"""How much later a deadline is after a corrigendum: pure."""

from datetime import datetime, timedelta

from app.calls.rules import instant


def soonest(wall: str, days: int) -> str:
    """The wall time so many days after another; a day more where it does not exist, or exists twice."""
    found = datetime.fromisoformat(wall) + timedelta(days=days)
    try:
        instant(found.isoformat())
    except ValueError:
        found += timedelta(days=1)
    return found.isoformat()
