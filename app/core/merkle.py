"""The root of a Merkle tree that only grows (RFC 6962): one hash stands for every leaf ever added."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence


def leaf(text: bytes) -> bytes:
    """The hash of a leaf; the prefix keeps it from being passed off as a node."""
    return hashlib.sha256(b"\x00" + text).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree to which leaves are added one by one; it keeps one hash for each perfect subtree."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, text: bytes) -> None:
        """Add a leaf."""
        top, size = leaf(text), self.size
        while size & 1:
            top, size = node(self._peaks.pop(), top), size >> 1
        self._peaks.append(top)
        self.size += 1

    def root(self) -> str:
        """The root over all leaves so far, in hexadecimal."""
        if not self._peaks:
            return hashlib.sha256(b"").hexdigest()
        *rest, top = self._peaks
        for peak in reversed(rest):
            top = node(peak, top)
        return top.hex()


def paths(leaves: Sequence[bytes], wanted: Iterable[int]) -> Mapping[int, list[tuple[str, str]]]:
    """For the leaves at these places (from 0), what leads from each to the root over all of these texts.

    A step is the side on which another subtree stands, `left` or `right`, and its hash in hexadecimal.
    """
    level = [leaf(text) for text in leaves]
    at = {place: place for place in wanted}
    found: dict[int, list[tuple[str, str]]] = {place: [] for place in at}
    while len(level) > 1:
        for place, now in at.items():
            if (beside := now ^ 1) < len(level):
                found[place].append(("left" if now & 1 else "right", level[beside].hex()))
            at[place] = now >> 1
        # The last of an odd number has nobody beside it: it stands for itself one level up (RFC 6962, 2.1).
        pairs = [node(*level[number : number + 2]) for number in range(0, len(level) - 1, 2)]
        level = [*pairs, *level[len(level) & ~1 :]]
    return found
