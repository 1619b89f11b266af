"""One table per entity: its states, its rows, what they ask for; pure, and checked when it is built."""

from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from app.core.reason import Reason
from app.workflow.who import Actor, Held, Who, system


class State(StrEnum):
    """A state: its code, what staff read, and the code that applicants read until release if it differs."""

    label: str
    applicants: str

    def __new__(cls, code: str, label: str, applicants: str = "") -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        member.applicants = applicants or code
        return member


@dataclass(frozen=True)
class Ask:
    """What a guard may know: who, when (process time), with what data, and what ties them to the row.

    `data` is None while an act is only being offered; guards about data are silent then. `part` is the
    separately edited piece that the act is about, if it is about one.
    """

    actor: Actor
    now: datetime
    held: Held = frozenset()
    data: Any = None
    part: Any = None


Guard = Callable[[Any, Ask], Iterable[Reason]]
Effect = Callable[[Any, Any], Coroutine[Any, Any, None]]


class BadTable(Exception):
    """The table of an entity contradicts itself; every fault is listed."""


@dataclass(frozen=True)
class Transition:
    """One row: what is done, from where, to where, by whom, on which conditions, with what effect.

    No sources: a creation, and its guards look at the parent it is made `under`. No target: an edit.
    `part` names the separately edited piece it changes. `needs` are the relationships its guards read.
    `second`: two officers. Effects and reactions run in listed order, inside the act's transaction.
    """

    name: str
    sources: frozenset[State] | set[State]
    target: State | None
    by: Who
    doc: str
    guards: Sequence[Guard] = ()
    effects: Sequence[Effect] = ()
    data: type[Any] | None = None
    needs: Sequence[str] = ()
    second: bool = False
    under: str = ""
    part: str = ""
    custom_route: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.sources, str) or not isinstance(self.sources, set | frozenset):
            raise BadTable(f"{self.name}: its sources must be a set of states")

    @property
    def title(self) -> str:
        return self.name.replace("_", " ").capitalize()

    @property
    def creates(self) -> bool:
        return not self.sources

    @property
    def on_the_wire(self) -> bool:
        """Rows of the system alone have no route."""
        return self.by is not system


@dataclass(frozen=True)
class Workflow:
    """All rows of one entity. Raises BadTable when built if the table cannot be right."""

    entity: str
    states: type[State]
    final: frozenset[State] | set[State]
    transitions: Sequence[Transition]
    title: str = ""
    _by_name: dict[str, list[Transition]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        for row in self.transitions:
            self._by_name.setdefault(row.name, []).append(row)
        if faults := list(self._faults()):
            raise BadTable(f"{self.entity}: " + "; ".join(faults))

    @property
    def initial(self) -> frozenset[State]:
        """Where creations lead."""
        return frozenset(r.target for r in self.transitions if r.creates and r.target is not None)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._by_name)

    def rows(self, name: str) -> Sequence[Transition]:
        """The rows of this name; more than one when a way back has one row per target."""
        return self._by_name[name]

    def row(self, name: str, state: State) -> Transition | None:
        """The row of this name that leaves this state."""
        return next((r for r in self._by_name[name] if state in r.sources), None)

    def _faults(self) -> Iterator[str]:
        if not self.initial:
            yield "no row creates it"
        for row in self.transitions:
            if row.creates and row.target is None:
                yield f"creation {row.name} has no target"
            if row.creates and row.second:
                yield f"creation {row.name} cannot wait for a second officer: make confirming a row"
            if row.target is not None and (row.sources & self.final) - {row.target}:
                yield f"{row.name} leaves a final state"
            if row.second and row.by is system:
                yield f"{row.name} waits for two officers but is the system's"
            if (row.name == "edit" or row.part) and row.data is None:
                yield f"{row.name} changes something but takes no data"
            for state in {*row.sources, row.target} - {None}:
                # Equal by its code to a state of another entity, but not that state.
                if not isinstance(state, self.states):
                    yield f"{row.name} names {state}, a state of something else"
        for name, rows in self._by_name.items():
            if len({row.creates for row in rows}) > 1:
                yield f"{name} is both a creation and an act"
        seen: set[tuple[str, State | None]] = set()
        for row in self.transitions:
            sources: Iterable[State | None] = row.sources or {None}
            for source in sources:
                if (row.name, source) in seen:
                    yield f"{row.name} stands twice for {source or 'creation'}"
                seen.add((row.name, source))
        steps = {(s, r.target) for r in self.transitions for s in r.sources if r.target is not None}
        for state in set(self.states) - _reached(self.initial, steps):
            yield f"{state} cannot be reached"
        back = {(target, source) for source, target in steps}
        for state in set(self.states) - _reached(frozenset(self.final), back):
            yield f"{state} is a dead end"

    def mermaid(self) -> str:
        """The state diagram, for the documentation."""
        lines = ["stateDiagram-v2"]
        for row in self.transitions:
            if row.target is not None:
                starts = [str(source) for source in sorted(row.sources)] or ["[*]"]
                lines += [f"    {start} --> {row.target}: {row.name}" for start in starts]
        return "\n".join(lines + [f"    {state} --> [*]" for state in sorted(self.final)])


def _reached(start: frozenset[State], steps: set[tuple[State, State]]) -> set[State]:
    found = set(start)
    while more := {b for a, b in steps if a in found} - found:
        found |= more
    return found


@dataclass(frozen=True)
class Offer:
    """A row that the actor's part allows here, and every reason that still blocks it."""

    row: Transition
    blocked_by: tuple[Reason, ...]


def why_not(row: Transition, subject: Any, ask: Ask) -> tuple[Reason, ...]:
    """Every reason of every guard."""
    return tuple(reason for guard in row.guards for reason in guard(subject, ask))


def allowed(workflow: Workflow, state: State, held: Held) -> Iterator[Transition]:
    """The rows that this state and these names allow; no guard is asked."""
    return (r for r in workflow.transitions if state in r.sources and r.by(held))


def available(workflow: Workflow, subject: Any, ask: Ask) -> list[Offer]:
    """What this actor may do here, each with its reasons why not yet."""
    rows = allowed(workflow, subject.state, ask.held)
    return [Offer(row, why_not(row, subject, ask)) for row in rows]
