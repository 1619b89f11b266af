"""Who of a reserve list comes first, and whether the money is there (K-03, K-05): pure; amounts in euro."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Waiting:
    """A proposal on a reserve list: its rank, what it asks for."""

    key: UUID
    reference: str
    rank: int
    requested: Decimal


def first_of(waiting: Iterable[Waiting]) -> Sequence[Waiting]:
    """Those of the best rank that is still there: equals come together, or nobody does."""
    waiting = tuple(waiting)
    best = min((one.rank for one in waiting), default=None)
    return sorted((one for one in waiting if one.rank == best), key=lambda one: one.reference)


def asked_by(some: Iterable[Waiting]) -> Decimal:
    """What they ask for together."""
    return sum((one.requested for one in some), NOTHING)


def missing(envelope: Decimal, spent: Decimal, wanted: Decimal) -> Decimal:
    """How much an envelope lacks for `wanted` beside what is `spent`; nothing if it fits."""
    return max(spent + wanted - envelope, NOTHING)
