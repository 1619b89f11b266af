"""Scores and lists: what is on the scale, what passes, what ranks before what (V-01)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

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


@dataclass(frozen=True, slots=True)
class Ranked:
    """A proposal's place: `rank` is None below a threshold; who shares a rank is ex aequo."""

    key: UUID
    rank: int | None
    total: Decimal

    @property
    def above(self) -> bool:
        return self.rank is not None


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


def passes(scores: Scores, scheme: Scheme) -> bool:
    """Every criterion reaches its threshold and the sum reaches the overall one (V-01: >=, not >)."""
    each = all(scores[criterion.code] >= criterion.threshold for criterion in scheme.criteria)
    return each and total(scores) >= scheme.overall_threshold


def weighted(scores: Scores, scheme: Scheme) -> Decimal:
    """The sum that ranks are made of."""
    return sum((scores[criterion.code] * criterion.weight for criterion in scheme.criteria), Decimal(0))


def rank(entries: Mapping[UUID, Scores], scheme: Scheme) -> list[Ranked]:
    """The list, best first, then those below a threshold; in no way dependent on the order of `entries`.

    Equal weighted sums are parted by the scheme's tie-break steps, higher first; a step for which no
    figure is known parts nothing. Who is still equal gets the same rank, and the panel must decide (5.5).
    """
    strength = {
        key: (weighted(scores, scheme), *(scores.get(step, Decimal(0)) for step in scheme.tie_break))
        for key, scores in entries.items()
        if passes(scores, scheme)
    }
    places = [
        Ranked(
            key,
            1 + sum(other > strength[key] for other in strength.values()) if key in strength else None,
            total(scores),
        )
        for key, scores in entries.items()
    ]
    return sorted(places, key=lambda p: (not p.above, p.rank or 0, -p.total, str(p.key)))


def ex_aequo(ranks: Iterable[int | None]) -> list[int]:
    """The ranks that more than one proposal holds."""
    held = [r for r in ranks if r is not None]
    return sorted({r for r in held if held.count(r) > 1})
