"""The budget line and the reasons below it, on plain values (K-03, K-10)."""

from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.decisions.rules import INSUFFICIENT_BUDGET, Entry, draw_line, passed_amiss, why_below

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


def passing(asked: list[Entry], envelope: str, **named: str) -> list[tuple[int, str, str | None]]:
    """The line where those at these ranks are passed over, each for this reason."""
    passed = {UUID(int=int(rank.removeprefix("rank"))): reason for rank, reason in named.items()}
    found = draw_line(asked, Decimal(envelope), THRESHOLDS, passed)
    return sorted((o.key.int, o.outcome, o.reason) for o in found)


def amiss(asked: list[Entry], envelope: str, *ranks: int) -> list[tuple[int, str]]:
    passed = {UUID(int=rank): INSUFFICIENT_BUDGET for rank in ranks}
    return [(key.int, why) for key, why in passed_amiss(asked, Decimal(envelope), passed)]


def test_who_is_passed_over_takes_no_money_and_is_rejected_with_the_reason() -> None:
    assert passing(listed("6.00", "4.00", "6.00"), "10.00", rank1="SECURITY") == [
        (1, "rejected", "SECURITY"),
        (2, "selected", None),
        (3, "selected", None),
    ]


def test_who_does_not_fit_is_passed_over_and_heads_the_reserve() -> None:
    asked = listed("6.00", "5.00", "4.00", "0.01")
    assert passing(asked, "10.00", rank2=INSUFFICIENT_BUDGET) == [
        (1, "selected", None),
        (2, "reserve", INSUFFICIENT_BUDGET),
        (3, "selected", None),
        (4, "reserve", INSUFFICIENT_BUDGET),
    ]
    assert [o for _, o, _ in passing(asked, "10.00")] == ["selected", "reserve", "reserve", "reserve"]


def test_only_what_does_not_fit_what_is_left_is_passed_over_for_want_of_money() -> None:
    asked = listed("6.00", "4.00", "4.00", "0.01")
    assert amiss(asked, "9.99", 2) == []
    assert amiss(asked, "10.00", 2) == [(2, "fits")]
    assert amiss(asked, "9.99", 1) == [(1, "fits")]
    assert amiss(asked, "9.99", 2, 3) == []
    assert amiss(asked, "9.99", 3) == [(3, "behind")]
    assert amiss(asked, "9.99", 4) == [(4, "behind")]


def test_those_of_one_rank_are_passed_over_together() -> None:
    equal = [Entry(UUID(int=n), rank, Decimal(4), {}) for n, rank in ((1, 1), (2, 2), (3, 2), (4, 4))]
    assert amiss(equal, "8.00", 2) == [(2, "equals")]
    assert amiss(equal, "8.00", 2, 3) == []
    both = dict.fromkeys(("rank2", "rank3"), INSUFFICIENT_BUDGET)
    assert [o for _, o, _ in passing(equal, "8.00", **both)] == ["selected", "reserve", "reserve", "selected"]
    assert [o for _, o, _ in passing(equal, "8.00", rank2=INSUFFICIENT_BUDGET)] == [
        "selected", "reserve", "reserve", "reserve",
    ]  # fmt: skip


@given(lists, cents, st.dictionaries(st.integers(0, 19), st.sampled_from([INSUFFICIENT_BUDGET, "SECURITY"])))
def test_whoever_is_passed_over_the_line_keeps_the_order_of_the_others_and_the_envelope(
    places: list[tuple[int | None, Decimal]], envelope: Decimal, named: dict[int, str]
) -> None:
    entries = [Entry(UUID(int=n), rank, asked, {}) for n, (rank, asked) in enumerate(places)]
    passed = {UUID(int=n): reason for n, reason in named.items()}
    by_key = {e.key: e for e in entries}
    found = {o.key: o for o in draw_line(reversed(entries), envelope, THRESHOLDS, passed)}
    assert set(found) == set(by_key)
    chosen = [by_key[o.key] for o in found.values() if o.outcome == "selected"]
    assert sum((e.requested for e in chosen), Decimal(0)) <= envelope
    assert all(found[e.key].outcome == "rejected" for e in entries if e.rank is None)
    assert all((o.outcome == "selected") == (o.reason is None) for o in found.values())
    apart = {key for key, reason in passed.items() if key in by_key and reason != INSUFFICIENT_BUDGET}
    assert all(found[key].outcome == "rejected" for key in apart)
    standing = [e for e in entries if e.rank is not None and e.key not in apart]
    for rank in {e.rank for e in standing}:
        assert len({found[e.key].outcome for e in standing if e.rank == rank}) == 1
    wrong = {key for key, _ in passed_amiss(entries, envelope, passed)}
    rightly = {e.key for e in standing if e.key in passed and e.key not in wrong}
    worst = max((e.rank for e in chosen if e.rank is not None), default=0)
    waiting = [e for e in standing if found[e.key].outcome == "reserve" and e.key not in rightly]
    assert all(e.rank is not None and e.rank > worst for e in waiting)
    assert all(found[key].outcome == "reserve" for key in rightly)


@given(lists, cents)
def test_who_is_passed_over_would_not_have_been_taken(
    places: list[tuple[int | None, Decimal]], envelope: Decimal
) -> None:
    """Passing over for want of money takes nothing from anybody: it only lets further ones in."""
    entries = [Entry(UUID(int=n), rank, asked, {}) for n, (rank, asked) in enumerate(places)]
    without = {o.key for o in draw_line(entries, envelope, THRESHOLDS) if o.outcome == "selected"}
    out = [o.key for o in draw_line(entries, envelope, THRESHOLDS) if o.outcome == "reserve"]
    first = min((e.rank for e in entries if e.key in out and e.rank is not None), default=None)
    passed = {e.key: INSUFFICIENT_BUDGET for e in entries if e.rank == first is not None}
    assert list(passed_amiss(entries, envelope, passed)) == []
    within = {o.key for o in draw_line(entries, envelope, THRESHOLDS, passed) if o.outcome == "selected"}
    assert without <= within
