"""Money is only ever added, and a call covers its topics (K-04), on plain values."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.calls.rules import covering, not_higher

cents = st.decimals(min_value=Decimal("0.01"), max_value=100_000_000, places=2)
raises = st.lists(st.tuples(st.integers(0, 4), cents), max_size=20)


def test_a_cent_more_is_more() -> None:
    present = Decimal("45000000.00")
    codes = [
        [reason.code for reason in not_higher(present + Decimal(step) / 100, present)] for step in (-1, 0, 1)
    ]
    assert codes == [["not-higher"], ["not-higher"], []]


@given(st.lists(cents, min_size=5, max_size=5), cents, raises)
def test_raising_never_lowers_and_the_budget_always_covers_its_topics(
    envelopes: list[Decimal], spare: Decimal, wanted: list[tuple[int, Decimal]]
) -> None:
    budget = sum(envelopes, spare)
    for number, amount in wanted:
        before = [*envelopes, budget]
        if not list(not_higher(amount, envelopes[number])):
            envelopes[number] = amount
            budget = covering(budget, envelopes)
        assert all(now >= was for now, was in zip([*envelopes, budget], before, strict=True))
        assert sum(envelopes) <= budget
        assert budget in (before[-1], sum(envelopes))
