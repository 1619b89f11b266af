"""In which order a panel takes its proposals, so that few have to leave the room (pure)."""

from collections.abc import Mapping
from typing import NamedTuple

Out = Mapping[str, frozenset[str]]
"""Who is out of the room for each proposal."""


class Turn(NamedTuple):
    """An item: who is out for it, who leaves before it and who comes back."""

    key: str
    out: frozenset[str]
    leaves: frozenset[str]
    returns: frozenset[str]


def agenda(out: Out) -> list[str]:
    """The order, made step by step: always what moves the fewest people, the earlier name first.

    It begins with what the fewest are out for. The order of the input plays no part.
    """
    left, order, gone = set(out), list[str](), frozenset[str]()
    while left:
        following = min(left, key=lambda key: (len(out[key] ^ gone), len(out[key]), key))
        order.append(following)
        left.remove(following)
        gone = out[following]
    return order


def turns(order: list[str], out: Out) -> list[Turn]:
    """Who moves for each item of this order."""
    before, found = frozenset[str](), []
    for key in order:
        here = out[key]
        found.append(Turn(key, here, here - before, before - here))
        before = here
    return found
