"""Counting votes: quorum over those entitled, majority over those who took a side."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID


class Cast(Protocol):
    """A ballot, as far as counting goes."""

    account_id: UUID
    recused: str | None
    choice: str | None


@dataclass(frozen=True)
class Count:
    """How a vote stands."""

    entitled: int
    cast: int
    yes: int
    no: int


def sitting(mandates: Iterable[Any], at: datetime) -> frozenset[UUID]:
    """The accounts whose mandate is in force at an instant: from its start, until its end."""
    return frozenset(
        m.account_id
        for m in mandates
        if m.state == "active" and m.starts_at <= at and (m.ends_at is None or m.ends_at > at)
    )


def count(ballots: Iterable[Cast]) -> Count:
    """Count; whoever is out counts nowhere, abstaining counts for the quorum alone."""
    entitled = [b for b in ballots if b.recused is None]
    choices = [b.choice for b in entitled if b.choice is not None]
    return Count(len(entitled), len(choices), choices.count("yes"), choices.count("no"))


def quorate(votes: Count, quorum: Decimal) -> bool:
    """At least this share of those entitled has voted, and somebody is entitled."""
    return votes.entitled > 0 and votes.cast >= quorum * votes.entitled


def carried(votes: Count, majority: Decimal) -> bool:
    """More than this share of those who took a side said yes."""
    return votes.yes > majority * (votes.yes + votes.no)
