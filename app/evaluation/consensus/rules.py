"""The span of scores that reports give, how an expert marks beside others, when a silent one is reminded."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from app.calls.periods import Rest, day_of, end_of, last_day


@dataclass(frozen=True, slots=True)
class Spread:
    """The lowest and the highest score that sealed reports give a criterion."""

    least: Decimal
    most: Decimal

    def holds(self, score: Decimal) -> bool:
        return self.least <= score <= self.most


def spread(scores: Iterable[Decimal | None]) -> Spread | None:
    """What the scores span; None if there is none. The agreed score is never computed from it (V-15)."""
    given = [score for score in scores if score is not None]
    return Spread(min(given), max(given)) if given else None


Marks = Mapping[str, Decimal]
"""The scores of one report, by criterion."""


def leaning(own: Marks, others: Sequence[Marks]) -> list[Fraction]:
    """How far each score of a report lies above the mean of the others' of the proposal; below, negative.

    Only for whoever looks at how experts mark: no agreed score is made of it (V-15).
    """
    found = []
    for criterion, score in own.items():
        theirs = [Fraction(other[criterion]) for other in others if criterion in other]
        if theirs:
            found.append(Fraction(score) - sum(theirs, Fraction()) / len(theirs))
    return found


def mean_of(parts: Sequence[Fraction]) -> Decimal:
    """Their mean, to the hundredth."""
    whole = sum(parts, Fraction()) / len(parts)
    return (Decimal(whole.numerator) / Decimal(whole.denominator)).quantize(Decimal("0.01"))


def reminders_due(asked: datetime, now: datetime, days: Sequence[int], rest: Rest) -> int:
    """How many reminders are due by now: each once its days, counted from the asking, are over."""
    ends = (end_of(last_day(day_of(asked), number, rest)) for number in days)
    return sum(end < now for end in ends)
