"""The problem list: what stands against handing in, and what is judged after closing; one entry each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.core.reason import Reason
from app.core.schema import ReasonRead


@dataclass(frozen=True, slots=True)
class Entry(Reason):
    """A reason with the id of its rule; it blocks if it is a matter of form, else it warns."""

    rule: str = ""
    blocks: bool = False


class EntryRead(ReasonRead):
    """One entry of the problem list: the field, who can mend it, the rule, and whether it blocks."""

    rule: str
    blocks: bool


def blocking(reasons: Iterable[Reason], rule: str) -> Iterator[Entry]:
    """Entries that block, of reasons of form."""
    for one in reasons:
        yield Entry(one.code, one.text, one.path, one.who, rule, blocks=True)
