"""What in a report would tell who evaluated: found word by word; and how a passage is taken out. Pure."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from app.consortia.organisations.rules import FORMS, WITHOUT_MARKS

SHORTEST_NAME = 4  # letters of a family name that is looked for without a first name
SHORTEST_AFFILIATION = 3  # letters of one that is a single word
WIDEST_GAP = 5  # signs between two words of one name
REMOVED = "[name removed]"
PIECE = re.compile(r"[^\s!-/:-@\[-`{-~]+")
WORD = re.compile(r"[^\W_]+")
MAIL = re.compile(r"[^\s@<>()\[\],;:\"]+@[\w-]+(?:\.[\w-]+)+")
ORCID = re.compile(r"(?:https?://orcid\.org/)?(?<!\d)\d{4}-\d{4}-\d{4}-\d{3}[\dXx](?!\w)")
KINDS = ("mail", "orcid", "name", "affiliation")
"""What is found; where two overlap, the one that stands first here names both."""
ANY, INITIAL, ALL = range(3)
"""Which letters of a word must be capitals: none, the first, each."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who evaluated, by name, and the names of the organisations that they work for or have."""

    name: str
    affiliations: tuple[str, ...] = ()


class Found(NamedTuple):
    """A passage that may tell who evaluated; offset and length in characters."""

    offset: int
    length: int
    kind: str


class Word(NamedTuple):
    """A word as it is compared, and where it stands."""

    text: str
    start: int
    end: int


class Phrase(NamedTuple):
    """Words in a row that make a name."""

    words: tuple[str, ...]
    kind: str
    capitals: int


@cache
def _plain(sign: str) -> str:
    """A sign as it is compared: no capital, no mark; nothing of one that is not seen but parts no words."""
    if sign == "\u200b":
        return " "
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", sign).casefold())
    seen = (one for one in apart if unicodedata.category(one) not in ("Mn", "Cf"))
    return "".join(seen).translate(WITHOUT_MARKS)


def words_in(text: str) -> list[Word]:
    """Every word of a text."""
    found: list[Word] = []
    for piece in PIECE.finditer(text):
        said, start = piece.group(), piece.start()
        if said.isascii() and said.isalnum():
            found.append(Word(said.lower(), start, piece.end()))
        else:
            found += _words_in(said, start)
    return found


def _words_in(said: str, start: int) -> Iterator[Word]:
    """The same of a piece with other signs than those of ASCII."""
    at = [(place, sign) for place, one in enumerate(said) for sign in _plain(one)]
    for one in WORD.finditer("".join(sign for _, sign in at)):
        first, end = at[one.start()][0], at[one.end() - 1][0] + 1
        while end < len(said) and not _plain(said[end]):
            end += 1  # marks of the last letter
        yield Word(one.group(), start + first, start + end)


def _capitals(said: str) -> int:
    """Which letters of a word as it is written are capitals."""
    if said[0].islower():
        return ANY
    return INITIAL if any(sign.islower() for sign in said) else ALL


def _of_person(name: str) -> Iterator[Phrase]:
    """The full name, the family name beside a first name or its initial, a long family name alone."""
    words = tuple(word.text for word in words_in(name))
    if not words:
        return
    *first, family = words
    if len(family) >= SHORTEST_NAME:
        yield Phrase((family,), "name", INITIAL)
    if first:
        yield Phrase(words, "name", ANY)
        initials = [one[0] for one in first]
        yield Phrase((*initials, family), "name", INITIAL)
        for one in first:
            yield Phrase((one, family), "name", ANY if len(one) > 1 else INITIAL)
            yield Phrase((family, one), "name", ANY if len(one) > 1 else INITIAL)
        for one in initials:
            yield Phrase((one, family), "name", INITIAL)
            yield Phrase((family, one), "name", INITIAL)


def _of_organisation(name: str) -> Iterator[Phrase]:
    """A name as it stands, and without its legal form."""
    whole = words_in(name)
    bare = _bare(word.text for word in whole)
    for words in (whole, [word for word in whole if word.text in bare]):
        said = tuple(word.text for word in words)
        if len(said) > 1:
            yield Phrase(said, "affiliation", ANY)
        elif said and len(said[0]) >= SHORTEST_AFFILIATION:
            written = _capitals(name[words[0].start : words[0].end])
            yield Phrase(said, "affiliation", max(INITIAL, written))


def _bare(words: Iterable[str]) -> tuple[str, ...]:
    """The words of a name but its legal form, unless there is nothing else."""
    said = tuple(words)
    return tuple(word for word in said if word not in FORMS) or said


class Watch:
    """Everybody who is looked for, made ready once for many texts."""

    def __init__(self, people: Iterable[Person]) -> None:
        phrases: set[Phrase] = set()
        for one in people:
            phrases.update(_of_person(one.name))
            for name in one.affiliations:
                phrases.update(_of_organisation(name))
        self._by_first: dict[str, list[Phrase]] = defaultdict(list)
        for phrase in sorted(phrases):
            self._by_first[phrase.words[0]].append(phrase)

    def look(self, text: str, partners: Collection[str] = ()) -> list[Found]:
        """What may tell who evaluated, in order, nothing twice; a partner's own name tells nothing.

        `partners` are the names of the organisations of the very proposal.
        """
        own = {_bare(word.text for word in words_in(name)) for name in partners}
        found = [Found(m.start(), m.end() - m.start(), "mail") for m in MAIL.finditer(text)]
        found += [Found(m.start(), m.end() - m.start(), "orcid") for m in ORCID.finditer(text)]
        words = words_in(text)
        for number, word in enumerate(words):
            for phrase in self._by_first.get(word.text, ()):
                some = words[number : number + len(phrase.words)]
                its_own = phrase.kind == "affiliation" and _bare(phrase.words) in own
                if _says(text, some, phrase) and not its_own:
                    found.append(Found(word.start, some[-1].end - word.start, phrase.kind))
        return list(_apart(found))


def _says(text: str, words: list[Word], phrase: Phrase) -> bool:
    together = all(b.start - a.end <= WIDEST_GAP for a, b in pairwise(words))
    return (
        tuple(word.text for word in words) == phrase.words
        and together
        and all(_capitals(text[word.start : word.end]) >= phrase.capitals for word in words)
    )


def _apart(found: list[Found]) -> Iterator[Found]:
    """Passages that overlap are one."""
    last: Found | None = None
    for one in sorted(found):
        if last is not None and one.offset < last.offset + last.length:
            end = max(last.offset + last.length, one.offset + one.length)
            kind = min(last.kind, one.kind, key=KINDS.index)
            last = Found(last.offset, end - last.offset, kind)
            continue
        if last is not None:
            yield last
        last = one
    if last is not None:
        yield last


def without(text: str, offset: int, length: int) -> str:
    """The text with a passage taken out."""
    return f"{text[:offset]}{REMOVED}{text[offset + length :]}"


def findings_in(
    texts: Mapping[str, str], watch: Watch, partners: Collection[str] = ()
) -> list[tuple[str, Found]]:
    """The same for many texts, each with its place."""
    return [(place, found) for place, text in texts.items() for found in watch.look(text, partners)]
