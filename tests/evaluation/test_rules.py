"""Scores and lists by rule: scale, thresholds, order."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.calls.rule_set import Scheme, named
from app.evaluation.rules import ex_aequo, off_scale, passes, rank, too_few, total, unfinished, weighted

IMI2 = named("imi2").scheme
CODES = [criterion.code for criterion in IMI2.criteria]


def innovation_action() -> Scheme:
    """Impact counts one and a half times, for ranking only; it parts equals before excellence (5.3, 5.5)."""
    weights = {"excellence": Decimal(1), "impact": Decimal("1.5"), "implementation": Decimal(1)}
    criteria = tuple(c.model_copy(update={"weight": weights[c.code]}) for c in IMI2.criteria)
    return IMI2.model_copy(update={"criteria": criteria, "tie_break": ("impact", "excellence")})


IA = innovation_action()


def scores(*given: str) -> dict[str, Decimal]:
    return dict(zip(CODES, map(Decimal, given), strict=True))


@pytest.mark.parametrize("score", ["0", "0.5", "3", "3.0", "3.50", "4.5", "5"])
def test_half_marks_from_0_to_5_are_on_the_scale(score: str) -> None:
    assert list(off_scale(Decimal(score), IMI2)) == []


@pytest.mark.parametrize("score", ["2.75", "0.1", "5.5", "-0.5", "6"])
def test_other_scores_are_not(score: str) -> None:
    assert [reason.code for reason in off_scale(Decimal(score), IMI2)] == ["score-not-on-scale"]


def test_no_score_yet_is_no_fault() -> None:
    assert list(off_scale(None, IMI2)) == []


@pytest.mark.parametrize(
    ("given", "summed", "passed"),
    [
        (("3", "3", "4"), "10", True),
        (("3", "3", "3.5"), "9.5", False),
        (("5", "5", "2.5"), "12.5", False),
        (("4", "3", "3"), "10", True),
        (("2.5", "5", "5"), "12.5", False),
    ],
)
def test_v01_every_criterion_and_the_sum_reach_their_thresholds(
    given: tuple[str, ...], summed: str, passed: bool
) -> None:
    assert (total(scores(*given)), passes(scores(*given), IMI2)) == (Decimal(summed), passed)


def test_5_3_weights_are_for_ranking_only() -> None:
    given = scores("4", "4", "4")
    assert (weighted(given, IA), total(given)) == (Decimal("14.0"), Decimal(12))
    assert not passes(scores("3", "3.5", "3"), IA)


def test_v10_three_reports_at_least() -> None:
    assert [len(list(too_few(sealed, IMI2))) for sealed in (2, 3, 4)] == [1, 0, 0]


class Piece:
    def __init__(self, criterion: str, score: str | None, comment: str) -> None:
        self.criterion, self.score, self.comment = criterion, score, comment


def test_v12_every_criterion_needs_a_score_and_a_comment() -> None:
    pieces = [Piece("excellence", "3", "Good."), Piece("impact", None, " ")]
    assert [(r.code, r.path) for r in unfinished(pieces, IMI2, "marks")] == [
        ("score-missing", "/marks/impact/score"),
        ("comment-missing", "/marks/impact/comment"),
        ("score-missing", "/marks/implementation/score"),
        ("comment-missing", "/marks/implementation/comment"),
    ]


def key(number: int) -> UUID:
    return UUID(int=number)


def ranks(scheme: Scheme, *given: tuple[str, str, str]) -> dict[int, int | None]:
    entries = {key(number): scores(*each) for number, each in enumerate(given)}
    return {place.key.int: place.rank for place in rank(entries, scheme)}


def test_5_5_the_higher_sum_comes_first_and_below_a_threshold_there_is_no_rank() -> None:
    assert ranks(IMI2, ("3", "3", "4"), ("5", "5", "2.5"), ("4", "4", "4")) == {2: 1, 0: 2, 1: None}


def test_5_5_equal_sums_are_parted_by_excellence_then_impact() -> None:
    assert ranks(IMI2, ("4", "4", "4"), ("4.5", "4", "3.5"), ("4", "4.5", "3.5")) == {1: 1, 2: 2, 0: 3}


def test_5_5_an_innovation_action_is_parted_by_impact_then_excellence() -> None:
    assert ranks(IA, ("4.5", "4", "4"), ("3", "5", "4")) == {0: 2, 1: 1}
    assert weighted(scores("4.5", "4", "4"), IA) == weighted(scores("3", "5", "4"), IA)


def test_5_5_who_is_still_equal_shares_the_rank_and_the_next_one_is_left_out() -> None:
    found = ranks(IMI2, ("4", "4", "4"), ("4", "4", "4"), ("3", "4", "4"))
    assert found == {0: 1, 1: 1, 2: 3}
    assert ex_aequo(found.values()) == [1]


def test_5_5_a_step_without_a_figure_parts_nothing() -> None:
    scheme = IMI2.model_copy(update={"tie_break": ("sme_budget",)})
    assert ranks(scheme, ("4", "4.5", "4"), ("4.5", "4", "4")) == {0: 1, 1: 1}


half = st.integers(0, 10).map(lambda number: Decimal(number) / 2)
card = st.fixed_dictionaries(dict.fromkeys(CODES, half))
entries = st.dictionaries(st.integers(0, 2**64).map(key), card, max_size=12)
scheme = st.sampled_from([IMI2, IA])


@given(entries, scheme, st.randoms())
def test_the_order_of_the_input_plays_no_part(given: dict, scheme: Scheme, random: object) -> None:  # type: ignore[type-arg]
    shuffled = list(given.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rank(dict(shuffled), scheme) == rank(given, scheme)


@given(entries.filter(bool), scheme, st.data())
def test_a_better_score_never_worsens_a_rank(given: dict, scheme: Scheme, data: st.DataObject) -> None:  # type: ignore[type-arg]
    who = data.draw(st.sampled_from(sorted(given)))
    code = data.draw(st.sampled_from(CODES))
    higher = data.draw(st.integers(int(given[who][code] * 2), 10)) / Decimal(2)
    better = {**given, who: {**given[who], code: higher}}
    before, after = (
        next(place.rank for place in rank(each, scheme) if place.key == who) for each in (given, better)
    )
    assert before is None or (after is not None and after <= before)


@given(entries, scheme)
def test_the_list_is_whole_total_and_exact(given: dict, scheme: Scheme) -> None:  # type: ignore[type-arg]
    places = rank(given, scheme)
    assert sorted(place.key for place in places) == sorted(given)
    for place in places:
        assert place.total * 2 == sum(int(score * 2) for score in given[place.key].values())
        assert place.above == passes(given[place.key], scheme)
    above = [place.rank for place in places if place.rank is not None]
    assert above == [1 + above.index(number) for number in above]
