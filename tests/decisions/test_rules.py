"""The budget line and the reasons below it, on plain values (K-03, K-10)."""

from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.decisions.rules import Entry, draw_line, why_below

THRESHOLDS = {"excellence": Decimal(3), "impact": Decimal(3)}


def listed(*asked: str, below: int = 0) -> list[Entry]:
    ranked = [Entry(UUID(int=n), n, Decimal(a), {}) for n, a in enumerate(asked, 1)]
    return ranked + [Entry(UUID(int=100 + n), None, Decimal(1), {}) for n in range(below)]


def drawn(entries: list[Entry], envelope: str) -> list[tuple[int, str, str | None]]:
    return [(o.key.int, o.outcome, o.reason) for o in draw_line(entries, Decimal(envelope), THRESHOLDS)]


def test_the_first_that_does_not_fit_starts_the_reserve_list_and_no_cheaper_one_is_taken() -> None:
    assert drawn(listed("6.00", "5.00", "1.00"), "10.00") == [
        (1, "selected", None),
        (2, "reserve", "INSUFFICIENT_BUDGET"),
        (3, "reserve", "INSUFFICIENT_BUDGET"),
    ]


def test_a_budget_exactly_used_up_funds_and_a_cent_less_does_not() -> None:
    assert [o for _, o, _ in drawn(listed("6.00", "4.00"), "10.00")] == ["selected", "selected"]
    assert [o for _, o, _ in drawn(listed("6.00", "4.00"), "9.99")] == ["selected", "reserve"]


def test_those_of_equal_rank_are_in_or_out_together() -> None:
    equal = [Entry(UUID(int=n), rank, Decimal(4), {}) for n, rank in ((1, 1), (2, 2), (3, 2))]
    assert [o for _, o, _ in drawn(equal, "8.00")] == ["selected", "reserve", "reserve"]
    assert [o for _, o, _ in drawn(equal, "12.00")] == ["selected", "selected", "selected"]


def test_below_a_threshold_is_rejected_whatever_money_is_left() -> None:
    assert drawn(listed(below=1), "10.00") == [(100, "rejected", "BELOW_CRITERION_THRESHOLD")]


def test_the_reason_below_names_a_criterion_before_the_sum() -> None:
    assert (
        why_below({"excellence": Decimal("2.75"), "impact": Decimal(5)}, THRESHOLDS)
        == "BELOW_CRITERION_THRESHOLD"
    )
    assert (
        why_below({"excellence": Decimal(3), "impact": Decimal(3)}, THRESHOLDS) == "BELOW_OVERALL_THRESHOLD"
    )


cents = st.decimals(min_value=0, max_value=10_000_000, places=2)
lists = st.lists(st.tuples(st.none() | st.integers(1, 8), cents), max_size=20)


@given(lists, cents)
def test_the_line_keeps_the_order_and_the_envelope(
    places: list[tuple[int | None, Decimal]], envelope: Decimal
) -> None:
    entries = [Entry(UUID(int=n), rank, asked, {}) for n, (rank, asked) in enumerate(places)]
    by_key = {e.key: e for e in entries}
    outcomes = draw_line(reversed(entries), envelope, THRESHOLDS)
    assert {o.key for o in outcomes} == set(by_key)
    chosen = [by_key[o.key] for o in outcomes if o.outcome == "selected"]
    assert sum(e.requested for e in chosen) <= envelope
    worst = max((e.rank for e in chosen if e.rank is not None), default=0)
    waiting = [by_key[o.key] for o in outcomes if o.outcome == "reserve"]
    assert all(e.rank is not None and e.rank > worst for e in waiting)
    assert all((o.outcome == "rejected") == (by_key[o.key].rank is None) for o in outcomes)
    if waiting:
        first = min(e.rank for e in waiting if e.rank is not None)
        next_ones = sum(e.requested for e in waiting if e.rank == first)
        assert sum(e.requested for e in chosen) + next_ones > envelope
