"""When a letter counts as received, and until when a review may be asked for (Z-01); pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from app.calls.periods import Rest, day_of, last_day, received


class Terms(Protocol):
    """The days of redress, as a rule set says."""

    @property
    def redress_days(self) -> int: ...
    @property
    def deemed_received_days(self) -> int: ...
    @property
    def rest(self) -> Rest: ...


@dataclass(frozen=True)
class Period:
    """The day in Brussels on which a letter counts as received, and the last day to ask for a review.

    Neither is known while the letter is neither sent nor opened: no period runs then.
    """

    received_on: date | None
    last_day: date | None


def period(sent: Iterable[datetime | None], opened: Iterable[datetime], terms: Terms) -> Period:
    """The period of a letter whose copies were sent, and which was opened, at these instants.

    The first copy that is sent counts, and the first of the contacts who opens it; one that was never opened
    counts as received so many days after it was sent.
    """
    first_sent = min((one for one in sent if one is not None), default=None)
    first_opened = min(opened, default=None)
    opened_on = None if first_opened is None else day_of(first_opened)
    if first_sent is None:
        came = opened_on
    else:
        came = received(day_of(first_sent), opened_on, terms.deemed_received_days)
    return Period(came, None if came is None else last_day(came, terms.redress_days, terms.rest))
