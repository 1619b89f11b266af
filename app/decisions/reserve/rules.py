"""Who of a reserve list comes first, and whether the money is there (K-03, K-05): pure; amounts in euro."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

NOTHING = Decimal(0)
Turn = tuple[int, int, int, Decimal]
"""Whether the committee has put it first, the rank of the frozen list that it is at, whether it stands on it
or behind it, and of several behind the same who has more points."""
ON, BEHIND = 0, 1


def turn_of_list(rank: int) -> Turn:
    """Of one that has its rank from the list."""
    return (1, rank, ON, NOTHING)


def turn_by_review(place: int, shares: bool, weighted: Decimal, *, first: bool) -> Turn:
    """Of one that a review has placed (Z-05): on the rank that it shares, or behind it and before the next.

    `first`: the committee has put it before all others (Z-06).
    """
    ahead = 0 if first else 1
    return (ahead, place, ON, NOTHING) if shares else (ahead, place, BEHIND, -weighted)


@dataclass(frozen=True)
class Waiting:
    """A proposal on a reserve list: its rank, what it asks for, its turn if a review has `placed` it."""

    key: UUID
    reference: str
    rank: int
    requested: Decimal
    placed: Turn | None = None

    @property
    def turn(self) -> Turn:
        """Less comes sooner; equals have one turn."""
        return self.placed or turn_of_list(self.rank)


def first_of(waiting: Iterable[Waiting]) -> Sequence[Waiting]:
    """Those whose turn is next: equals come together, or nobody does."""
    waiting = tuple(waiting)
    best = min((one.turn for one in waiting), default=None)
    return sorted((one for one in waiting if one.turn == best), key=lambda one: one.reference)


def asked_by(some: Iterable[Waiting]) -> Decimal:
    """What they ask for together."""
    return sum((one.requested for one in some), NOTHING)


def missing(envelope: Decimal, spent: Decimal, wanted: Decimal) -> Decimal:
    """How much an envelope lacks for `wanted` beside what is `spent`; nothing if it fits."""
    return max(spent + wanted - envelope, NOTHING)
