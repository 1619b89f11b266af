"""Who of a reserve list comes first, and whether the money is there (K-03, K-05): pure; amounts in euro."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Waiting:
    """A proposal on a reserve list: its rank, what it asks for.

    `first`: a vote after a review has placed it before all others. `strength`: the sum by which a review has
    put it before whoever holds that rank on the list (Z-05); None of whom it leaves where the list has them,
    or puts beside whoever holds the rank.
    """

    key: UUID
    reference: str
    rank: int
    requested: Decimal
    first: bool = False
    strength: Decimal | None = None

    @property
    def place(self) -> tuple[bool, int, bool, Decimal]:
        """The less, the sooner its turn; who has the same comes together."""
        return not self.first, self.rank, self.strength is None, -(self.strength or NOTHING)


def first_of(waiting: Iterable[Waiting]) -> Sequence[Waiting]:
    """Those of the best place that is still there: equals come together, or nobody does."""
    waiting = tuple(waiting)
    best = min((one.place for one in waiting), default=None)
    return sorted((one for one in waiting if one.place == best), key=lambda one: one.reference)


def asked_by(some: Iterable[Waiting]) -> Decimal:
    """What they ask for together."""
    return sum((one.requested for one in some), NOTHING)


def missing(envelope: Decimal, spent: Decimal, wanted: Decimal) -> Decimal:
    """How much an envelope lacks for `wanted` beside what is `spent`; nothing if it fits."""
    return max(spent + wanted - envelope, NOTHING)
