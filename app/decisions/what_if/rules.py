"""What other envelopes would make of closed lists (K-03, K-04): pure; amounts in euro, exact to the cent."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain
from uuid import UUID

from app.decisions.reserve.rules import Waiting, first_of
from app.decisions.rules import Entry, draw_line

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Body:
    """A partner of a proposal as it was handed in, and what it brings that counts (F-08)."""

    organisation: str
    country: str
    kind: str
    in_kind: Decimal = NOTHING
    money: Decimal = NOTHING


@dataclass(frozen=True)
class Candidate:
    """A ranked proposal of a closed list that has not left since, and that ethics does not stand against."""

    place: Waiting
    partners: Sequence[Body] = ()


@dataclass(frozen=True)
class Topic:
    """A topic's closed list, its present envelope, and whom the motion on it passes over, and why."""

    reference: str
    focus_areas: Sequence[str]
    candidates: Sequence[Candidate]
    present: Decimal
    passed: Mapping[UUID, str] = field(default_factory=dict)

    @property
    def passed_over(self) -> Sequence[str]:
        """Their references, in rank."""
        named = [one.place for one in self.candidates if one.place.key in self.passed]
        return [one.reference for one in sorted(named, key=lambda one: (one.rank, one.reference))]


@dataclass(frozen=True)
class Drawn:
    """A list drawn with an envelope: whom it funds, who is first on the reserve list."""

    topic: Topic
    envelope: Decimal
    funded: Sequence[Candidate]
    first: Sequence[Waiting]


@dataclass(frozen=True)
class Figures:
    """What a set comes to. Organisations are counted once, however many proposals they are in.

    `comes_in` and `falls_out` are told against the present envelopes.
    """

    envelope: Decimal
    funded: int
    contribution: Decimal
    left: Decimal
    in_kind: Decimal
    financial: Decimal
    countries: Sequence[str]
    smes: int
    patient_organisations: int
    focus_areas: Sequence[str]
    proposals: Sequence[str]
    first_on_reserve: Sequence[str]
    comes_in: Sequence[str]
    falls_out: Sequence[str]


def drawn(topic: Topic, envelope: Decimal) -> Drawn:
    """The line of K-03, with this envelope; passed over for want of money is only what does not fit it."""
    entries = [Entry(c.place.key, c.place.rank, c.place.requested, {}) for c in topic.candidates]
    into = {one.key: one.outcome for one in draw_line(entries, envelope, {}, topic.passed)}
    by_rank = sorted(topic.candidates, key=lambda one: (one.place.rank, one.place.reference))
    funded = [one for one in by_rank if into[one.place.key] == "selected"]
    waiting = [one.place for one in by_rank if into[one.place.key] == "reserve"]
    return Drawn(topic, envelope, funded, first_of(waiting))


def figures(some: Iterable[Drawn]) -> Figures:
    """What these lists come to together."""
    some = tuple(some)
    funded = [one for each in some for one in each.funded]
    now = [one for each in some for one in drawn(each.topic, each.topic.present).funded]
    bodies = [body for one in funded for body in one.partners]
    contribution = sum((one.place.requested for one in funded), NOTHING)
    envelope = sum((each.envelope for each in some), NOTHING)
    names, names_now = ([one.place.reference for one in those] for those in (funded, now))
    return Figures(
        envelope=envelope,
        funded=len(funded),
        contribution=contribution,
        left=envelope - contribution,
        in_kind=sum((body.in_kind for body in bodies), NOTHING),
        financial=sum((body.money for body in bodies), NOTHING),
        countries=sorted({body.country for body in bodies if body.country}),
        smes=_of_kind(bodies, "sme"),
        patient_organisations=_of_kind(bodies, "patient_organisation"),
        focus_areas=sorted(set(chain(*(each.topic.focus_areas for each in some if each.funded)))),
        proposals=names,
        first_on_reserve=[one.reference for each in some for one in each.first],
        comes_in=[name for name in names if name not in names_now],
        falls_out=[name for name in names_now if name not in names],
    )


def _of_kind(bodies: Iterable[Body], kind: str) -> int:
    return len({body.organisation for body in bodies if body.kind == kind})
