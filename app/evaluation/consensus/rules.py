"""The span of scores that reports give, and when a silent expert is reminded; nothing here makes a mean."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from app.calls.periods import Rest, day_of, end_of, last_day


@dataclass(frozen=True, slots=True)
class Spread:
    """The lowest and the highest score that sealed reports give a criterion."""

    least: Decimal
    most: Decimal

    def holds(self, score: Decimal) -> bool:
        return self.least <= score <= self.most


def spread(scores: Iterable[Decimal | None]) -> Spread | None:
    """What the scores span; None if there is none. The agreed score is never computed from it (V-15)."""
    given = [score for score in scores if score is not None]
    return Spread(min(given), max(given)) if given else None


def reminders_due(asked: datetime, now: datetime, days: Sequence[int], rest: Rest) -> int:
    """How many reminders are due by now: each once its days, counted from the asking, are over."""
    ends = (end_of(last_day(day_of(asked), number, rest)) for number in days)
    return sum(end < now for end in ends)
