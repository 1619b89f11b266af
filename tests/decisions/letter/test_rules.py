"""The day a letter counts as received, and the last day to ask for a review (Z-01)."""

from datetime import UTC, date, datetime

import pytest

from app.calls.rule_set import named
from app.decisions.letter.rules import Period, period

IMI2 = named("imi2")


def at(month: int, day: int, hour: int = 12, year: int = 2021) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent", "opened", "received", "last"),
    [
        ([at(3, 1)], [at(3, 1)], date(2021, 3, 1), date(2021, 3, 31)),
        # 10 April 2021 is a Saturday, and the Monday after Easter Week is the first working day.
        ([at(3, 1)], [], date(2021, 3, 11), date(2021, 4, 12)),
        # In 2022 it is a Sunday, in 2023 it is Easter Monday; in 2024 it is an ordinary Wednesday.
        ([at(3, 1, year=2024)], [], date(2024, 3, 11), date(2024, 4, 10)),
        ([at(3, 1, year=2023)], [], date(2023, 3, 11), date(2023, 4, 11)),
        # Opened later than it counts as received: no longer a period.
        ([at(3, 1, year=2024)], [at(3, 20, year=2024)], date(2024, 3, 11), date(2024, 4, 10)),
        ([at(3, 1, year=2024)], [at(3, 10, year=2024)], date(2024, 3, 10), date(2024, 4, 9)),
        # The first copy and the first reader count.
        ([at(3, 2), at(3, 1)], [at(3, 5), at(3, 1)], date(2021, 3, 1), date(2021, 3, 31)),
        ([None, at(3, 1)], [at(3, 1)], date(2021, 3, 1), date(2021, 3, 31)),
        # Half past eleven in the evening in London is the next day in Brussels.
        ([at(2, 28, 23)], [at(2, 28, 23)], date(2021, 3, 1), date(2021, 3, 31)),
        # Read before any mail has left.
        ([None], [at(3, 1)], date(2021, 3, 1), date(2021, 3, 31)),
    ],
)
def test_the_period(sent: list[datetime | None], opened: list[datetime], received: date, last: date) -> None:
    assert period(sent, opened, IMI2) == Period(received, last)


def test_no_period_runs_while_nothing_is_sent_or_opened() -> None:
    assert period([None, None], [], IMI2) == period([], [], IMI2) == Period(None, None)
