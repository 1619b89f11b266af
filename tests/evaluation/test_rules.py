"""Scores by rule: scale, what is complete, thresholds."""

from decimal import Decimal

import pytest

from app.calls.rule_set import named
from app.calls.scheme import Scheme
from app.evaluation.rules import off_scale, passes, too_few, total, unfinished, weighted

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
