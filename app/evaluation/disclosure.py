"""What a text to be published discloses: names, mail addresses, references; pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
SHORTEST_NAME = 4  # letters of a family name that is looked for without the first name


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody who is not to be named, and their address."""

    name: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A passage of a text that tells what it should not: a `name`, a `mail` address or a `reference`."""

    kind: str
    passage: str


def found(text: str, people: Iterable[Named], references: Iterable[str] = ()) -> Iterator[Disclosure]:
    """Every such passage, each once: any mail address, names of these people, these references."""
    folded, seen = text.casefold(), set[Disclosure]()
    for kind, passage in (
        *(("mail", one.group()) for one in MAIL.finditer(text)),
        *(("name", passage) for one in people for passage in [named(text, folded, one)] if passage),
        *(("reference", one) for one in references if one and one in text and first(text, [(one, False)])),
    ):
        told = Disclosure(kind, passage)
        if told not in seen:
            seen.add(told)
            yield told


def named(text: str, folded: str, one: Named) -> str:
    """How somebody is named in a text, which is also given folded; empty if they are not."""
    ways = ways_of(one)
    # Few of many people are named: the pattern is made for those alone whose letters occur at all.
    return first(text, ways) if any(word.casefold() in folded for word, _ in ways) else ""


def ways_of(one: Named) -> list[tuple[str, bool]]:
    """The words that name somebody, each with whether case plays no part."""
    family = one.name.split()[-1] if len(one.name.split()) > 1 else ""
    ways = [(one.name, True), (one.email, True)] + ([(family, False)] if len(family) >= SHORTEST_NAME else [])
    return [(word, either) for word, either in ways if word]


def first(text: str, ways: Iterable[tuple[str, bool]]) -> str:
    """The first of these words that stands in the text by itself, as it stands there."""
    for word, either in ways:
        flags = re.IGNORECASE if either else re.NOFLAG
        if word and (there := re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, flags)):
            return there.group()
    return ""
