"""The root of a Merkle tree that only grows (RFC 6962): one hash stands for every leaf ever added."""

import hashlib


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
