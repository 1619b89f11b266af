"""What is mounted: the models, views and parts of every workflow, for routes, documents and tests."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import NotFound
from app.core.pages import Order
from app.core.schema import Action, Confirm, EntityRead, ItemRead, ReasonRead
from app.workflow import second
from app.workflow.asked import Asked
from app.workflow.rows import look
from app.workflow.table import Ask, Offer, Transition, Workflow, allowed, available, why_not
from app.workflow.who import Actor, Held, Who

R = TypeVar("R", bound=BaseModel)
Views = Sequence[tuple[Who, type[R]]]


@dataclass(frozen=True)
class Part:
    """A separately edited piece of an entity, at `<entity>/<name>/{key}`, with a version of its own."""

    name: str
    load: Callable[[AsyncSession, UUID, str], Awaitable[Any]]
    view: type[BaseModel]
    reads: Who


@dataclass(frozen=True)
class Filter(Generic[R]):
    """A query parameter of a list: its type, and the condition it stands for towards this actor."""

    kind: Any
    where: Callable[[Actor, Any], ColumnElement[bool]]


@dataclass(frozen=True)
class Mounted:
    """One workflow as it stands on the wire.

    `root` is an earlier entity, and the column that names it, which acts here change as well: it is locked
    first, so that all acts lock in one order; `further` is one that comes after it in that order. `completes`
    adds to a read what is not of the row itself; `records` is told of the rows that somebody reads, one by
    itself or those of a list.
    """

    workflow: Workflow
    model: type[Any]
    plural: str
    views: Views[EntityRead]
    items: Views[ItemRead] = ()
    needs: Sequence[str] = ()
    parts: Sequence[Part] = ()
    root: tuple[type[Any], Any] | None = None
    further: tuple[type[Any], Any] | None = None
    orders: Mapping[str, Order] = field(default_factory=dict)
    filters: Mapping[str, Filter[Any]] = field(default_factory=dict)
    completes: Callable[[Asked, Any, Any], Awaitable[None]] | None = None
    records: Callable[[Asked, str, Sequence[Any]], Awaitable[None]] | None = None

    @property
    def entity(self) -> str:
        return self.workflow.entity

    @cached_property
    def loads(self) -> frozenset[str]:
        """Every relationship that a view or a guard here may read."""
        own = (row for row in self.workflow.transitions if not row.creates)
        rows = [*own, *(row for _, row in creations_under(self.entity))]
        return frozenset(self.needs) | {name for row in rows for name in row.needs}

    def needs_of(self, *names: str) -> frozenset[str]:
        """What the guards and effects of these rows read: all that an act loads before it is done."""
        return frozenset(need for name in names for row in self.workflow.rows(name) for need in row.needs)

    async def read(self, asked: Asked, key: UUID) -> EntityRead:
        """The fullest view that the actor may have of this row as it is now. Raises NotFound."""
        subject, held = await look(asked.session, self.model, key, asked.actor, self.loads)
        return await self.view(asked, subject, held)

    async def view(self, asked: Asked, subject: Any, held: Held) -> EntityRead:
        """The same, for a row that has just been read with its relations."""
        body = _fullest(self.views, held).model_validate(subject, context={"now": asked.now})
        ask = Ask(asked.actor, asked.now, held)
        offers = available(self.workflow, subject, ask)
        offers += [o for _, row in creations_under(self.entity) if (o := _offer(row, subject, ask))]
        waiting: dict[str, second.SecondRequest] = {}
        if any(offer.row.second for offer in offers):
            asked_for = await asked.session.scalars(second.pending(self.entity, subject.id))
            waiting = {w.act: w for w in asked_for if w.state == str(subject.state)}
        body.actions = [
            Action(
                name=offer.row.name,
                title=offer.row.title,
                blocked_by=[ReasonRead.model_validate(r, from_attributes=True) for r in offer.blocked_by],
                confirm=_confirm(waiting.get(offer.row.name), asked.actor),
            )
            for offer in offers
            if offer.row.on_the_wire
        ]
        if self.completes is not None:
            await self.completes(asked, subject, body)
        if self.records is not None:
            await self.records(asked, self.entity, [subject])
        return body

    def item(self, subject: Any, held: Held, now: datetime) -> ItemRead | None:
        """A row of a list, or None if no face of it is for this reader; one such row must not fail them all.

        The acts it names are what state and relations allow.
        """
        view = next((view for who, view in self.items if who(held)), None)
        if view is None:
            return None
        body = view.model_validate(subject, context={"now": now})
        body.actions = [r.name for r in allowed(self.workflow, subject.state, held) if r.on_the_wire]
        return body


def _offer(row: Transition, parent: Any, ask: Ask) -> Offer | None:
    return Offer(row, why_not(row, parent, ask)) if row.by(ask.held) else None


def _confirm(waiting: second.SecondRequest | None, actor: Actor) -> Confirm | None:
    if waiting is None or waiting.asked_by == actor.id:
        return None
    return Confirm(digest=waiting.digest, asked_at=waiting.asked_at)


def _fullest(views: Views[R], held: Held) -> type[R]:
    for who, view in views:
        if who(held):
            return view
    raise NotFound


MOUNTED: dict[str, Mounted] = {}


def creations_under(entity: str) -> list[tuple[Mounted, Transition]]:
    """The creations whose parent is an entity of this kind."""
    return [
        (m, row)
        for m in MOUNTED.values()
        for row in m.workflow.transitions
        if row.creates and row.under == entity
    ]
