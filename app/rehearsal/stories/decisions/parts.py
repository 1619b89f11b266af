"""The thirteen proposals: what their experts agree on, and what each asks for; all of it is synthetic."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.rehearsal.cast import Cast, Entry
from app.rehearsal.driver import Person

MILLION = 1_000_000


@dataclass(frozen=True)
class Part:
    """Scores by criterion, none of who is not evaluated; `asks` in million euro."""

    scores: tuple[str, ...]
    asks: str


PARTS: Mapping[str, Part] = {
    "ALDER": Part(("5", "5", "5"), "30"),
    "BIRCH": Part(("5", "5", "4.5"), "11.4"),
    "CEDAR": Part(("5", "4.5", "4.5"), "7.6"),
    "DOGWOOD": Part(("4.5", "4.5", "4.5"), "9"),
    "ELM": Part(("4.5", "4.5", "4"), "8"),
    "FIR": Part(("4.5", "4", "4"), "7"),
    "GINKGO": Part(("4", "3", "4"), "9"),
    "HAZEL": Part(("4", "4", "3.5"), "3"),
    "IVY": Part(("4", "3.5", "3"), "4"),
    "JUNIPER": Part(("2.5", "4", "4"), "10"),
    "KAPOK": Part(("3", "3", "3"), "6"),
    "LARCH": Part(("3", "3", "2.5"), "5"),
    "MAPLE": Part((), "6"),
}
"""In the order of their ranks, but for one that the panel has treated otherwise than the others."""
OUT = 2
"""The member of the committee who declares an interest; another takes part in a proposal."""


def entry(cast: Cast, name: str) -> Entry:
    """The proposal of this name."""
    return cast.fields[0].entries[list(PARTS).index(name)]


def names(cast: Cast, references: Iterable[str]) -> str:
    """The proposals of these references by their names."""
    known = {one.reference: one.paper.acronym for one in cast.fields[0].entries}
    return ", ".join(known[reference] for reference in references) or "nobody"


def by_name(cast: Cast, references: Iterable[str]) -> str:
    """The same in the order of the names, where they have no order of their own."""
    return ", ".join(sorted(names(cast, references).split(", ")))


def out(cast: Cast) -> Person:
    """Who declares an interest in the list."""
    return cast.members[OUT]


async def judge(cast: Cast) -> None:
    """What experts will think of each, and what it asks for, is said here, not drawn."""
    for name, part in PARTS.items():
        paper = entry(cast, name).paper
        paper.acronym, paper.asks = name, Decimal(part.asks) * MILLION
        paper.objects = paper.divided = False
        if part.scores:
            paper.agreed = dict(zip(cast.criteria, map(Decimal, part.scores), strict=True))
            paper.views = cast.synthetic.views(paper.agreed, cast.call_file.experts_per_proposal)


async def state(cast: Cast, name: str) -> str:
    """The state of a proposal as the office reads it."""
    found: dict[str, Any] = await cast.office.get(f"/proposals/{entry(cast, name).proposal}")
    return str(found["state"])
