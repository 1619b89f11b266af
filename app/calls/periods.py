"""Periods in days: when they end, in Brussels, and when a request for review is in time (Z-01)."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol, TypeVar

from app.calls.rules import BRUSSELS

SATURDAY = 5
Day = TypeVar("Day", bound=date)
"""A day, or an instant of it."""


class Rest(Protocol):
    """Days of rest, as a rule set gives them: fixed (`12-25`), or in days from Easter Sunday."""

    @property
    def moves(self) -> bool: ...
    @property
    def fixed(self) -> Sequence[str]: ...
    @property
    def from_easter(self) -> Sequence[int]: ...


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by the computus of Meeus, Jones and Butcher."""
    century, rest = divmod(year, 100)
    golden = year % 19
    moon = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)


def working(day: date, rest: Rest) -> bool:
    """Whether the offices work on this day."""
    movable = (day - easter(day.year)).days
    return day.weekday() < SATURDAY and f"{day:%m-%d}" not in rest.fixed and movable not in rest.from_easter


def last_day(start: date, days: int, rest: Rest) -> date:
    """The last day of a period of so many days; the day that starts it does not count."""
    day = start + timedelta(days=days)
    while rest.moves and not working(day, rest):
        day += timedelta(days=1)
    return day


def received(sent: date, opened: date | None, deemed_days: int) -> date:
    """The day a letter counts as received: when it was opened, or so many days after it was sent (Z-01)."""
    deemed = sent + timedelta(days=deemed_days)
    return deemed if opened is None else min(opened, deemed)


def day_of(instant: datetime) -> date:
    """The day in Brussels."""
    return instant.astimezone(BRUSSELS).date()


class Answering(Protocol):
    """How many days both sides of an invitation have, and which days are days of rest."""

    @property
    def not_feasible_days(self) -> int: ...
    @property
    def rest(self) -> Rest: ...


def answered_by(rules: Answering, sent: datetime) -> datetime:
    """The last second of the period in which an invitation to the second stage is answered (C-08)."""
    return end_of(last_day(day_of(sent), rules.not_feasible_days, rules.rest))


def end_of(day: date) -> datetime:
    """The last second of a day in Brussels, as an instant in UTC."""
    return datetime.combine(day, time(23, 59, 59), BRUSSELS).astimezone(UTC)


def months_later(day: date, months: int) -> date:
    """The same day so many months later; where it is not there, the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_between(start: date, end: date) -> int:
    """How many whole months there are from one day to a later one: as `months_later` counts them."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if months_later(start, months) <= end else months - 1


def years_later(day: Day, years: int) -> Day:
    """The same day so many years later, or earlier; of 29 February, the 28th where it is not there."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
