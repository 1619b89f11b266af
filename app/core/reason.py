"""A reason why not: what is unmet, in words, where, and who can mend it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """One unmet condition.

    `code` is stable and for programs; `text` is one plain sentence; `path` is a JSON pointer to the
    field at fault, empty when it is none; `who` names who can mend it.
    """

    code: str
    text: str
    path: str = ""
    who: str = ""
