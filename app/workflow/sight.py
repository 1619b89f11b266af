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

from app.workflow.limits import Limited, Predicate, within_limits
from app.workflow.who import Actor, Held, Who


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
_limited: list[Limited] = []


def install(sights: dict[type[Any], Sight], interest: Interest, *limited: Limited) -> None:
    """Hand over all relations, from the page of the process; the same ones again change nothing."""
    same = _interest == [interest] and _limited == [*limited] and _sights.keys() == sights.keys()
    # By identity: what `==` compares in a Sight is SQL, which has no truth.
    if same and all(_sights[model] is sight for model, sight in sights.items()):
        return
    _sights.clear()
    _sights.update(sights)
    _interest[:] = [interest]
    _limited[:] = limited
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
ALWAYS, IMPARTIAL = "is", "impartial"
"""What the columns of ties are called by: an own one always holds, another where `impartial` says so."""


@dataclass(frozen=True)
class Parted:
    """The ties of an actor of one kind to a row: those of applicants and the public, and all others.

    `interested` takes the others away: an interest in the topic, or what is withheld. It is asked once for
    all of them: its SQL is the longest, and a server plans what is repeated as often as it stands there.
    """

    own: Ties
    others: Ties
    interested: ColumnElement[bool] | None

    def without_interest(self, test: ColumnElement[bool]) -> ColumnElement[bool]:
        return test if self.interested is None else and_(test, not_(self.interested))


@built_once
def ties_of(model: type[Any], kind: Kind) -> Parted:
    """Every tie that an actor of this kind may have to a row of the model."""
    return _ties(model, _anybody(kind))


def _ties(model: type[Any], actor: Actor) -> Parted:
    sight = _sights[model]
    own: Ties = {}
    others: Ties = {}
    for tie in sight.relations:
        if actor.id is None and not tie.public:
            continue
        test = tie.predicate(actor)
        if test is None:
            test = within_limits(_limited, tie.predicate, model, actor)
        if test is None:
            continue
        found, name = own if tie.own else others, name_of(tie)
        held, sees = found.get(name, (false(), false()))
        found[name] = (or_(held, test), or_(sees, test) if tie.sees else sees)
    return Parted(own, others, _interested(sight, actor))


def _interested(sight: Sight, actor: Actor) -> ColumnElement[bool] | None:
    if actor.id is None:
        return None
    found = []
    if sight.topic is not None:
        found.append(_interest[0](actor, sight.topic))
        if sight.further is not None:
            found.append(sight.further(partial(_interest[0], actor)))
    if sight.withheld is not None:
        found.append(sight.withheld(actor))
    return or_(*found) if found else None


@built_once
def _whole(model: type[Any], kind: Kind) -> Ties:
    parted = ties_of(model, kind)
    found = dict(parted.own)
    for name, tests in parted.others.items():
        before = found.get(name, (false(), false()))
        less = [parted.without_interest(test) for test in tests]
        found[name] = (or_(before[0], less[0]), or_(before[1], less[1]))
    return found


def ties(model: type[Any], actor: Actor) -> Ties:
    """Every relation this actor may have to a row of `model`: its SQL, and the part of it that gives sight.

    Interest subtracts before roles add: whoever applies in a topic keeps, for its rows, the
    applicant's relations alone. Execute with `parameters(actor)`.
    """
    return _whole(model, kind_of(actor))


def seeing(parted: Parted) -> ColumnElement[bool]:
    """Whether any of these relations lets one see."""
    own, others = (
        or_(false(), *(sees for _, sees in found.values())) for found in (parted.own, parted.others)
    )
    return or_(own, parted.without_interest(others))


def visible_to(actor: Actor, model: type[Any]) -> ColumnElement[bool]:
    """The WHERE clause of everything that shows rows of `model` to `actor`."""
    return seeing(ties_of(model, kind_of(actor)))


def visible_ids(actor: Actor, model: type[Any]) -> Select[Any]:
    """The ids of what the actor sees, for statements in which other tables stand beside the model."""
    return select(model.id).where(visible_to(actor, model)).correlate(None)


@built_once
def seen_by(model: type[Any], kind: Kind) -> Select[Any]:
    """`seen`, for every actor of a kind."""
    parted = ties_of(model, kind)
    columns = [test.label(f"{ALWAYS}_{name}") for name, (test, _) in parted.own.items()]
    columns += [test.label(f"{IMPARTIAL}_{name}") for name, (test, _) in parted.others.items()]
    if parted.interested is not None:
        columns.append(not_(parted.interested).label(IMPARTIAL))
    return select(model, *columns).where(seeing(parted))


def seen(actor: Actor, model: type[Any]) -> Select[Any]:
    """Rows of `model` that the actor sees, with what `held_in` reads beside each."""
    return seen_by(model, kind_of(actor))


def seen_by_each(actors: Sequence[Actor], model: type[Any]) -> Select[Any]:
    """The ids of all rows, with a column per actor, called by its id: whether this one sees the row."""
    columns = [seeing(_ties(model, actor)).label(str(actor.id)) for actor in actors]
    return select(model.id, *columns)


def held_in(row: Any, actor: Actor) -> Held:
    """The names held towards a row read by `seen`."""
    found = row._mapping
    count = (f"{ALWAYS}_", f"{IMPARTIAL}_") if found.get(IMPARTIAL, True) else (f"{ALWAYS}_",)
    held = (str(key) for key, value in found.items() if value)
    names = {key.split("_", 1)[1] for key in held if key.startswith(count)}
    return frozenset(names | ({"signed_in"} if actor.id else set()))
