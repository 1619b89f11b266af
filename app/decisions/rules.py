"""Where the budget line falls on a ranked list, and why those below it are not funded (K-03, K-10)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Literal
from uuid import UUID

INSUFFICIENT_BUDGET = "INSUFFICIENT_BUDGET"
BELOW_CRITERION = "BELOW_CRITERION_THRESHOLD"
BELOW_OVERALL = "BELOW_OVERALL_THRESHOLD"


@dataclass(frozen=True)
class Entry:
    """A proposal on the list: its rank, None below a threshold; `requested` in euro; scores by criterion."""

    key: UUID
    rank: int | None
    requested: Decimal
    scores: Mapping[str, Decimal]


@dataclass(frozen=True)
class Outcome:
    """What becomes of a proposal; `reason` is a code of K-10, None for the selected."""

    key: UUID
    outcome: Literal["selected", "reserve", "rejected"]
    reason: str | None = None


def why_below(scores: Mapping[str, Decimal], thresholds: Mapping[str, Decimal]) -> str:
    """The threshold that a proposal without a rank has missed; a score must reach its own (V-01)."""
    missed = any(scores.get(code, Decimal(-1)) < least for code, least in thresholds.items())
    return BELOW_CRITERION if missed else BELOW_OVERALL


def draw_line(
    entries: Iterable[Entry], envelope: Decimal, thresholds: Mapping[str, Decimal]
) -> Sequence[Outcome]:
    """Go down the ranks while all requests together stay within the envelope (K-03).

    The first that does not fit starts the reserve list; a cheaper one after it is never taken first.
    Those of equal rank are in or out together: nothing but the panel may tell them apart.
    """
    entries = tuple(entries)
    ranked = sorted((e.rank, e.key, e.requested) for e in entries if e.rank is not None)
    outcomes, spent, full = [], Decimal(0), False
    for _, equals in groupby(ranked, key=lambda place: place[0]):
        together = tuple(equals)
        wanted = sum((requested for _, _, requested in together), Decimal(0))
        full = full or spent + wanted > envelope
        for _, key, _ in together:
            outcomes.append(
                Outcome(key, "reserve", INSUFFICIENT_BUDGET) if full else Outcome(key, "selected")
            )
        spent += wanted
    below = (Outcome(e.key, "rejected", why_below(e.scores, thresholds)) for e in entries if e.rank is None)
    return (*outcomes, *below)
