"""Reading and locking rows: the unseen is not there, and what was read before a lock is not believed."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from app.core.errors import NotFound
from app.workflow.sight import (
    Kind,
    built_once,
    held_in,
    kind_of,
    parameters,
    seeing,
    seen_by,
    ties_of,
)
from app.workflow.who import Actor, Held, Who


def loading(model: type[Any], needs: Iterable[str]) -> list[Any]:
    """Loader options for relationship names; dots reach through (`stage.call`)."""
    options = []
    for path in sorted(set(needs)):
        option, here = None, model
        for name in path.split("."):
            attribute = getattr(here, name)
            many = attribute.property.uselist
            step = (
                (selectinload if many else joinedload)
                if option is None
                else getattr(option, "selectinload" if many else "joinedload")
            )
            option, here = step(attribute), attribute.property.mapper.class_
        options.append(option)
    return options


FRESH = {"populate_existing": True}
KEY: Any = bindparam("key", type_=Uuid)


@built_once
def _look(model: type[Any], kind: Kind, needs: frozenset[str]) -> Select[Any]:
    return seen_by(model, kind).where(model.id == KEY).options(*loading(model, needs))


@built_once
def _lock(model: type[Any], kind: Kind) -> Select[Any]:
    sight = seeing(ties_of(model, kind))
    return select(model.id).where(model.id == KEY, sight).with_for_update(of=model, key_share=True)


async def look(
    session: AsyncSession,
    model: type[Any],
    key: UUID,
    actor: Actor,
    needs: Iterable[str] = (),
    by: Who | None = None,
) -> tuple[Any, Held]:
    """A row as it is now and what ties the actor to it.

    Raises NotFound for what is not visible, and to whoever is none of `by`.
    """
    statement = _look(model, kind_of(actor), frozenset(needs))
    given = parameters(actor) | {"key": key}
    row = (await session.execute(statement, given, execution_options=FRESH)).one_or_none()
    if row is None:
        raise NotFound
    held = held_in(row, actor)
    if by is not None and not by(held):
        raise NotFound
    return row[0], held


@built_once
def _lock_root(model: type[Any], kind: Kind, root: type[Any], column: Any) -> Select[Any]:
    sight = seeing(ties_of(model, kind))
    named = select(column).where(model.id == KEY, sight).scalar_subquery()
    return select(root.id).where(root.id == named).with_for_update(of=root, key_share=True)


async def lock(
    session: AsyncSession,
    model: type[Any],
    key: UUID,
    actor: Actor,
    needs: Iterable[str] = (),
    *roots: tuple[type[Any], Any] | None,
) -> tuple[Any, Held]:
    """Lock a row, then look: nothing read before the lock is believed.

    Children may still be inserted by others (`FOR NO KEY UPDATE`). A stranger does not even wait: the
    lock is taken on visible rows only, and sight is asked again once it is held.
    """
    given = parameters(actor) | {"key": key}
    for root in roots:
        if root is not None:
            await session.execute(_lock_root(model, kind_of(actor), *root), given)
    if await session.scalar(_lock(model, kind_of(actor)), given) is None:
        raise NotFound
    return await look(session, model, key, actor, needs)


async def lock_all(
    session: AsyncSession, model: type[Any], keys: Iterable[UUID], needs: Iterable[str] = ()
) -> list[Any]:
    """Lock many rows in the order of their ids, in one statement; sight is not asked: for the system."""
    wanted = list(keys)
    statement = select(model).where(model.id.in_(wanted)).order_by(model.id)
    locked = statement.with_for_update(of=model, key_share=True).options(*loading(model, needs))
    return list((await session.scalars(locked, execution_options=FRESH)).unique())
