"""What comes in is taken as it is or not at all; money is exact."""

from decimal import Decimal
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError

from app.core.schema import Data, Euro, Id, Instant, Line, Mail, Read, text


class Sent(Data):
    line: Line = "x"
    short: text(3, 1) = "x"  # type: ignore[valid-type]
    number: Annotated[int, Field(ge=0, le=9)] = 0
    real: float = 0.0
    flag: bool = False
    price: Euro = Decimal(1)
    key: Id | None = None
    at: Instant | None = None
    mail: Mail | None = None


class Given(Read):
    price: Euro


@pytest.mark.parametrize(
    "sent",
    [
        {"unknown": 1}, {"line": ""}, {"line": "x" * 201}, {"line": 7}, {"line": None}, {"line": "a\x00b"},
        {"line": "\ud800"}, {"short": ""}, {"short": "four"}, {"short": "\udfff"}, {"number": True},
        {"number": "1"}, {"number": 1.0}, {"number": 10}, {"real": float("nan")}, {"real": float("inf")},
        {"real": True}, {"flag": 1}, {"flag": "true"}, {"key": "x"}, {"key": 7}, {"mail": "x"}, {"mail": 7},
        {"at": "2030-01-01T00:00:00"}, {"at": "2030-01-01"}, {"at": "soon"},
    ],
)  # fmt: skip
def test_what_is_not_as_asked_for_is_refused(sent: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Sent.model_validate(sent)


def euro(amount: Any, currency: Any = "EUR", **more: Any) -> dict[str, Any]:
    return {"price": {"amount": amount, "currency": currency, **more}}


@pytest.mark.parametrize(
    "sent",
    [
        euro("1.005"), euro("-0.01"), euro("NaN"), euro("Infinity"), euro("1E+1000000"), euro("1e-1000000"),
        euro("9999999999999.00"), euro(""), euro("x"), euro(1), euro(1.5), euro(True), euro(None),
        euro("1.00", "USD"), euro("1.00", None), euro("1.00", x=1), {"price": "1.00"}, {"price": 1},
        {"price": 1.5}, {"price": {"amount": "1.00"}}, {"price": ["1.00", "EUR"]}, {"price": None},
    ],
)  # fmt: skip
def test_money_that_is_none_is_refused(sent: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Sent.model_validate(sent)


@given(st.decimals(0, 999_999_999_999, places=2))
def test_money_goes_out_as_it_came_in(amount: Decimal) -> None:
    sent = euro(f"{amount:.2f}")
    taken = Sent.model_validate(sent).price
    assert taken == amount
    assert Given(price=taken).model_dump(mode="json") == sent


def test_money_is_told_to_the_cent() -> None:
    assert Given(price=Decimal("12.5")).model_dump(mode="json") == euro("12.50")
    assert Given(price=Decimal("1E+3")).model_dump(mode="json") == euro("1000.00")


@given(st.text(min_size=1, max_size=200))
def test_any_text_that_can_be_kept_is_taken(given: str) -> None:
    if "\x00" in given or any("\ud800" <= char <= "\udfff" for char in given):
        return
    assert Sent.model_validate({"line": given}).line == given


def test_what_came_in_is_not_changed() -> None:
    with pytest.raises(ValidationError):
        Sent().line = "y"
