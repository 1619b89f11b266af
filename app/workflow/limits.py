"""Roles that somebody holds for some rows alone."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from app.workflow.who import Actor

Predicate = Callable[[Actor], ColumnElement[bool] | None]


@dataclass(frozen=True)
class Limited:
    """A role `name` that is held for some rows alone: towards them it is what the role `gives` is.

    `where` says which rows of a model those are; None if none of it is.
    """

    name: str
    gives: str
    where: Callable[[type[Any], Actor], ColumnElement[bool] | None]


def within_limits(
    limits: Iterable[Limited], predicate: Predicate, model: type[Any], actor: Actor
) -> ColumnElement[bool] | None:
    """A tie as a role gives it that the actor holds for some rows alone; None if no such role does."""
    found = []
    for one in limits:
        if one.name in actor.roles:
            test = predicate(replace(actor, roles=actor.roles | {one.gives}))
            where = one.where(model, actor)
            if test is not None and where is not None:
                found.append(and_(where, test))
    return or_(*found) if found else None
