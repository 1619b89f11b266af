"""Names found in a text: pure, on plain values."""

import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

AROUND = 40  # letters of the text that are told on either side of a name
LEAST = 3  # letters of a name that is looked for


class Found(NamedTuple):
    """A name that stands in a text, with the words around it."""

    name: str
    passage: str


class _Folded(NamedTuple):
    """A text as it is compared, as written and in small letters, and where each sign of it stood."""

    written: str
    small: str
    places: list[int]


def found(text: str, names: Iterable[str]) -> list[Found]:
    """Each of these names that stands in the text as whole words, once, where it stands first.

    Accents and the number of blanks between words play no part. A name all in capitals is looked for as it
    is written, since many are words as well; any other in whatever case.
    """
    there = _folded(text)
    hits = ((name, _first(there, name)) for name in sorted({name.strip() for name in names}))
    return [Found(name, _around(text, there, *hit)) for name, hit in hits if hit is not None]


def _folded(text: str) -> _Folded:
    signs: list[tuple[str, int]] = []
    for place, sign in enumerate(text):
        if sign.isspace():
            if signs and signs[-1][0] != " ":
                signs.append((" ", place))
            continue
        plain = (part for part in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(part))
        signs += ((part, place) for part in plain)
    written = "".join(part for part, _ in signs)
    # Letter by letter, so that places stay: some letters are two in small.
    small = "".join(part.lower() if len(part.lower()) == 1 else part for part, _ in signs)
    return _Folded(written, small, [place for _, place in signs])


def _first(there: _Folded, name: str) -> tuple[int, int] | None:
    """From where to where it stands first in the folded text."""
    wanted = _folded(name)
    text, sought = (there.written, wanted.written) if name.isupper() else (there.small, wanted.small)
    sought = sought.strip()
    if len(sought) < LEAST:
        return None
    start = text.find(sought)
    while start >= 0:
        end = start + len(sought)
        if not (_of_word(text, start - 1) or _of_word(text, end)):
            return start, end
        start = text.find(sought, start + 1)
    return None


def _of_word(text: str, place: int) -> bool:
    return 0 <= place < len(text) and (text[place].isalnum() or text[place] == "_")


def _around(text: str, there: _Folded, start: int, end: int) -> str:
    first, last = there.places[start], there.places[end - 1] + 1
    return " ".join(text[max(0, first - AROUND) : last + AROUND].split())
