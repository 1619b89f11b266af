"""Scores: what is on the scale, what is complete, what passes (V-01)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol

from app.core.reason import Reason

Scores = Mapping[str, Decimal]
"""The score of each criterion, by its code."""


class Criterion(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def threshold(self) -> Decimal: ...
    @property
    def weight(self) -> Decimal: ...


class BudgetCut(Protocol):
    @property
    def aim(self) -> Decimal: ...
    @property
    def least(self) -> Decimal: ...


class Scheme(Protocol):
    """How proposals are scored; a call's pinned rules hold one."""

    @property
    def least(self) -> Decimal: ...
    @property
    def most(self) -> Decimal: ...
    @property
    def step(self) -> Decimal: ...
    @property
    def criteria(self) -> Sequence[Criterion]: ...
    @property
    def overall_threshold(self) -> Decimal: ...
    @property
    def tie_break(self) -> Sequence[str]: ...
    @property
    def least_experts(self) -> int: ...
    @property
    def budget_cut(self) -> BudgetCut | None: ...


def off_scale(score: Decimal | None, scheme: Scheme) -> Iterator[Reason]:
    """Why a score is none of the scheme's (5.1); no score yet is no fault."""
    if score is None:
        return
    if not scheme.least <= score <= scheme.most or (score - scheme.least) % scheme.step:
        told = f"A score is from {scheme.least} to {scheme.most} in steps of {scheme.step}."
        yield Reason("score-not-on-scale", told, "/score", "author")


def unfinished(pieces: Iterable[Any], scheme: Scheme, name: str) -> Iterator[Reason]:
    """Every criterion that still lacks a score or a comment (V-12); `name` is the pieces' own."""
    said = {piece.criterion: piece for piece in pieces}
    for criterion in scheme.criteria:
        piece, path = said.get(criterion.code), f"/{name}/{criterion.code}"
        if piece is None or piece.score is None:
            yield Reason("score-missing", f"{criterion.title} has no score.", f"{path}/score", "author")
        if piece is None or not piece.comment.strip():
            yield Reason("comment-missing", f"{criterion.title} has no comment.", f"{path}/comment", "author")


def too_few(sealed: int, scheme: Scheme) -> Iterator[Reason]:
    """Why the group cannot begin or end its work: reports that are sealed and stand (V-10)."""
    if sealed < scheme.least_experts:
        told = f"{sealed} of at least {scheme.least_experts} reports are sealed."
        yield Reason("too-few-reports", told, who="experts")


def total(scores: Scores) -> Decimal:
    """The sum that thresholds look at; weights have no part in it."""
    return sum(scores.values(), Decimal(0))


def reaches_each(scores: Scores, scheme: Scheme) -> bool:
    """Every criterion reaches its threshold (V-01: >=, not >)."""
    return all(scores[criterion.code] >= criterion.threshold for criterion in scheme.criteria)


def passes(scores: Scores, scheme: Scheme, overall: Decimal | None = None) -> bool:
    """Every criterion reaches its threshold and the sum the overall one, or that which takes its place."""
    least = scheme.overall_threshold if overall is None else overall
    return reaches_each(scores, scheme) and total(scores) >= least


def weighted(scores: Scores, scheme: Scheme) -> Decimal:
    """The sum that ranks are made of."""
    return sum((scores[criterion.code] * criterion.weight for criterion in scheme.criteria), Decimal(0))
