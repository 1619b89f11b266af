"""Where a proposal comes to stand with new scores, and who moves by it (Z-05, Z-06); pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, Protocol
from uuid import UUID

from app.decisions.rules import Entry, draw_line, invite_first
from app.evaluation.rules import Scheme, Scores, weighted

Remedy = Literal[
    "none", "lower", "reserve", "invited", "funded", "vote", "first_on_reserve", "next_call", "reinstated"
]
"""What a review comes to. `vote`: it would have been funded, and the money is spent; it is voted on."""
ZERO = Decimal(0)


class Steps(Protocol):
    @property
    def tie_break(self) -> Sequence[str]: ...


@dataclass(frozen=True)
class Listed:
    """A proposal above the thresholds of a frozen list; `figures` are those of computed steps."""

    key: UUID
    rank: int
    weighted: Decimal
    scores: Scores
    figures: Mapping[str, Decimal]
    requested: Decimal
    out: bool = False
    """It has left, or ethics stands against it: it keeps its rank, and takes no money."""


@dataclass(frozen=True)
class Standing:
    """What has become of a proposal of the topic: `requested` in euro."""

    key: UUID
    state: Literal["selected", "reserve", "other"]
    requested: Decimal


@dataclass(frozen=True)
class Upheld:
    """The proposal with its new scores; `above`: it passes every threshold."""

    key: UUID
    scores: Scores
    figures: Mapping[str, Decimal]
    requested: Decimal
    above: bool


@dataclass(frozen=True)
class Moves:
    """Who moves if the new scores count; nobody who is selected loses a place (Z-06).

    `rank` is where it would stand, None below a threshold; `shares`: nothing computed tells it from another
    of that rank. `place`: the rank of the frozen list that it shares, or that it comes behind, 0 if it is the
    first. `above_line`: it would have been selected when the line was drawn. `left`: the envelope
    without what is selected and still stands, in euro; None where ranks alone count, as `fits` is. `waits`:
    those of the reserve list whose turn comes later, `selected` all that would be selected.
    """

    rank: int | None
    shares: bool
    above_line: bool
    left: Decimal | None
    fits: bool
    waits: tuple[UUID, ...] = ()
    selected: frozenset[UUID] = field(default_factory=frozenset)
    place: int | None = None


def better(one: Listed, other: Upheld, scheme: Scheme) -> bool | None:
    """Whether a listed proposal stands before the upheld one; None where no computed step tells them apart.

    The steps go in their order; one whose figure is not known of both was the panel's, which sits no more,
    and is passed over.
    """
    strength = weighted(other.scores, scheme)
    if one.weighted != strength:
        return one.weighted > strength
    for step in scheme.tie_break:
        mine = one.scores.get(step, one.figures.get(step))
        theirs = other.scores.get(step, other.figures.get(step))
        if mine is not None and theirs is not None and mine != theirs:
            return mine > theirs
    return None


def who_moves(
    listed: Iterable[Listed],
    upheld: Upheld,
    scheme: Scheme,
    standings: Iterable[Standing],
    *,
    drawn: Decimal | int,
    budget: Decimal,
) -> Moves:
    """Place the upheld proposal on the frozen list without moving any other, and say what follows.

    `drawn`: the envelope that the line was drawn by, in euro, or how many were invited; `budget`: what the
    topic has now.
    """
    others = [one for one in listed if one.key != upheld.key]
    now = [one for one in standings if one.key != upheld.key]
    selected = frozenset(one.key for one in now if one.state == "selected")
    left = None
    if not isinstance(drawn, int):
        left = budget - sum((one.requested for one in now if one.state == "selected"), ZERO)
    if not upheld.above:
        return Moves(None, False, False, left, False, (), selected)
    told = {one.key: better(one, upheld, scheme) for one in others}
    rank = 1 + sum(first is True for first in told.values())
    above_line = _above_line(others, told, rank, upheld, drawn)
    fits = above_line and (left is None or upheld.requested <= left)
    ranks = {one.key: one.rank for one in others}
    reserve = [one.key for one in now if one.state == "reserve"]
    waits = [key for key in reserve if above_line or told.get(key) is not True]
    return Moves(
        rank,
        None in told.values(),
        above_line,
        left,
        fits,
        tuple(sorted(waits, key=lambda key: (ranks.get(key, len(ranks) + 1), key))),
        selected | {upheld.key} if fits else selected,
        _place(ranks, told),
    )


def _place(ranks: Mapping[UUID, int], told: Mapping[UUID, bool | None]) -> int:
    """The frozen list keeps its numbers, also the gap that the upheld proposal leaves on it."""
    equals = [ranks[key] for key, first in told.items() if first is None]
    return min(equals) if equals else max((ranks[key] for key, first in told.items() if first), default=0)


def _above_line(
    others: Iterable[Listed],
    told: Mapping[UUID, bool | None],
    rank: int,
    upheld: Upheld,
    drawn: Decimal | int,
) -> bool:
    """Whether it would have been selected, had the line been drawn with it on the list (K-03, C-07).

    Who shares its rank goes in or out with it, as ever; those after it stand one lower.
    """
    entries = [Entry(upheld.key, rank, upheld.requested, upheld.scores)]
    for one in others:
        if one.out:
            continue
        match told[one.key]:
            case True:
                place = one.rank
            case None:
                place = rank
            case False:
                place = one.rank + 1
        entries.append(Entry(one.key, place, one.requested, one.scores))
    outcomes = invite_first(entries, drawn, {}) if isinstance(drawn, int) else draw_line(entries, drawn, {})
    return next(one.outcome for one in outcomes if one.key == upheld.key) == "selected"


def remedy(moves: Moves, was_reserve: bool, *, open_ahead: bool, refused: bool = False) -> Remedy:
    """What the result comes to (Z-05); `open_ahead`: there is a place to wait for, or to be invited to.

    `refused`: its ethics is not cleared, so that it takes no money and waits for none (X-03).

    Below a threshold nothing is gained, and a place on the reserve list is lost; nobody is unselected. Once
    the reserve is over, who would have been on it is where all others of it are.
    """
    if moves.rank is None:
        return "lower" if was_reserve else "none"
    if refused:
        return "none"
    if not moves.above_line:
        return "none" if was_reserve or not open_ahead else "reserve"
    if moves.left is None:
        return "invited" if open_ahead else "vote"
    return "funded" if moves.fits else "vote"
