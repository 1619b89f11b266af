"""Ending on a signal the way a block ends, so that what was started is stopped."""

import ctypes
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent() -> None:
    """In a new child, before its program runs: ask Linux to stop it when its parent is gone."""
    if _libc is not None:
        _libc.prctl(1, signal.SIGINT)


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """SIGINT and SIGTERM leave the block by its end, so that the embedded database is stopped."""

    def leave(_: int, __: FrameType | None) -> None:
        for each in before:
            signal.signal(each, signal.SIG_IGN)  # once is enough; stopping is not to be disturbed
        raise SystemExit(0)

    before = {each: signal.signal(each, leave) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
