"""Everybody in a rehearsal, and what they have made so far."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.calls.rules import instant
from app.rehearsal.call_file import CallFile
from app.rehearsal.driver import Person, Theatre
from app.rehearsal.plan import Paper, Plan, Seat
from app.rehearsal.synthetic import Synthetic

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass
class Entry:
    """A proposal that somebody writes: who coordinates it, and its ids once there are some."""

    paper: Paper
    coordinator: Person
    consortium: str = ""
    proposal: str = ""
    reference: str = ""


@dataclass
class Expert:
    """An expert under contract for the call: where they work, and for whom they speak, if that was said."""

    person: Person
    id: str
    contract: str
    employer: str | None = None
    sector: str | None = None


@dataclass
class Chair:
    """A seat on a proposal: whose it is, its id, and once the panel is full what this expert thinks of it."""

    expert: Expert
    assignment: str
    entry: Entry
    views: Any = None
    report: str = ""


@dataclass
class Field:
    """One topic in the stage: its ids, its proposals, and who reviews them.

    Of two stages also its way through the next, and who acts for which company of its industry consortium;
    the first leads it.
    """

    plan: Plan
    topic: str = ""
    part: str = ""
    next_part: str = ""
    companies: dict[str, Person] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    late: list[Entry] = field(default_factory=list)
    evaluated: list[Entry] = field(default_factory=list)
    chairs: dict[str, list[Chair]] = field(default_factory=dict)
    panel: str = ""
    decision: str = ""
    late_refused: int = 0
    consultation: str = ""

    @property
    def reference(self) -> str:
        return self.plan.topic.reference

    @property
    def lead(self) -> Person:
        """Who speaks for the industry consortium."""
        return next(iter(self.companies.values()))


@dataclass
class Cast:
    """The people of the office and the committee, and the call that they run.

    `number` is that of the stage that is played, from 0; `counted` what came out of those before it.
    """

    theatre: Theatre
    call_file: CallFile
    synthetic: Synthetic
    office: Person
    second: Person
    members: list[Person] = field(default_factory=list)
    alternates: list[Person] = field(default_factory=list)
    signatory: Person | None = None
    body: str = ""
    call: str = ""
    stage: str = ""
    number: int = 0
    stages: list[str] = field(default_factory=list)
    counted: list[Any] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    experts: list[Expert] = field(default_factory=list)
    organisations: dict[tuple[str, str], str] = field(default_factory=dict)
    rules: dict[str, Any] = field(default_factory=dict)
    marks: dict[str, int] = field(default_factory=dict)
    found: dict[str, str] = field(default_factory=dict)
    told: dict[str, list[list[str]]] = field(default_factory=dict)
    closes: datetime = datetime.max

    @property
    def criteria(self) -> list[str]:
        """The codes of the criteria, as the call's rules give them."""
        return [criterion["code"] for criterion in self.rules["scheme"]["criteria"]]

    @property
    def kind(self) -> str:
        """What is handed in in the stage that is played."""
        return "short" if self.number + 1 < len(self.call_file.stages) else "full"

    def of_kind(self, parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The sections or documents of the rules that the form of this stage has."""
        return [part for part in parts if not part["stages"] or self.kind in part["stages"]]

    @property
    def chair(self) -> Person:
        return self.members[0]

    def organisation(self, seat: Seat) -> str:
        return self.organisations[key_of(seat)]

    def wall(self, name: str) -> str:
        """A day of the call file, of the call or of the stage that is played; Brussels wall time."""
        found = getattr(self.call_file, name, None) or getattr(self.call_file.stages[self.number], name)
        return str(found)

    def note(self, name: str, times: int = 1) -> None:
        """Count something that happened."""
        self.marks[name] = self.marks.get(name, 0) + times

    def tell(self, title: str, *cells: object) -> None:
        """A row of a table that is shown at the end."""
        self.told.setdefault(title, []).append([str(cell) for cell in cells])


def key_of(seat: Seat) -> tuple[str, str]:
    """What makes an organisation the same in two consortia: its code, or its name and country."""
    return (seat.pic, "") if seat.pic else (seat.name, seat.country)


def at(wall: str) -> datetime:
    """The instant of a Brussels wall time of the call file."""
    return instant(wall)


def euro(amount: Any) -> dict[str, str]:
    return {"amount": f"{amount:.2f}", "currency": "EUR"}
