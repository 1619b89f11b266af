"""Times in days and months against a limit (K-06, K-07): pure; days are those of Brussels."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from app.calls.periods import months_between, months_later

Standing = Literal["pending", "overdue", "in_time", "late"]


@dataclass(frozen=True)
class Time:
    """From a deadline to what is to follow within so many months; `done` is None while it is waited for."""

    since: date
    limit_months: int
    done: date | None
    today: date

    @property
    def due(self) -> date:
        """The last day in time: the same day of the month, or the last one of a shorter month."""
        return months_later(self.since, self.limit_months)

    @property
    def days(self) -> int:
        """Days from the deadline until it was done, or until today."""
        return ((self.done or self.today) - self.since).days

    @property
    def months(self) -> int:
        """Whole months of them."""
        return months_between(self.since, self.done or self.today)

    @property
    def standing(self) -> Standing:
        over = (self.done or self.today) > self.due
        if self.done is None:
            return "overdue" if over else "pending"
        return "late" if over else "in_time"


@dataclass(frozen=True)
class Summed:
    """Of so many that count: how many were done in time, late, are still waited for; days of those done."""

    counted: int
    in_time: int
    late: int
    pending: int
    overdue: int
    median_days: int | None
    longest_days: int | None


def summed(times: Iterable[Time]) -> Summed:
    """What these come to; the median of an even number is the lower of the two in the middle."""
    times = tuple(times)
    stands: Sequence[Standing] = [one.standing for one in times]
    days = sorted(one.days for one in times if one.done is not None)
    middle = days[(len(days) - 1) // 2] if days else None
    return Summed(
        counted=len(times),
        in_time=stands.count("in_time"),
        late=stands.count("late"),
        pending=stands.count("pending"),
        overdue=stands.count("overdue"),
        median_days=middle,
        longest_days=days[-1] if days else None,
    )
