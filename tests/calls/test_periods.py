"""Redress days (Z-01): what the table of the domain says, days of rest, summer time."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.calls.periods import day_of, easter, end_of, last_day, received, working
from app.calls.rule_set import named

REST = named("imi2").rest
NO_REST = REST.model_copy(update={"moves": False})


def test_opened_on_1_march_the_last_day_is_31_march() -> None:
    day = received(date(2021, 2, 25), date(2021, 3, 1), 10)
    assert last_day(day, 30, REST) == date(2021, 3, 31)


def test_sent_on_1_march_and_never_opened_it_counts_from_11_march_and_ends_on_10_april() -> None:
    day = received(date(2020, 3, 1), None, 10)
    assert day == date(2020, 3, 11)
    assert last_day(day, 30, NO_REST) == date(2020, 4, 10)


def test_opened_later_than_the_tenth_day_counts_as_the_tenth() -> None:
    assert received(date(2021, 3, 1), date(2021, 3, 20), 10) == date(2021, 3, 11)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2020, 3, 11), date(2020, 4, 14)),  # Good Friday, the weekend, Easter Monday
        (date(2020, 4, 1), date(2020, 5, 4)),  # 1 May is a Friday
        (date(2021, 5, 1), date(2021, 5, 31)),  # a Monday
        (date(2021, 11, 24), date(2022, 1, 3)),  # from Christmas Eve over the weekend of New Year
    ],
)
def test_a_period_that_ends_on_a_day_of_rest_ends_with_the_next_working_day(start: date, end: date) -> None:
    assert last_day(start, 30, REST) == end


@pytest.mark.parametrize(
    "sunday", [date(2019, 4, 21), date(2020, 4, 12), date(2024, 3, 31), date(2026, 4, 5), date(2038, 4, 25)]
)
def test_easter(sunday: date) -> None:
    assert easter(sunday.year) == sunday


@given(st.dates(date(2015, 1, 1), date(2060, 1, 1)), st.integers(1, 90))
def test_a_period_never_ends_early_nor_on_a_day_of_rest(start: date, days: int) -> None:
    end = last_day(start, days, REST)
    assert working(end, REST)
    assert last_day(start, days, NO_REST) <= end
    assert (end - start).days <= days + 12


def test_a_day_ends_at_the_last_second_of_brussels_in_winter_and_summer() -> None:
    assert end_of(date(2021, 1, 31)) == datetime(2021, 1, 31, 22, 59, 59, tzinfo=UTC)
    assert end_of(date(2021, 3, 31)) == datetime(2021, 3, 31, 21, 59, 59, tzinfo=UTC)
    assert day_of(datetime(2021, 3, 31, 22, 0, tzinfo=UTC)) == date(2021, 4, 1)
