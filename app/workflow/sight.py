"""Relations as SQL: who sees a row, and what ties an actor to it, asked in the statement that reads it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, TypeVar, cast

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
    """The relations of one model; `topic` is the column whose topic an applicant's interest is in.

    `further`: for a row about several topics, whether the interest it is given is in another of them.
    `withheld`: whether a later stage keeps the row from the actor for good; it leaves, as an interest does,
    an applicant's relations alone.
    """

    relations: Sequence[Relation]
    topic: Any = None
    further: Callable[[Callable[[Any], ColumnElement[bool]]], ColumnElement[bool]] | None = None
    withheld: Callable[[Actor], ColumnElement[bool]] | None = None


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
def ties_of(model: type[Any], kind: Kind) -> Ties:
    """`ties`, for every actor of a kind."""
    return _ties(model, _anybody(kind))


def _ties(model: type[Any], actor: Actor) -> Ties:
    sight = _sights[model]
    found: Ties = {}
    for tie in sight.relations:
        if actor.id is None and not tie.public:
            continue
        test = tie.predicate(actor)
        if test is None:
            continue
        if not tie.own and sight.topic is not None and actor.id is not None:
            test = and_(test, not_(_interest[0](actor, sight.topic)))
            if sight.further is not None:
                test = and_(test, not_(sight.further(partial(_interest[0], actor))))
        if not tie.own and sight.withheld is not None and actor.id is not None:
            test = and_(test, not_(sight.withheld(actor)))
        name = name_of(tie)
        held, sees = found.get(name, (false(), false()))
        found[name] = (or_(held, test), or_(sees, test) if tie.sees else sees)
    return found


def ties(model: type[Any], actor: Actor) -> Ties:
    """Every relation this actor may have to a row of `model`: its SQL, and the part of it that gives sight.

    Interest subtracts before roles add: whoever applies in a topic keeps, for its rows, the
    applicant's relations alone. Execute with `parameters(actor)`.
    """
    return ties_of(model, kind_of(actor))


def seeing(found: Ties) -> ColumnElement[bool]:
    """Whether any of these relations lets one see."""
    return or_(false(), *(sees for _, sees in found.values()))


def visible_to(actor: Actor, model: type[Any]) -> ColumnElement[bool]:
    """The WHERE clause of everything that shows rows of `model` to `actor`."""
    return seeing(ties(model, actor))


def visible_ids(actor: Actor, model: type[Any]) -> Select[Any]:
    """The ids of what the actor sees, for statements in which other tables stand beside the model."""
    return select(model.id).where(visible_to(actor, model)).correlate(None)


@built_once
def seen_by(model: type[Any], kind: Kind) -> Select[Any]:
    """`seen`, for every actor of a kind."""
    found = ties_of(model, kind)
    columns = [test.label(f"is_{name}") for name, (test, _) in found.items()]
    return select(model, *columns).where(seeing(found))


def seen(actor: Actor, model: type[Any]) -> Select[Any]:
    """Rows of `model` that the actor sees, with one column per relation beside each."""
    return seen_by(model, kind_of(actor))


def seen_by_each(actors: Sequence[Actor], model: type[Any]) -> Select[Any]:
    """The ids of all rows, with a column per actor, called by its id: whether this one sees the row."""
    columns = [seeing(_ties(model, actor)).label(str(actor.id)) for actor in actors]
    return select(model.id, *columns)


def held_in(row: Any, actor: Actor) -> Held:
    """The names held towards a row read by `seen`."""
    names = {key[3:] for key, value in row._mapping.items() if str(key).startswith("is_") and value}
    return frozenset(names | ({"signed_in"} if actor.id else set()))
