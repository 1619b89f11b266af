"""Who is heard together (V-20); pure."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Protocol, TypeVar


class Listed(Protocol):
    """A place on a list."""

    @property
    def above(self) -> bool: ...
    @property
    def total(self) -> Decimal: ...


P = TypeVar("P", bound=Listed)


def heard_together(places: Iterable[P], total: Decimal | None) -> list[P]:
    """All above the thresholds, or all of these with one equal total: none is chosen."""
    return [place for place in places if place.above and total in (None, place.total)]
