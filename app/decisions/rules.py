"""Where the budget line falls on a ranked list, and why those below it are not funded (K-03, K-10)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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


Amiss = Literal["fits", "equals", "behind"]
"""Why one is not passed over for want of money: it fits what is left, it would be parted from others of its
rank, or the line has ended above it anyway."""


def draw_line(
    entries: Iterable[Entry],
    envelope: Decimal,
    thresholds: Mapping[str, Decimal],
    passed: Mapping[UUID, str] | None = None,
) -> Sequence[Outcome]:
    """Go down the ranks while all requests together stay within the envelope (K-03).

    The first that does not fit starts the reserve list; a cheaper one after it is never taken first. Those of
    equal rank are in or out together: nothing but the panel may tell them apart. `passed` are those that the
    committee passes over, each with its reason: they take no money, and are rejected. Who is passed over for
    want of money heads the reserve list instead, and the next that fits is taken.
    """
    entries, passed = tuple(entries), passed or {}
    outcomes = [
        Outcome(e.key, "rejected", passed[e.key]) for e in entries if e.rank is not None and _apart(e, passed)
    ]
    for equals, how in _walk(entries, envelope, passed):
        for entry in equals:
            inside = Outcome(entry.key, "selected")
            outcomes.append(inside if how == "in" else Outcome(entry.key, "reserve", INSUFFICIENT_BUDGET))
    return (*outcomes, *_below(entries, thresholds))


def passed_amiss(
    entries: Iterable[Entry], envelope: Decimal, passed: Mapping[UUID, str]
) -> Iterator[tuple[UUID, Amiss]]:
    """Those who may not be passed over for want of money, and why not (K-03)."""
    for equals, how in _walk(entries, envelope, passed):
        named = [entry.key for entry in equals if entry.key in passed]
        for key in named:
            if how == "in":
                yield key, "fits"
            elif how == "out":
                yield key, "behind" if len(named) == len(equals) else "equals"


How = Literal["in", "passed", "out"]


def _walk(
    entries: Iterable[Entry], envelope: Decimal, passed: Mapping[UUID, str]
) -> Iterator[tuple[tuple[Entry, ...], How]]:
    """The ranks from the first, each with all who share it, and on which side of the line they are."""
    ranked = [(e.rank, e.key, e) for e in entries if e.rank is not None and not _apart(e, passed)]
    left, ended = envelope, False
    for _, places in groupby(sorted(ranked, key=lambda place: place[:2]), key=lambda place: place[0]):
        equals = tuple(entry for *_, entry in places)
        wanted = sum((entry.requested for entry in equals), Decimal(0))
        if not ended and wanted <= left:
            left -= wanted
            yield equals, "in"
        elif not ended and all(entry.key in passed for entry in equals):
            yield equals, "passed"
        else:
            ended = True
            yield equals, "out"


def _apart(entry: Entry, passed: Mapping[UUID, str]) -> bool:
    """Whether it is passed over for something else than want of money."""
    return passed.get(entry.key, INSUFFICIENT_BUDGET) != INSUFFICIENT_BUDGET


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
