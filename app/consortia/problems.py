"""The problem list: what stands against handing in, and what is judged after closing; one entry each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.core.reason import Reason


@dataclass(frozen=True, slots=True)
class Entry(Reason):
    """A reason with the id of its rule; it blocks if it is a matter of form, else it warns."""

    rule: str = ""
    blocks: bool = False


def blocking(reasons: Iterable[Reason], rule: str) -> Iterator[Entry]:
    """Entries that block, of reasons of form."""
    for one in reasons:
        yield Entry(one.code, one.text, one.path, one.who, rule, blocks=True)
