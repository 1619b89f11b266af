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
NOT_FIRST_RANKED = "NOT_FIRST_RANKED"


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
    return (*outcomes, *_below(entries, thresholds))


def invite_first(
    entries: Iterable[Entry], places: int, thresholds: Mapping[str, Decimal]
) -> Sequence[Outcome]:
    """So many of the first ranks go on to the second stage; the others may be invited later (C-07, C-08).

    Money is no matter here. Those of equal rank are in or out together.
    """
    entries = tuple(entries)
    ranked = sorted((e.rank, e.key) for e in entries if e.rank is not None)
    outcomes = [
        Outcome(key, "selected")
        if _through(ranked, rank) <= places
        else Outcome(key, "reserve", NOT_FIRST_RANKED)
        for rank, key in ranked
    ]
    return (*outcomes, *_below(entries, thresholds))


def _through(ranked: Sequence[tuple[int, UUID]], rank: int) -> int:
    """How many hold this rank or a better one."""
    return sum(other <= rank for other, _ in ranked)


def _below(entries: Iterable[Entry], thresholds: Mapping[str, Decimal]) -> Iterable[Outcome]:
    return (Outcome(e.key, "rejected", why_below(e.scores, thresholds)) for e in entries if e.rank is None)
