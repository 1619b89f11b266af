"""Counting votes: quorum over those entitled, majority over those who took a side or over all entitled."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, Protocol
from uuid import UUID

SECOND = timedelta(seconds=1)
"""A written procedure takes what was received within its closing second."""


class Cast(Protocol):
    """A ballot, as far as counting goes."""

    seated: bool
    chairs: bool
    weight: Decimal
    recused: str | None
    ground: str | None
    choice: str | None


@dataclass(frozen=True)
class Rule:
    """What a vote is counted by. Shares are of one; a majority is more than its share.

    `of`: the majority is one of those who took a side, or of all who are entitled. `casting_vote`: where
    the sides are equal, the chair's decides.
    """

    quorum: Decimal
    majority: Decimal
    of: Literal["sides", "entitled"] = "sides"
    casting_vote: bool = False

    def pinned(self) -> dict[str, Any]:
        """As a motion keeps it; decimals are strings, so that nothing is lost."""
        shares = {"quorum": str(self.quorum), "majority": str(self.majority)}
        return shares | {"of": self.of, "casting_vote": self.casting_vote}


def read_rule(kept: dict[str, Any]) -> Rule:
    """The rule that a motion has kept."""
    shares = (Decimal(kept["quorum"]), Decimal(kept["majority"]))
    return Rule(*shares, kept["of"], kept["casting_vote"])


@dataclass(frozen=True)
class Count:
    """How a vote stands: of how many seats so many may vote and have, in heads; the sides by their weight.

    `chair`: what the one chair who may vote has said.
    """

    seats: int
    entitled: int
    cast: int
    yes: Decimal
    no: Decimal
    abstain: Decimal
    weight: Decimal
    chair: str | None = None


def standing(mandates: Iterable[Any], at: datetime) -> Sequence[Any]:
    """The mandates in force at an instant: from its start, until its end."""
    return [
        m
        for m in mandates
        if m.state == "active" and m.starts_at <= at and (m.ends_at is None or m.ends_at > at)
    ]


def sitting(mandates: Iterable[Any], at: datetime) -> frozenset[UUID]:
    """The accounts whose mandate is in force at an instant."""
    return frozenset(m.account_id for m in standing(mandates, at))


def count(ballots: Iterable[Cast]) -> Count:
    """Count; whoever is out or waits counts nowhere, abstaining counts for the quorum alone.

    Quorum is counted in heads, sides in weights. A seat whose mandate has ended is none any more; one whose
    holder is out stays a seat of the body.
    """
    seats = [b for b in ballots if b.seated and b.ground != "mandate"]
    entitled = [b for b in seats if b.recused is None]
    chairs = [b.choice for b in entitled if b.chairs]
    sides = {side: _weight(b for b in entitled if b.choice == side) for side in ("yes", "no", "abstain")}
    cast = sum(b.choice is not None for b in entitled)
    chair = chairs[0] if len(chairs) == 1 else None
    return Count(len(seats), len(entitled), cast, **sides, weight=_weight(entitled), chair=chair)


def _weight(ballots: Iterable[Cast]) -> Decimal:
    return sum((b.weight for b in ballots), Decimal(0))


def enough(votes: Count, rule: Rule) -> bool:
    """Of the seats of the body at least the quorum may vote, whoever is out by an interest."""
    return votes.entitled >= rule.quorum * votes.seats


def quorate(votes: Count, rule: Rule) -> bool:
    """At least this share of those entitled has voted, and somebody is entitled."""
    return votes.entitled > 0 and votes.cast >= rule.quorum * votes.entitled


def carried(votes: Count, rule: Rule) -> bool:
    """More than the share of the rule said yes; or half did, and the chair whose vote is casting."""
    sides = votes.yes + votes.no
    if votes.yes > rule.majority * (sides if rule.of == "sides" else votes.weight):
        return True
    equal = votes.yes == votes.no > 0
    return rule.casting_vote and equal and votes.chair == "yes"


def plain(weight: Decimal) -> str:
    """A sum of weights without needless zeros."""
    return f"{weight.normalize():f}"
