"""Money to the cent: what is added up is what whole cents come to, and no number in between is let in."""

import ast
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

import app
from app.calls.rules import covering, not_higher
from app.core.schema import Euro
from app.decisions.redress.rules import Listed, Standing, Upheld, who_moves
from app.decisions.reserve.rules import Waiting, asked_by, missing
from app.decisions.rules import Entry, draw_line
from app.decisions.what_if.rules import Body, Candidate, Topic, drawn, figures
from tests.evaluation.build import CRITERIA

MOST = 10**14 - 1
"""The cents of the most money that can be written down."""
cents = st.one_of(st.integers(0, MOST), st.integers(0, 300))
some = st.lists(cents, max_size=60)
EURO: TypeAdapter[Decimal] = TypeAdapter(Euro)


def euro(amount: int) -> Decimal:
    """So many cents, exactly, whatever the precision of a context is."""
    return Decimal(f"{amount // 100}.{amount % 100:02d}")


def whole(amount: Decimal) -> int:
    """The cents of an amount, which has no more than cents."""
    number, of = amount.as_integer_ratio()
    assert 100 % of == 0, f"{amount} is no number of cents"
    return number * (100 // of)


def waiting(amounts: Sequence[int]) -> list[Waiting]:
    return [Waiting(UUID(int=n), f"P-{n}", n, euro(asks)) for n, asks in enumerate(amounts, 1)]


@given(cents)
def test_every_number_of_cents_is_read_and_written_as_it_is(amount: int) -> None:
    wire = {"amount": f"{amount // 100}.{amount % 100:02d}", "currency": "EUR"}
    found = EURO.validate_python(wire)
    assert (whole(found), EURO.dump_python(found)) == (amount, wire)


@given(
    cents, st.sampled_from(("{0}.{1:02d}1", "{0}.{1:02d}0", "{0}.{1:02d}e0", "-{0}.{1:02d}", "+{0}.{1:02d}"))
)
def test_a_part_of_a_cent_a_sign_and_a_power_are_no_money(amount: int, form: str) -> None:
    written = form.format(amount // 100, amount % 100)
    with pytest.raises(ValidationError):
        EURO.validate_python({"amount": written, "currency": "EUR"})


@given(st.one_of(st.floats(), st.integers(MOST + 1, MOST * 100).map(lambda n: f"{n // 100}.{n % 100:02d}")))
def test_neither_a_binary_fraction_nor_more_than_can_be_written_down_is_money(amount: Any) -> None:
    with pytest.raises(ValidationError):
        EURO.validate_python({"amount": amount, "currency": "EUR"})


@given(some, cents)
def test_a_line_spends_the_cents_of_those_it_takes_and_not_one_more(asked: list[int], envelope: int) -> None:
    entries = [Entry(UUID(int=n), n, euro(asks), {}) for n, asks in enumerate(asked, 1)]
    taken = {one.key for one in draw_line(entries, euro(envelope), {}) if one.outcome == "selected"}
    wanted, left = set(), envelope
    for number, asks in enumerate(asked, 1):
        if asks > left:
            break
        wanted.add(UUID(int=number))
        left -= asks
    assert taken == wanted


@given(some, cents, cents)
def test_what_is_missing_is_missing_to_the_cent(asked: list[int], envelope: int, spent: int) -> None:
    wanted = asked_by(waiting(asked))
    lacks = missing(euro(envelope), euro(spent), wanted)
    assert (whole(wanted), whole(lacks)) == (sum(asked), max(spent + sum(asked) - envelope, 0))


@given(some, st.lists(st.tuples(cents, cents), max_size=5), cents)
def test_a_set_of_envelopes_adds_up_to_the_cent(
    asked: list[int], brings: list[tuple[int, int]], envelope: int
) -> None:
    partners = [Body(f"O-{n}", "BE", "sme", euro(kind), euro(cash)) for n, (kind, cash) in enumerate(brings)]
    listed = Topic("T-1", (), [Candidate(one, partners) for one in waiting(asked)], euro(envelope))
    each = drawn(listed, euro(envelope))
    told, twice = figures([each]), figures([each, each])
    funded = [asked[one.place.rank - 1] for one in each.funded]
    assert whole(told.contribution) == sum(funded)
    assert whole(told.contribution) + whole(told.left) == whole(told.envelope) == envelope
    assert whole(told.in_kind) == len(funded) * sum(kind for kind, _ in brings)
    assert whole(told.financial) == len(funded) * sum(cash for _, cash in brings)
    for name in ("envelope", "contribution", "left", "in_kind", "financial"):
        assert whole(getattr(twice, name)) == 2 * whole(getattr(told, name))


class Scheme:
    """Of equal points the first criterion decides."""

    tie_break = CRITERIA[:1]
    weights = dict.fromkeys(CRITERIA, Decimal(1))
    criteria: Sequence[Any] = ()


@given(some, cents, cents)
def test_money_that_is_left_for_a_review_is_left_to_the_cent(
    selected: list[int], budget: int, asks: int
) -> None:
    standings = [Standing(UUID(int=n), "selected", euro(one)) for n, one in enumerate(selected, 1)]
    listed: list[Listed] = []
    upheld = Upheld(UUID(int=999), {}, {}, euro(asks), True)
    moves = who_moves(listed, upheld, Scheme(), standings, drawn=euro(budget), budget=euro(budget))
    assert moves.left is not None
    assert whole(moves.left) == budget - sum(selected)
    assert moves.fits == (asks <= budget and asks <= budget - sum(selected))


@given(some, cents)
def test_a_call_covers_its_topics_and_not_a_cent_more(envelopes: list[int], budget: int) -> None:
    covered = covering(euro(budget), [euro(one) for one in envelopes])
    assert whole(covered) == max(budget, sum(envelopes))


@given(cents, cents)
def test_an_envelope_is_higher_by_a_cent_or_it_is_not(to: int, was: int) -> None:
    assert (not list(not_higher(euro(to), euro(was)))) == (to > was)


@pytest.mark.parametrize("stage", ["committee", "decisions", "grants"])
def test_no_binary_fraction_stands_in_what_counts_money_or_votes(stage: str) -> None:
    read = sorted((Path(app.__file__).parent / stage).rglob("*.py"))
    assert read
    for path in read:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            written = isinstance(node, ast.Constant) and isinstance(node.value, float)
            named = isinstance(node, ast.Name) and node.id == "float"
            assert (written, named) == (False, False), f"{path.name}, line {node.lineno}"
