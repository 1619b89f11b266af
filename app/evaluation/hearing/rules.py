"""Who is heard together (V-20), and until which day; pure."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Protocol, TypeVar

from app.calls.periods import months_later


class Listed(Protocol):
    """A place on a list."""

    @property
    def above(self) -> bool: ...
    @property
    def total(self) -> Decimal: ...


P = TypeVar("P", bound=Listed)


def heard_together(places: Iterable[P], total: Decimal | None) -> list[P]:
    """All above the thresholds, or all of these with one equal total: none is chosen."""
    return [place for place in places if place.above and total in (None, place.total)]


def heard_by(evaluation_to: date | None, closed: date, tti_months: int, ttg_months: int, today: date) -> date:
    """The last day for a hearing in a stage that closed on this day: that of its evaluation.

    Where none is said, or the evaluation is late, the day by which applicants are told, then that by which
    grants are signed (K-04); once that is over as well, as many months from today as applicants wait.
    """
    ends = (evaluation_to, *(months_later(closed, months) for months in (tti_months, ttg_months)))
    return next((day for day in ends if day is not None and day >= today), months_later(today, tti_months))
