"""Time, money and countries in calls: deadlines on the Brussels wall, what topics take (C-01, C-02)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from app.core.reason import Reason

BRUSSELS = ZoneInfo("Europe/Brussels")
LAST_SECOND = timedelta(seconds=1)
"""A request counts until the end of the second that the deadline names (C-02)."""


WALL = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?", re.ASCII)
FIRST_YEAR, LAST_YEAR = 1990, 2199
D = TypeVar("D", bound=date)


def in_our_time(day: D) -> D:
    """The same day or instant. Raises ValueError for a year in which no call is."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"Give a year from {FIRST_YEAR} to {LAST_YEAR}.")
    return day


class Country(Protocol):
    """A country's standing from one day to another, both included."""

    @property
    def code(self) -> str: ...
    @property
    def standing(self) -> str: ...
    @property
    def since(self) -> date | None: ...
    @property
    def until(self) -> date | None: ...


def standings(countries: Iterable[Country], day: date) -> dict[str, str]:
    """The countries that count on a day, as `member` or `associated`; association is dated."""
    return {
        c.code: c.standing
        for c in countries
        if (c.since is None or c.since <= day) and (c.until is None or day <= c.until)
    }


class Phase(StrEnum):
    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"


def instant(wall: str) -> datetime:
    """The UTC instant of a Brussels wall time such as `2020-03-31T17:00`.

    Raises ValueError for what is no time, carries a zone, does not exist or exists twice there.
    """
    local = in_our_time(datetime.fromisoformat(wall))
    if local.tzinfo is not None:
        raise ValueError("Give the time on the wall in Brussels, without a zone.")
    first, again = (local.replace(tzinfo=BRUSSELS, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(BRUSSELS).replace(tzinfo=None) != local:
        raise ValueError("This time does not exist in Brussels: the clocks go forward.")
    if first != again:
        raise ValueError("This time comes twice in Brussels: the clocks go back.")
    if not WALL.fullmatch(wall):
        raise ValueError("Give day and time as 2020-03-31T17:00.")
    return first


def moved(wall: str, days: int) -> str:
    """The same time on the wall so many days later, on whichever side of summer time. Raises ValueError."""
    try:
        later = datetime.fromisoformat(wall) + timedelta(days=days)
    except OverflowError:
        raise ValueError("There is no such day.") from None
    told = _shown(later)
    instant(told)
    return told


def _shown(local: datetime) -> str:
    """A time on the wall, with seconds only if it has some."""
    return local.isoformat(timespec="seconds" if local.second else "minutes")


def on_the_wall(at: datetime) -> str:
    """What the wall in Brussels shows at an instant."""
    return _shown(at.astimezone(BRUSSELS).replace(tzinfo=None))


def in_words(at: datetime) -> str:
    """An instant as letters tell it, by the wall in Brussels."""
    return f"{at.astimezone(BRUSSELS):%d %B %Y, %H:%M:%S}"


def not_movable(
    number: int, opens_at: datetime, deadline: str, indicative: Mapping[str, date | None], days: int
) -> Iterator[Reason]:
    """Why a stage cannot be copied so many days later: a time that is none in Brussels, a day of no call."""
    for name, at in {"opening": on_the_wall(opens_at), "deadline": deadline, **indicative}.items():
        try:
            if isinstance(at, str):
                in_our_time(instant(moved(at, days)))
            elif at is not None:
                in_our_time(at + timedelta(days=days))
        except ValueError as fault:
            words = name.replace("_", " ")
            told = f"The {words} of stage {number} ({at}) cannot move by {days} days. {fault}"
            yield Reason("impossible-time", told, "/shift_days", "office")


def overlapping(closes_at: datetime, following: Any) -> Iterator[Reason]:
    """Why a stage cannot close then: the one that follows, if any, opens before (C-06)."""
    if following is not None and following.opens_at < closes_at:
        yield Reason("stages-overlap", f"Stage {following.number} opens before that.", "/deadline", "office")


def phase(opens_at: datetime, closes_at: datetime, now: datetime) -> Phase:
    """Where a stage stands; computed from its dates, so that no job can be late for it."""
    if now < opens_at:
        return Phase.PLANNED
    return Phase.OPEN if now < closes_at + LAST_SECOND else Phase.CLOSED


def late(opens_at: datetime, closes_at: datetime, now: datetime) -> Iterator[Reason]:
    """Why nothing can be handed in now (C-02)."""
    match phase(opens_at, closes_at, now):
        case Phase.PLANNED:
            yield Reason("not-open", f"Submission opens at {opens_at:%Y-%m-%d %H:%M} UTC.")
        case Phase.CLOSED:
            yield Reason("deadline-passed", f"The deadline was {in_words(closes_at)}, Brussels time.")


def gone(state: str) -> Iterator[Reason]:
    """Why nothing is handed in for a topic that is in the call no more."""
    match state:
        case "withdrawn":
            yield Reason("topic-withdrawn", "The topic was taken out of the call.")
        case "cancelled":
            yield Reason("call-cancelled", "The call is cancelled.")


def not_higher(amount: Decimal, present: Decimal) -> Iterator[Reason]:
    """Why an envelope is not raised to this: money is only ever added (K-04)."""
    if amount <= present:
        told = f"The envelope is {present} euro; it is only raised, not to {amount}."
        yield Reason("not-higher", told, "/amount", "office")


def covering(budget: Decimal, envelopes: Iterable[Decimal]) -> Decimal:
    """The budget of a call that covers what the topics of a stage take together; never less than it was."""
    return max(budget, sum(envelopes, Decimal(0)))
