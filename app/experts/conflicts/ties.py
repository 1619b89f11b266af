"""Who may come to judge, who applies, what ties the two, and what was found of it: plain values (pure)."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol
from uuid import UUID


class Situation(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def says(self) -> str: ...
    @property
    def years(self) -> int | None: ...


class Situations(Protocol):
    """What the programme says of situations."""

    @property
    def by_tie(self) -> Mapping[str, Situation]: ...
    def shared(self, domain: str) -> bool: ...


@dataclass(frozen=True)
class Who:
    """Somebody who may come to judge. `confirmed`: the mail address is known to be theirs."""

    account_id: UUID
    expert_id: UUID | None
    name: str
    email: str
    confirmed: bool


@dataclass(frozen=True)
class Fact:
    """What ties somebody to an organisation or a person: one that ended or one that goes on.

    `organisation_id` and `group` where the register has it, else `name`; `names` are those it may be found
    by, folded, and `settled` says that nothing is open about them.
    """

    account_id: UUID
    tie: str
    key: str
    says: str
    organisation_id: UUID | None = None
    organisation: str = ""
    group: str | None = None
    names: tuple[str, ...] = ()
    settled: bool = False
    person: str = ""
    email: str = ""
    until: date | None = None


@dataclass(frozen=True)
class Seat:
    """What bars somebody from a call, from a topic, or from every one, whoever applies."""

    account_id: UUID
    tie: str
    key: str
    says: str
    call_id: UUID | None = None
    topic_id: UUID | None = None


@dataclass(frozen=True)
class Named:
    """One of a partner's people."""

    person_id: UUID
    account_id: UUID | None
    email: str
    name: str


@dataclass(frozen=True)
class Applicant:
    """A partner: `number` is its place in the proposal, none if it has left and is in no sealed version."""

    partner_id: UUID
    consortium_id: UUID
    topic_id: UUID
    organisation_id: UUID
    organisation: str
    group: str | None
    names: tuple[str, ...]
    settled: bool
    number: int | None
    people: tuple[Named, ...] = ()

    @property
    def here(self) -> str:
        """How a path names it."""
        place = "which left it" if self.number is None else f"partner {self.number} of this proposal"
        return f"{self.organisation}, {place}"


@dataclass(frozen=True)
class Asked:
    """A proposal that is asked about; `day` is that of its deadline, from which years are counted back."""

    proposal_id: UUID
    reference: str
    consortium_id: UUID
    topic_id: UUID
    call_id: UUID
    day: date


@dataclass(frozen=True)
class Found:
    """A situation that data show, by which fact, and the path as one sentence."""

    situation: str
    fact: str
    path: str


@dataclass(frozen=True)
class Open:
    """Two who may be one, which the office is to settle; `kind` says what they have in common."""

    kind: str
    account_id: UUID
    expert_id: UUID
    proposals: tuple[UUID, ...]
    says: str
    person_id: UUID | None = None
    name: str | None = None
    organisation_id: UUID | None = None


Pair = tuple[UUID, UUID]
"""An account and a proposal."""


@dataclass
class Findings:
    """By account and proposal, what was found; and what is open."""

    found: dict[Pair, list[Found]] = field(default_factory=lambda: defaultdict(list))
    open: list[Open] = field(default_factory=list)

    def of(self, account_id: UUID | None, proposal_id: UUID) -> list[Found]:
        """In the order of the situations; none of somebody who is forgotten."""
        known = self.found.get((account_id, proposal_id), ()) if account_id else ()
        return sorted(known, key=lambda one: (one.situation, one.path))

    def open_for(self, account_id: UUID | None, proposal_id: UUID) -> list[Open]:
        return [one for one in self.open if one.account_id == account_id and proposal_id in one.proposals]


@dataclass
class Settled:
    """What the office has settled: by expert and person, and by expert, folded name and organisation."""

    people: dict[tuple[UUID, UUID], bool] = field(default_factory=dict)
    names: dict[tuple[UUID, str, UUID], bool] = field(default_factory=dict)
