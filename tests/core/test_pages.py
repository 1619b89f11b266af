"""A token gives back the row it was made of, whatever the column holds, for its own query alone."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Date, DateTime, Integer, Numeric, Text, column

from app.core.errors import Malformed
from app.core.pages import Order, bind, read, token

TEXT = Order(column("name", Text()))
KINDS: list[tuple[Order, Any]] = [
    (TEXT, "Ünï 🚗"),
    (Order(column("at", DateTime(timezone=True))), datetime(2030, 1, 1, 12, 30, 15, 123456, UTC)),
    (Order(column("day", Date())), date(2030, 1, 1)),
    (Order(column("rank", Integer())), 7),
    (Order(column("score", Numeric(4, 2))), Decimal("12.50")),
]


@pytest.mark.parametrize(("order", "value"), KINDS)
def test_a_token_gives_back_its_row(order: Order, value: Any) -> None:
    key, binding = uuid4(), bind("toys", {})
    assert read(token(binding, value, key), binding, order) == (value, key)


@given(st.text(), st.uuids(version=4))
def test_any_text_comes_back_or_is_refused(value: str, key: UUID) -> None:
    binding = bind("toys", {})
    try:
        given = token(binding, value, key)
    except UnicodeEncodeError:
        return
    if "\x00" in value:
        with pytest.raises(Malformed):
            read(given, binding, TEXT)
    else:
        assert read(given, binding, TEXT) == (value, key)


@given(st.text(max_size=60))
def test_what_is_no_token_is_malformed(given: str) -> None:
    with pytest.raises(Malformed):
        read(given, bind("toys", {}), TEXT)


@pytest.mark.parametrize("other", [("shelves", {}), ("toys", {"name": "x"}), ("toys", {"sort": "name"})])
def test_a_token_is_bound_to_list_filters_and_order(other: tuple[str, dict[str, Any]]) -> None:
    given = token(bind("toys", {"name": None}), "x", uuid4())
    assert read(given, bind("toys", {}), TEXT)[0] == "x"
    with pytest.raises(Malformed):
        read(given, bind(*other), TEXT)
