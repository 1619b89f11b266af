"""Firing a row: the one place where a state is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import audit
from app.core.errors import Forbidden, Problem, Unauthenticated, Unmet, WrongState
from app.core.reason import Reason
from app.workflow import second
from app.workflow.table import Ask, Effect, Transition, Workflow, why_not
from app.workflow.who import Actor

SYSTEM = frozenset({"system"})
Reactions = Mapping[tuple[str, str], Sequence[Effect]]
_reactions: dict[tuple[str, str], Sequence[Effect]] = {}


def install(reactions: Reactions) -> None:
    """Hand over what later stages do when a row of an earlier one has fired, once."""
    _reactions.clear()
    _reactions.update(reactions)


@dataclass
class Act:
    """One act under way: its transaction, what was asked, and what is to be remembered of it."""

    session: AsyncSession
    ask: Ask
    request_id: str = ""
    cause: UUID | None = None
    by_system: bool = False
    parent: Any = None
    row: Transition | None = None
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        return self.ask.actor

    @property
    def now(self) -> datetime:
        return self.ask.now

    @property
    def data(self) -> Any:
        return self.ask.data

    @property
    def part(self) -> Any:
        return self.ask.part

    def note(self, **facts: Any) -> None:
        """Add facts to the audit detail of this act; plain JSON values."""
        self.notes |= facts

    def given(self, data: Any, parent: Any = None) -> "Act":
        """The same act with other data, and under another parent: for a further row that it fires."""
        return replace(self, ask=replace(self.ask, data=data), parent=parent, notes={})

    def as_system(self, event: audit.AuditEvent, data: Any = None) -> "Act":
        """The same transaction acting as the system, on behalf of the actor, because of `event`."""
        ask = replace(self.ask, held=SYSTEM, data=data, part=None)
        return Act(self.session, ask, self.request_id, event.id, by_system=True)


def system_act(session: AsyncSession, now: datetime, request_id: str = "") -> Act:
    """An act that nobody asked for: what follows from the clock alone."""
    return Act(session, Ask(Actor(), now, SYSTEM), request_id, by_system=True)


def _refused(problem: Problem, workflow: Workflow, name: str, subject: Any, act: Act) -> Problem:
    """The same problem, with the record of it that outlives the rollback."""
    problem.record = audit.Refusal(
        id=uuid4(),
        at=act.now,
        entity=workflow.entity,
        entity_id=getattr(subject, "id", None),
        act=name,
        actor_id=act.actor.id,
        codes=[r.code for r in problem.reasons] or [problem.kind],
        request_id=act.request_id,
    )
    return problem


def may(workflow: Workflow, name: str, subject: Any, act: Act) -> None:
    """Refuse an actor that no row of this name is for. Raises Forbidden."""
    rows = workflow.rows(name)
    if not any(row.by(act.ask.held) for row in rows):
        if act.actor.id is None and not act.by_system:
            raise Unauthenticated
        label = " or ".join(dict.fromkeys(row.by.label for row in rows))
        told = f"Only {label} may {name.replace('_', ' ')} this {workflow.title or workflow.entity}."
        raise _refused(Forbidden(told), workflow, name, subject, act)


def chosen(workflow: Workflow, name: str, subject: Any, act: Act) -> Transition:
    """The row to fire: who first, then state. Raises Forbidden or WrongState."""
    may(workflow, name, subject, act)
    row = workflow.row(name, subject.state)
    if row is None:
        sources = sorted({s.label for r in workflow.rows(name) for s in r.sources})
        told = f"To {name.replace('_', ' ')}, it must be: {' or '.join(f'“{label}”' for label in sources)}."
        raise _refused(WrongState(told), workflow, name, subject, act)
    if not row.by(act.ask.held):
        told = f"Only {row.by.label} may {name.replace('_', ' ')} it in this state."
        raise _refused(Forbidden(told), workflow, name, subject, act)
    return row


def check(workflow: Workflow, row: Transition, subject: Any, act: Act) -> None:
    """Ask every guard. Raises Unmet with all reasons."""
    if reasons := why_not(row, subject, act.ask):
        raise _refused(Unmet(reasons=reasons), workflow, row.name, subject, act)


def refuse(workflow: Workflow, name: str, subject: Any, act: Act, reasons: Sequence[Reason]) -> Problem:
    """For an effect that finds a reason no guard could see; raise what this returns."""
    return _refused(Unmet(reasons=reasons), workflow, name, subject, act)


async def fire(workflow: Workflow, name: str, subject: Any, act: Act) -> audit.AuditEvent | None:
    """Fire the row `name` on a locked `subject`: who, state, guards, then everything that follows.

    Gives the audit event, or None when the row waits for a second officer. Raises Forbidden (who),
    WrongState (state) or Unmet (guards, with every reason); then nothing has changed.
    """
    row = chosen(workflow, name, subject, act)
    check(workflow, row, subject, act)
    if row.second and not await _confirmed(workflow, row, subject, act):
        return None
    fired = await _do(workflow, row, subject, act)
    await _react(workflow, name, act, [fired])
    return fired[-1]


async def _confirmed(workflow: Workflow, row: Transition, subject: Any, act: Act) -> bool:
    try:
        return await second.confirmed(workflow, row, subject, act)
    except Unmet as problem:
        raise _refused(problem, workflow, row.name, subject, act) from None


async def create(workflow: Workflow, name: str, subject: Any, act: Act) -> audit.AuditEvent:
    """Fire a creation on a new, empty `subject`; its guards look at the parent (`act.parent`).

    Effects link children and parents by relationship, not by id: the order of the INSERTs follows.
    """
    row = workflow.rows(name)[0]
    may(workflow, name, act.parent, act)
    check(workflow, row, act.parent, act)
    subject.id = subject.id or uuid4()
    subject.created_at = act.now
    fired = await _do(workflow, row, subject, act)
    await _react(workflow, name, act, [fired])
    return fired[-1]


async def create_all(workflow: Workflow, name: str, subjects: Sequence[Any], act: Act) -> None:
    """Fire a creation on many new subjects under one parent, all or none, written in few statements."""
    row = workflow.rows(name)[0]
    may(workflow, name, act.parent, act)
    check(workflow, row, act.parent, act)
    fired = []
    for subject in subjects:
        subject.id = subject.id or uuid4()
        subject.created_at = act.now
        fired.append(await _do(workflow, row, subject, replace(act, notes={})))
    await _react(workflow, name, act, fired)


async def fire_all(workflow: Workflow, name: str, subjects: Sequence[Any], act: Act) -> None:
    """Fire a row on many locked subjects, all or none; they are written together, in few statements.

    All are checked before the first changes, and reactions run once all are written.
    """
    rows = [chosen(workflow, name, subject, act) for subject in subjects]
    for row, subject in zip(rows, subjects, strict=True):
        if row.second:
            raise ValueError(f"{workflow.entity}.{name} needs two officers each time; fire it one by one")
        check(workflow, row, subject, act)
    fired = []
    for row, subject in zip(rows, subjects, strict=True):
        fired.append(await _do(workflow, row, subject, replace(act, notes={})))
    await _react(workflow, name, act, fired)


Fired = tuple[Any, Act, audit.AuditEvent]


async def _do(workflow: Workflow, row: Transition, subject: Any, act: Act) -> Fired:
    before = "" if row.creates else str(subject.state)
    await _change(row, subject, act)
    return subject, act, _record(workflow, row, subject, act, before)


async def _change(row: Transition, subject: Any, act: Act) -> None:
    act.row = row
    if row.target is not None:
        subject.state = row.target
    if act.part is not None:
        act.part.version += 1
    elif row.name == "edit":
        subject.version += 1
    if row.creates:
        act.session.add(subject)
    with act.session.no_autoflush:
        for effect in row.effects:
            await effect(subject, act)


def _record(workflow: Workflow, row: Transition, subject: Any, act: Act, before: str) -> audit.AuditEvent:
    return audit.append(
        act.session,
        workflow.entity,
        subject,
        at=act.now,
        act=row.name,
        actor_id=act.actor.id,
        by_system=act.by_system,
        cause_id=act.cause,
        request_id=act.request_id,
        before=before,
        after=str(subject.state),
        detail=_detail(act),
    )


async def _react(workflow: Workflow, name: str, act: Act, fired: Sequence[Fired]) -> None:
    """Write what was done, then let the later stages follow."""
    await act.session.flush()
    for subject, one, event in fired:
        for reaction in _reactions.get((workflow.entity, name), ()):
            await reaction(subject, one.as_system(event, one.data))


def _detail(act: Act) -> dict[str, Any]:
    given = act.data.model_dump(mode="json") if isinstance(act.data, BaseModel) else {}
    return given | act.notes


async def fill(subject: Any, act: Act) -> None:
    """Effect: copy what was sent onto the subject, or onto the part that is edited.

    A creation takes the defaults too; an edit leaves alone what was not sent.
    """
    onto = act.part if act.part is not None else subject
    creates = act.row is not None and act.row.creates
    for name in type(act.data).model_fields if creates else act.data.model_fields_set:
        setattr(onto, name, getattr(act.data, name))
