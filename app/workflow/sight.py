"""Relations as SQL: who sees a row, and what ties an actor to it, asked in the statement that reads it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    Uuid,
    and_,
    bindparam,
    false,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from app.core.errors import NotFound
from app.workflow.who import Actor, Held, Who

Predicate = Callable[[Actor], ColumnElement[bool] | None]


@dataclass(frozen=True)
class Relation(Who):
    """A named tie between an actor and a row, written once as SQL.

    `predicate` gives None for an actor who cannot have it, so that hidden facts stay out of the SQL of
    those with no right to them. `sees`: it lets the actor see the row. `own`: it is an applicant's or
    the public's, which an interest in the topic does not take away.
    """

    predicate: Predicate = lambda actor: None
    sees: bool = True
    own: bool = False
    public: bool = False


def relation(
    name: str, label: str, predicate: Predicate, *, sees: bool = True, own: bool = False, public: bool = False
) -> Relation:
    """A relation called `name`; `public` ones are asked for people who have not signed in, too."""
    return Relation(
        label, lambda held: name in held, frozenset({name}), predicate, sees, own or public, public
    )


def role(name: str, label: str) -> Relation:
    """Everybody who holds a role, towards every row."""
    return relation(name, label, lambda actor: true() if name in actor.roles else None)


def name_of(tie: Relation) -> str:
    return next(iter(tie.names))


@dataclass(frozen=True)
class Sight:
    """The relations of one model; `topic` is the column whose topic an applicant's interest is in."""

    relations: Sequence[Relation]
    topic: Any = None


_built: list[Any] = []
F = TypeVar("F", bound=Callable[..., Any])


def built_once(build: F) -> F:
    """Build a statement once for what it depends on; forgotten when other relations are installed."""
    kept = cache(build)
    _built.append(kept)
    return cast(F, kept)


Interest = Callable[[Actor, Any], ColumnElement[bool]]
_sights: dict[type[Any], Sight] = {}
_interest: list[Interest] = []


def install(sights: dict[type[Any], Sight], interest: Interest) -> None:
    """Hand over all relations, once, from the page of the process."""
    _sights.clear()
    _sights.update(sights)
    _interest[:] = [interest]
    for kept in _built:
        kept.cache_clear()


Kind = tuple[frozenset[str], bool]
"""What the SQL of an actor depends on: the roles, and whether somebody has signed in at all."""


def kind_of(actor: Actor) -> Kind:
    return actor.roles, actor.id is not None


def parameters(actor: Actor) -> dict[str, Any]:
    """What a statement made for the actor's kind is executed with."""
    return {"actor_id": actor.id, "actor_at": actor.at}


def _anybody(kind: Kind) -> Actor:
    """An actor of a kind, with places to fill for who it is and when; so each statement is built once."""
    roles, signed_in = kind
    who: Any = bindparam("actor_id", type_=Uuid) if signed_in else None
    when: Any = bindparam("actor_at", type_=DateTime(timezone=True))
    return Actor(who, roles, "", when)


Ties = dict[str, tuple[ColumnElement[bool], ColumnElement[bool]]]


@built_once
def _ties(model: type[Any], kind: Kind) -> Ties:
    actor, sight = _anybody(kind), _sights[model]
    found: Ties = {}
    for tie in sight.relations:
        if actor.id is None and not tie.public:
            continue
        test = tie.predicate(actor)
        if test is None:
            continue
        if not tie.own and sight.topic is not None and actor.id is not None:
            test = and_(test, not_(_interest[0](actor, sight.topic)))
        name = name_of(tie)
        held, sees = found.get(name, (false(), false()))
        found[name] = (or_(held, test), or_(sees, test) if tie.sees else sees)
    return found


def ties(model: type[Any], actor: Actor) -> Ties:
    """Every relation this actor may have to a row of `model`: its SQL, and the part of it that gives sight.

    Interest subtracts before roles add (DESIGN 6): whoever applies in a topic keeps, for its rows, the
    applicant's relations alone. Execute with `parameters(actor)`.
    """
    return _ties(model, kind_of(actor))


def _seeing(found: Ties) -> ColumnElement[bool]:
    return or_(false(), *(sees for _, sees in found.values()))


def visible_to(actor: Actor, model: type[Any]) -> ColumnElement[bool]:
    """The WHERE clause of everything that shows rows of `model` to `actor`."""
    return _seeing(ties(model, actor))


def visible_ids(actor: Actor, model: type[Any]) -> Select[Any]:
    """The ids of what the actor sees, for statements in which other tables stand beside the model."""
    return select(model.id).where(visible_to(actor, model)).correlate(None)


@built_once
def _seen(model: type[Any], kind: Kind) -> Select[Any]:
    found = _ties(model, kind)
    columns = [test.label(f"is_{name}") for name, (test, _) in found.items()]
    return select(model, *columns).where(or_(false(), *(sees for _, sees in found.values())))


def seen(actor: Actor, model: type[Any]) -> Select[Any]:
    """Rows of `model` that the actor sees, with one column per relation beside each."""
    return _seen(model, kind_of(actor))


def held_in(row: Any, actor: Actor) -> Held:
    """The names held towards a row read by `seen`."""
    names = {key[3:] for key, value in row._mapping.items() if str(key).startswith("is_") and value}
    return frozenset(names | ({"signed_in"} if actor.id else set()))


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
    return _seen(model, kind).where(model.id == KEY).options(*loading(model, needs))


@built_once
def _lock(model: type[Any], kind: Kind) -> Select[Any]:
    sight = or_(false(), *(sees for _, sees in _ties(model, kind).values()))
    return select(model.id).where(model.id == KEY, sight).with_for_update(of=model, key_share=True)


async def look(
    session: AsyncSession, model: type[Any], key: UUID, actor: Actor, needs: Iterable[str] = ()
) -> tuple[Any, Held]:
    """A row as it is now and what ties the actor to it. Raises NotFound for what is not visible."""
    statement = _look(model, kind_of(actor), frozenset(needs))
    given = parameters(actor) | {"key": key}
    row = (await session.execute(statement, given, execution_options=FRESH)).one_or_none()
    if row is None:
        raise NotFound
    return row[0], held_in(row, actor)


@built_once
def _lock_root(model: type[Any], kind: Kind, root: type[Any], column: Any) -> Select[Any]:
    sight = or_(false(), *(sees for _, sees in _ties(model, kind).values()))
    named = select(column).where(model.id == KEY, sight).scalar_subquery()
    return select(root.id).where(root.id == named).with_for_update(of=root, key_share=True)


async def lock(
    session: AsyncSession,
    model: type[Any],
    key: UUID,
    actor: Actor,
    needs: Iterable[str] = (),
    root: tuple[type[Any], Any] | None = None,
) -> tuple[Any, Held]:
    """Lock a row, then look: nothing read before the lock is believed (DESIGN 4).

    Children may still be inserted by others (`FOR NO KEY UPDATE`). A stranger does not even wait: the
    lock is taken on visible rows only, and sight is asked again once it is held.
    """
    given = parameters(actor) | {"key": key}
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
