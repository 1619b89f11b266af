"""The CHECKs that hold a column to a few words, which Alembic itself does not compare."""

import re
from collections.abc import Iterable, Iterator

from alembic.autogenerate import comparators
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from sqlalchemy import CheckConstraint, Connection, Enum, MetaData, Table, text
from sqlalchemy.sql.naming import conv

FOUND = text(
    "SELECT conrelid::regclass::text AS tabled, conname, pg_get_constraintdef(oid) AS rule "
    "FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace"
)


@comparators.dispatch_for("schema")
def compare_words(context: AutogenContext, upgrades: ops.UpgradeOps, schemas: object) -> None:
    """Let a revision that is being written see states and other words that came or went."""
    assert context.connection is not None
    assert isinstance(context.metadata, MetaData)
    upgrades.ops.extend(_differing(context.connection, context.metadata))


def _differing(connection: Connection, metadata: MetaData) -> Iterator[ops.MigrateOperation]:
    found = {(row.tabled, row.conname): row.rule for row in connection.execute(FOUND)}
    for table in metadata.sorted_tables:
        for column in table.columns:
            kind = column.type
            if not isinstance(kind, Enum) or kind.native_enum:
                continue
            name = f"ck_{table.name}_{kind.name}"
            words = re.findall(r"'([^']*)'", found.get((table.name, name), ""))
            if words and set(words) != set(kind.enums):
                before, after = (_check(table.name, column.name, name, w) for w in (words, kind.enums))
                yield ops.DropConstraintOp.from_constraint(before)
                yield ops.CreateCheckConstraintOp.from_constraint(after)


def _check(table: str, column: str, name: str, words: Iterable[str]) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    check = CheckConstraint(f"{column} IN ({listed})", name=conv(name))
    Table(table, MetaData()).append_constraint(check)
    return check
