"""What in a text tells who somebody is: found word by word; and how a passage is taken out. Pure."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from app.consortia.organisations.rules import FORMS, WITHOUT_MARKS

SHORTEST_NAME = 4  # letters of a family name that is looked for without a first name
SHORTEST_WORD = 3  # letters of any other name that is a single word
WIDEST_GAP = 5  # signs between two words of one name
AROUND = 40  # signs of the text that are told on either side of a passage
REMOVED = "[name removed]"
PIECE = re.compile(r"[^\s!-/:-@\[-`{-~]+")
WORD = re.compile(r"[^\W_]+")
MAIL = re.compile(r"[^\s@<>()\[\],;:\"]+@[\w-]+(?:\.[\w-]+)+")
ORCID = re.compile(r"(?:https?://orcid\.org/)?(?<!\d)\d{4}-\d{4}-\d{4}-\d{3}[\dXx](?!\w)")
KINDS = ("mail", "orcid", "name", "affiliation", "reference")
"""What is found; where two overlap, the one that stands first here names both."""


class Found(NamedTuple):
    """A passage that is looked for; offset and length in characters."""

    offset: int
    length: int
    kind: str


class Told(NamedTuple):
    """A passage as it stands at a place, with the words around it."""

    place: str
    kind: str
    passage: str
    around: str


class Word(NamedTuple):
    """A word as it is compared, and where it stands."""

    text: str
    start: int
    end: int


class Phrase(NamedTuple):
    """Words in a row that make a name, and which of their letters must be capitals, all being counted."""

    words: tuple[str, ...]
    kind: str
    capitals: tuple[int, ...] = ()


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


def _letters(said: str) -> list[str]:
    """For each letter of a word as it is compared the sign that was written for it."""
    return [sign for sign in said for _ in _plain(sign)]


def _of_person(name: str) -> Iterator[Phrase]:
    """The full name, the family name beside a first name or its initial, a long family name alone."""
    words = tuple(word.text for word in words_in(name))
    if not words:
        return
    *first, family = words
    if len(family) >= SHORTEST_NAME:
        yield _with_initials(family)
    if first:
        yield Phrase(words, "name")
        yield _with_initials(*(one[0] for one in first), family)
        for one in first:
            for two in ((one, family), (family, one)):
                yield Phrase(two, "name") if len(one) > 1 else _with_initials(*two)
            yield _with_initials(one[0], family)
            yield _with_initials(family, one[0])


def _with_initials(*words: str) -> Phrase:
    """Each of these words must begin with a capital, or it may mean anything."""
    return Phrase(words, "name", (0, *accumulate(len(word) for word in words[:-1])))


def _of_organisation(name: str) -> Iterator[Phrase]:
    """A name as it stands, and without its legal form."""
    whole = words_in(name)
    bare = _bare(word.text for word in whole)
    yield from _as_written(name, whole, "affiliation")
    yield from _as_written(name, [word for word in whole if word.text in bare], "affiliation")


def _as_written(name: str, words: Sequence[Word], kind: str) -> Iterator[Phrase]:
    """These words of a name; a single one may mean something else as well, and needs its capitals."""
    said = tuple(word.text for word in words)
    if len(said) > 1:
        yield Phrase(said, kind)
    elif said and len(said[0]) >= SHORTEST_WORD:
        letters = _letters(name[words[0].start : words[0].end])
        yield Phrase(said, kind, tuple(at for at, sign in enumerate(letters) if sign.isupper()))


def _bare(words: Iterable[str]) -> tuple[str, ...]:
    """The words of a name but its legal form, unless there is nothing else."""
    said = tuple(words)
    return tuple(word for word in said if word not in FORMS) or said


class Watch:
    """Who and what is looked for, made ready once for many texts; mail addresses and ORCID ids always are.

    Accents and whatever parts words play no part. `references` are whatever else stands for somebody:
    references and acronyms of proposals, mail domains.
    """

    def __init__(
        self, people: Iterable[str] = (), organisations: Iterable[str] = (), references: Iterable[str] = ()
    ) -> None:
        phrases: set[Phrase] = set()
        for name in people:
            phrases.update(_of_person(name))
        for name in organisations:
            phrases.update(_of_organisation(name))
        for name in references:
            phrases.update(_as_written(name, words_in(name), "reference"))
        self._by_first: dict[str, list[Phrase]] = defaultdict(list)
        for phrase in sorted(phrases):
            self._by_first[phrase.words[0]].append(phrase)

    def look(self, text: str, partners: Collection[str] = ()) -> list[Found]:
        """What stands in a text of it, in order, nothing twice.

        `partners` are the names of organisations that tell nothing, those of the very proposal.
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
    if tuple(word.text for word in words) != phrase.words:
        return False
    letters = [sign for word in words for sign in _letters(text[word.start : word.end])]
    return all(b.start - a.end <= WIDEST_GAP for a, b in pairwise(words)) and not any(
        letters[at].islower() for at in phrase.capitals
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
    """What stands in many texts, each passage with its place."""
    return [(place, found) for place, text in texts.items() for found in watch.look(text, partners)]


def told_in(texts: Mapping[str, str], watch: Watch) -> list[Told]:
    """The same to be told in words: each passage once at a place, where it stands first."""
    told: dict[tuple[str, str], Told] = {}
    for place, (offset, length, kind) in findings_in(texts, watch):
        text, end = texts[place], offset + length
        around = " ".join(text[max(0, offset - AROUND) : end + AROUND].split())
        one = Told(place, kind, text[offset:end], around)
        told.setdefault((place, one.passage), one)
    return list(told.values())
