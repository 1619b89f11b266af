"""Which call a row belongs to: found from the foreign keys, so that nothing that comes later is forgotten."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, false, or_, select

from app.calls.models import Call, Stage, TopicStage
from app.core.db import Base
from app.people.access import audited_calls
from app.topics.models import Topic
from app.workflow.who import Actor

Way = tuple[Any, ...]
"""The columns to follow from a row, each to the table that it names; the last leads to the call or topic."""
Belongs = Callable[[type[Any], Actor], ColumnElement[bool] | None]


def _table(model: type[Any]) -> Table:
    table: Table = model.__table__
    return table


@cache
def ways() -> Mapping[Table, Way]:
    """For each table whose rows are of a call, the shortest way to it over keys that are always set.

    Of ways that are equally long it is the one over the column that comes first in its table. What is made
    for a call never goes by its topic, which may be in another call later; only what has no other way does.
    """
    to_call = _further({_table(Call): ()}, but=_table(Topic))
    return _further({**to_call, _table(Topic): ()})


def _further(found: Mapping[Table, Way], but: Table | None = None) -> Mapping[Table, Way]:
    """These and every table from which a way leads to one of them."""
    known = dict(found)
    while True:
        more = {
            table: way
            for table in Base.metadata.sorted_tables
            if table not in known and table is not but and (way := _shortest(table, known)) is not None
        }
        if not more:
            return known
        known |= more


def _shortest(table: Table, known: Mapping[Table, Way]) -> Way | None:
    found = [
        (column, *known[key.column.table])
        for column in table.c
        for key in column.foreign_keys
        if not column.nullable and key.column.table in known
    ]
    return min(found, key=len, default=None)


def of_calls(table: Table, calls: Select[Any]) -> ColumnElement[bool] | None:
    """The row of this table belongs to one of these calls; None if rows of it belong to none.

    A topic belongs to every call that it is, or was, in.
    """
    if table not in ways():
        return None
    return _at_the_end_of(ways()[table], table, calls)


def _at_the_end_of(way: Way, table: Table, calls: Select[Any]) -> ColumnElement[bool]:
    if way:
        (key,) = way[0].foreign_keys
        there = key.column.table
        named = select(there.c.id).where(_at_the_end_of(way[1:], there, calls)).correlate(None)
        found: ColumnElement[bool] = way[0].in_(calls if there is _table(Call) else named)
        return found
    if table is _table(Call):
        return table.c.id.in_(calls)
    parts = select(TopicStage.topic_id).join(Stage).where(Stage.call_id.in_(calls)).correlate(None)
    return table.c.id.in_(parts)


def in_audited_call(subjects: Mapping[type[Any], tuple[Any, Sequence[type[Any]]]]) -> Belongs:
    """What tells whether a row of a model belongs to a call that the actor is appointed to audit.

    `subjects`: of models that name what they are about by no foreign key, the column that does, and what
    that may be.
    """

    def belongs(model: type[Any], actor: Actor) -> ColumnElement[bool] | None:
        calls = audited_calls(actor)
        if model not in subjects:
            return of_calls(_table(model), calls)
        column, named = subjects[model]
        found = ((one, of_calls(_table(one), calls)) for one in named)
        theirs = (select(one.id).where(such).correlate(None) for one, such in found if such is not None)
        return or_(false(), *(column.in_(ids) for ids in theirs))

    return belongs
