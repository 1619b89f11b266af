"""What other envelopes would fund, on plain values: in the order of the list, never beyond the money."""

from collections.abc import Sequence
from copy import deepcopy
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.decisions.reserve.rules import Waiting
from app.decisions.what_if.rules import Body, Candidate, Topic, drawn, figures


def topic(*places: tuple[int, str], present: str = "10", bodies: Sequence[Body] = ()) -> Topic:
    found = [
        Candidate(Waiting(UUID(int=n), f"P-{n}", rank, Decimal(asks)), bodies)
        for n, (rank, asks) in enumerate(places, 1)
    ]
    return Topic("T-1", ("Cancer",), found, Decimal(present))


def test_an_organisation_in_two_proposals_counts_once_and_brings_twice() -> None:
    small = Body("1", "BE", "sme", Decimal(3), Decimal("0.5"))
    told = figures([drawn(topic((1, "4"), (2, "4"), bodies=[small]), Decimal(8))])
    assert (told.smes, told.countries, told.in_kind, told.financial) == (1, ["BE"], 6, 1)


def test_two_topics_are_added_up_each_with_its_own_line() -> None:
    one, other = topic((1, "6"), (2, "3"), (3, "3")), topic((1, "5"), (2, "5"), present="5")
    told = figures([drawn(one, Decimal(9)), drawn(other, Decimal(4))])
    assert (told.envelope, told.funded, told.contribution, told.left) == (13, 2, 9, 4)
    assert told.first_on_reserve == ["P-3", "P-1"]


def test_a_topic_with_nothing_funded_adds_no_focus_area() -> None:
    assert figures([drawn(topic((1, "6")), Decimal(5))]).focus_areas == []
    assert figures([drawn(topic((1, "6")), Decimal(6))]).focus_areas == ["Cancer"]


cents = st.decimals(min_value=0, max_value=1000, places=2)
lists = st.lists(st.tuples(st.integers(1, 8), cents), max_size=15)


@given(lists, cents, cents, cents)
def test_more_money_funds_all_that_less_does_within_it_and_the_list_stays_as_it_was(
    places: list[tuple[int, Decimal]], present: Decimal, envelope: Decimal, more: Decimal
) -> None:
    listed = topic(*((rank, str(asks)) for rank, asks in places), present=str(present))
    before = deepcopy(listed)
    less, plenty = drawn(listed, envelope), drawn(listed, envelope + more)
    assert listed == before
    small, large = figures([less]), figures([plenty])
    assert list(large.proposals[: small.funded]) == list(small.proposals)
    assert (small.contribution <= envelope, small.left) == (True, envelope - small.contribution)
    funded = {one.place.rank for one in less.funded}
    assert all(one.place.rank > max(funded, default=0) for one in listed.candidates if one not in less.funded)
    assert {place.rank for place in less.first} & funded == set()
    assert set(small.comes_in) & set(small.falls_out) == set()
    assert bool(small.comes_in) + bool(small.falls_out) < 2, "one list is drawn higher or lower, never both"
