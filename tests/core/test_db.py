"""What every table keeps to: names of rules, enums as checks, nothing left to the server's own mind."""

import re

import pytest
from sqlalchemy import CheckConstraint, Float, ForeignKeyConstraint, UniqueConstraint, text
from sqlalchemy.orm import RelationshipProperty

import app.process
from app.core.db import Base, Entity
from tests.conftest import World

assert app.process.STAGES
TABLES = sorted(Base.metadata.tables)


def test_there_are_tables_to_look_at() -> None:
    assert len(TABLES) > 30


@pytest.mark.parametrize("table", TABLES)
def test_every_rule_has_a_name_that_an_error_can_tell(table: str) -> None:
    rules = Base.metadata.tables[table].constraints
    named = [
        str(r.name) for r in rules if isinstance(r, CheckConstraint | UniqueConstraint | ForeignKeyConstraint)
    ]
    assert [name for name in named if not re.fullmatch(r"(ck|uq|fk)_[a-z0-9_]{3,59}", name)] == []


@pytest.mark.parametrize("table", TABLES)
def test_no_column_is_a_float(table: str) -> None:
    columns = Base.metadata.tables[table].c
    assert [c.name for c in columns if isinstance(c.type, Float)] == []


def test_nothing_is_loaded_without_being_asked_for() -> None:
    lazy = [
        f"{mapper.class_.__name__}.{name}"
        for mapper in Base.registry.mappers
        for name, found in mapper.relationships.items()
        if isinstance(found, RelationshipProperty) and found.lazy not in ("raise", "raise_on_sql", "noload")
    ]
    assert lazy == []


def test_every_entity_has_a_state_and_a_chain() -> None:
    entities = [m.local_table for m in Base.registry.mappers if issubclass(m.class_, Entity)]
    assert len(entities) > 10
    for table in entities:
        assert {"id", "state", "created_at", "audit_seq", "audit_head"} <= set(table.c.keys()), table


@pytest.mark.anyio
async def test_the_app_has_no_more_rights_than_it_needs(world: World) -> None:
    async with world.sessions() as session:
        rights = "rolname, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls"
        mine = await session.execute(text(f"SELECT {rights} FROM pg_roles WHERE rolname = current_user"))
        assert tuple(mine.one()) == ("imi_app", False, False, False, False)
        may = text("SELECT has_schema_privilege('public', 'CREATE')")
        assert await session.scalar(may) is False
