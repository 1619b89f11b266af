"""Who moves by new scores: nobody who is selected loses a place, and no more is spent than there is."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.calls.rule_set import named
from app.decisions.redress.re_evaluation.rules import best, result
from app.decisions.redress.rules import Listed, Moves, Standing, Upheld, remedy, who_moves
from app.decisions.reserve.rules import turn_by_review, turn_of_list
from app.decisions.rules import Entry, draw_line, invite_first
from app.evaluation.rules import weighted

SCHEME = named("imi2").scheme
CODES = [one.code for one in SCHEME.criteria]
ME = UUID(int=0)


def scores(*given: str) -> dict[str, Decimal]:
    return dict(zip(CODES, map(Decimal, given), strict=True))


def listed(number: int, rank: int, *given: str, asks: int = 10) -> Listed:
    found = scores(*given)
    return Listed(UUID(int=number), rank, weighted(found, SCHEME), found, {}, Decimal(asks))


def upheld(*given: str, asks: int = 10, above: bool = True) -> Upheld:
    return Upheld(ME, scores(*given), {}, Decimal(asks), above)


LIST = (listed(1, 1, "5", "5", "4"), listed(2, 2, "4", "4", "4"), listed(3, 3, "4", "3", "3"))


def standings(*states: str, asks: int = 10) -> list[Standing]:
    return [
        Standing(UUID(int=n), state, Decimal(asks))  # type: ignore[arg-type]
        for n, state in enumerate(states, 1)
    ]


def moves(one: Upheld, *, drawn: Decimal | int = Decimal(25), budget: int = 25, **more: object) -> Moves:
    stand = more.get("stand") or standings("selected", "selected", "reserve")
    return who_moves(LIST, one, SCHEME, stand, drawn=drawn, budget=Decimal(budget))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given_", "rank", "shares"),
    [
        (("5", "5", "5"), 1, False),
        (("5", "5", "4"), 1, True),
        (("4.5", "5", "4.5"), 2, False),  # the panel would be asked first; excellence is computed
        (("4.5", "4", "4"), 2, False),
        (("4", "4", "4"), 2, True),
        (("3", "3", "3.5"), 4, False),
    ],
)
def test_where_it_stands(given_: tuple[str, ...], rank: int, shares: bool) -> None:
    found = moves(upheld(*given_))
    assert (found.rank, found.shares) == (rank, shares)


def test_above_the_line_is_what_would_have_been_selected() -> None:
    assert (moves(upheld("4.5", "4", "4")).above_line, moves(upheld("4", "3.5", "3")).above_line) == (
        True,
        False,
    )


def test_the_money_that_is_left_decides_whether_it_fits() -> None:
    spent = moves(upheld("4.5", "4", "4"))
    assert (spent.left, spent.fits, remedy(spent, True, open_ahead=False)) == (5, False, "vote")
    fits = moves(upheld("4.5", "4", "4", asks=5))
    assert (fits.left, fits.fits, remedy(fits, True, open_ahead=False)) == (5, True, "funded")
    one_cent = moves(replace(upheld("4.5", "4", "4"), requested=Decimal("5.01")))
    assert one_cent.fits is False


def test_a_short_proposal_is_invited_beside_the_first_while_it_can_be() -> None:
    found = moves(upheld("5", "5", "5"), drawn=1)
    assert (found.left, found.above_line, found.fits) == (None, True, True)
    assert [remedy(found, False, open_ahead=ahead) for ahead in (True, False)] == ["invited", "vote"]
    assert remedy(moves(upheld("4.5", "4", "4"), drawn=1), False, open_ahead=True) == "reserve"


def test_below_a_threshold_nothing_is_gained_and_the_reserve_list_is_left() -> None:
    found = moves(upheld("1", "5", "5", above=False))
    assert (found.rank, found.fits, found.above_line) == (None, False, False)
    assert [remedy(found, was, open_ahead=True) for was in (True, False)] == ["lower", "none"]


def test_who_waits_longer_is_of_the_reserve_list_alone() -> None:
    assert moves(upheld("5", "5", "5")).waits == (UUID(int=3),)
    assert moves(upheld("3", "3", "3.5")).waits == ()


def test_what_has_left_keeps_its_rank_and_takes_no_money() -> None:
    gone = (replace(LIST[0], out=True), *LIST[1:])
    stand = standings("other", "selected", "reserve")
    found = who_moves(gone, upheld("4", "3.5", "3"), SCHEME, stand, drawn=Decimal(25), budget=Decimal(25))
    assert (found.rank, found.above_line, found.left) == (3, True, 15)


@dataclass(frozen=True)
class Drawn:
    """A list drawn by its envelope, and what has become of it since."""

    listed: list[Listed]
    standings: list[Standing]
    envelope: Decimal


HALVES = st.integers(6, 10).map(lambda n: Decimal(n) / 2)
ASKS = st.integers(1, 40).map(Decimal)


@st.composite
def drawn(draw: st.DrawFn) -> Drawn:
    """Any list in its order, the line by K-03, some dropped since: those of equal weight share a rank."""
    every = draw(st.lists(st.tuples(HALVES, HALVES, HALVES, ASKS), max_size=8))
    rows = sorted(every, key=lambda row: -weighted(dict(zip(CODES, row[:3], strict=True)), SCHEME))
    found: list[Listed] = []
    for number, row in enumerate(rows, 1):
        given_ = dict(zip(CODES, row[:3], strict=True))
        weight = weighted(given_, SCHEME)
        rank = found[-1].rank if found and found[-1].weighted == weight else number
        found.append(Listed(UUID(int=number), rank, weight, given_, {}, row[3]))
    envelope = draw(st.integers(0, 120).map(Decimal))
    entries = [Entry(one.key, one.rank, one.requested, one.scores) for one in found]
    outcomes = {one.key: one.outcome for one in draw_line(entries, envelope, {})}
    gone = draw(st.sets(st.sampled_from([one.key for one in found]))) if found else set()
    stand = [
        Standing(one.key, "other" if one.key in gone else outcomes[one.key], one.requested)  # type: ignore[arg-type]
        for one in found
    ]
    return Drawn(found, stand, envelope)


@given(drawn(), st.tuples(HALVES, HALVES, HALVES), ASKS, st.booleans())
def test_nobody_selected_loses_a_place_and_no_more_is_spent_than_there_is(
    there: Drawn, new: tuple[Decimal, ...], asks: Decimal, above: bool
) -> None:
    one = Upheld(ME, dict(zip(CODES, new, strict=True)), {}, asks, above)
    found = who_moves(there.listed, one, SCHEME, there.standings, drawn=there.envelope, budget=there.envelope)
    before = {each.key for each in there.standings if each.state == "selected"}
    assert before <= found.selected <= before | {ME}
    money = {each.key: each.requested for each in there.standings} | {ME: asks}
    assert sum((money[key] for key in found.selected), Decimal(0)) <= there.envelope
    assert (ME in found.selected) is (remedy(found, False, open_ahead=True) == "funded")
    for ahead in (True, False):  # what ethics stands against gains nothing, and loses no more
        assert remedy(found, False, open_ahead=ahead, refused=True) == "none"
        lost = "lower" if found.rank is None else "none"
        assert remedy(found, True, open_ahead=ahead, refused=True) == lost
    assert set(found.waits) <= {each.key for each in there.standings if each.state == "reserve"}
    if found.rank is not None:
        before_it = sum(each.weighted > weighted(one.scores, SCHEME) for each in there.listed)
        equal = sum(each.weighted == weighted(one.scores, SCHEME) for each in there.listed)
        assert before_it < found.rank <= before_it + equal + 1


@given(drawn(), st.integers(1, 4), st.tuples(HALVES, HALVES, HALVES))
def test_no_invitation_is_taken_back(there: Drawn, places: int, new: tuple[Decimal, ...]) -> None:
    one = Upheld(ME, dict(zip(CODES, new, strict=True)), {}, Decimal(1), True)
    entries = [Entry(each.key, each.rank, each.requested, each.scores) for each in there.listed]
    outcomes = {each.key: each.outcome for each in invite_first(entries, places, {})}
    stand = [Standing(each.key, outcomes[each.key], each.requested) for each in there.listed]  # type: ignore[arg-type]
    found = who_moves(there.listed, one, SCHEME, stand, drawn=places, budget=Decimal(0))
    before = {each.key for each in stand if each.state == "selected"}
    assert before <= found.selected


def test_the_best_that_it_may_come_to_leaves_the_other_scores() -> None:
    old = {"excellence": "2.5", "impact": "4", "implementation": "4"}
    assert best(old, ["impact"], SCHEME) == {"impact": Decimal(5)}
    assert set(best({}, ["impact"], SCHEME)) == set(CODES)
    found = result(old, best(old, ["excellence"], SCHEME), SCHEME)
    assert (found.total, found.above) == (Decimal(13), True)
    assert result(old, {}, SCHEME).above is False


@pytest.mark.parametrize(
    ("overall", "above"), [(Decimal("12.5"), True), (Decimal("12.51"), False), (None, True)]
)
def test_the_threshold_that_followed_from_the_money_counts(overall: Decimal | None, above: bool) -> None:
    assert result({}, scores("4.5", "4", "4"), SCHEME, overall).above is above


@given(data=st.data())
def test_its_place_puts_it_behind_all_who_are_better_and_before_all_who_are_not(data: Any) -> None:
    """Whatever it had before; equals that no step parts come with it, from the first of their ranks on."""
    points = data.draw(st.lists(st.sampled_from(["10", "10.5", "11", "11.5", "12"]), min_size=1, max_size=6))
    had = data.draw(st.none() | st.integers(0, len(points) - 1))
    ordered = sorted(map(Decimal, points), reverse=True)
    some = [
        Listed(UUID(int=n), 1 + sum(p > own for p in ordered), own, {}, {}, Decimal(1))
        for n, own in enumerate(ordered)
    ]
    me = UUID(int=99) if had is None else some[had].key
    given_ = scores(data.draw(st.sampled_from(["10", "10.5", "11", "11.5", "12"])), "0", "0")
    one, mine = Upheld(me, given_, {}, Decimal(1), True), weighted(given_, SCHEME)
    found = who_moves(some, one, SCHEME, [], drawn=Decimal(0), budget=Decimal(0))
    assert found.place is not None
    turn = turn_by_review(found.place, found.shares, mine, first=False)
    for other in some:
        if other.key == me:
            continue
        theirs = turn_of_list(other.rank)
        assert (theirs < turn, theirs == turn) == (other.weighted > mine, other.weighted == mine)
