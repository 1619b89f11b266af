"""Who comes next and what it takes, on plain values; and any walk through the life of a reserve list."""

from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.decisions.reserve.rules import Waiting, asked_by, first_of, missing, turn_by_review
from app.decisions.rules import Entry, draw_line

THRESHOLDS = {"excellence": Decimal(3)}


def waits(*places: tuple[int, str]) -> list[Waiting]:
    return [Waiting(UUID(int=n), f"P-{n}", rank, Decimal(asks)) for n, (rank, asks) in enumerate(places, 1)]


def test_the_best_rank_comes_first_whole_and_in_no_other_order() -> None:
    listed = waits((3, "1.00"), (2, "9.00"), (2, "8.00"))
    assert [one.reference for one in first_of(listed)] == ["P-2", "P-3"]
    assert asked_by(first_of(listed)) == Decimal("17.00")
    assert (first_of([]), asked_by([])) == ([], Decimal(0))


def test_what_is_missing_is_told_to_the_cent() -> None:
    ten = Decimal(10)
    assert missing(ten, Decimal(4), Decimal("6.00")) == 0
    assert missing(ten, Decimal(4), Decimal("6.01")) == Decimal("0.01")
    assert missing(ten, Decimal(11), Decimal(1)) == 2


cents = st.decimals(min_value=0, max_value=1000, places=2)
lists = st.lists(st.tuples(st.none() | st.integers(1, 6), cents), min_size=1, max_size=10)
walks = st.lists(st.tuples(st.sampled_from(["leave", "promote", "raise", "lower"]), st.integers(0, 9), cents))


@given(lists, cents, walks)
def test_no_walk_funds_twice_beyond_the_envelope_below_a_threshold_or_out_of_rank(
    listed: list[tuple[int | None, Decimal]], envelope: Decimal, walk: list[tuple[str, int, Decimal]]
) -> None:
    entries = {UUID(int=n): Entry(UUID(int=n), rank, asks, {}) for n, (rank, asks) in enumerate(listed)}
    state = {one.key: one.outcome for one in draw_line(entries.values(), envelope, THRESHOLDS)}
    promoted: list[UUID] = []
    for act, number, money in walk:
        spent = sum((entries[key].requested for key, now in state.items() if now == "selected"), Decimal(0))
        waiting = [
            Waiting(key, str(key), rank, entries[key].requested)
            for key, now in state.items()
            if now == "reserve" and (rank := entries[key].rank) is not None
        ]
        chosen = first_of(waiting)
        if act == "leave" and number < len(listed):
            state[UUID(int=number)] = "gone"
        elif act == "raise":
            envelope += money
        elif act == "lower" and spent <= envelope - money:
            envelope -= money
        elif act == "promote" and chosen and not missing(envelope, spent, asked_by(chosen)):
            passed = [one.rank for one in waiting if one not in chosen]
            assert all(one.rank < rank for one in chosen for rank in passed)
            assert len({one.rank for one in chosen}) == 1
            for one in chosen:
                state[one.key] = "selected"
                promoted.append(one.key)
        spent = sum((entries[key].requested for key, now in state.items() if now == "selected"), Decimal(0))
        assert spent <= envelope
        assert len(promoted) == len(set(promoted))
        assert [key for key, now in state.items() if now == "selected" and entries[key].rank is None] == []


def placed(number: int, place: int, shares: bool, points: int = 10, first: bool = False) -> Waiting:
    turn = turn_by_review(place, shares, Decimal(points), first=first)
    return Waiting(UUID(int=number), f"P{number}", place, Decimal(1), turn)


def of_list(number: int, rank: int) -> Waiting:
    return Waiting(UUID(int=number), f"P{number}", rank, Decimal(1))


def order(*some: Waiting) -> list[list[int]]:
    """Who comes in turn, equals together."""
    left, found = list(some), []
    while left:
        now = first_of(left)
        found.append([one.key.int for one in now])
        left = [one for one in left if one not in now]
    return found


def test_a_review_places_on_a_rank_or_behind_it_and_moves_nobody() -> None:
    listed = [of_list(1, 2), of_list(2, 3), of_list(3, 3), of_list(4, 5)]
    assert order(*listed) == [[1], [2, 3], [4]]
    assert order(*listed, placed(9, 3, True)) == [[1], [2, 3, 9], [4]]
    assert order(*listed, placed(9, 3, False)) == [[1], [2, 3], [9], [4]]
    assert order(*listed, placed(9, 0, False)) == [[9], [1], [2, 3], [4]]
    assert order(*listed, placed(9, 5, False, first=True)) == [[9], [1], [2, 3], [4]]


def test_of_two_behind_one_rank_more_points_come_first_and_equals_together() -> None:
    listed = [of_list(1, 2), of_list(2, 3)]
    assert order(*listed, placed(8, 2, False, 11), placed(9, 2, False, 12)) == [[1], [9], [8], [2]]
    assert order(*listed, placed(8, 2, False, 12), placed(9, 2, False, 12)) == [[1], [8, 9], [2]]
