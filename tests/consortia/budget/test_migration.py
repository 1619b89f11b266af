"""The revision that gave partners a budget, over partners that are there."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command

from app.consortia.budget.rules import FIGURES
from app.core.db import config_for
from app.core.postgres import Database, libpq
from tests.earlier import before_revision

REVISION = "0020"
ROWS = """
ALTER TABLE consortium DROP CONSTRAINT fk_consortium_topic_stage_id, DROP CONSTRAINT fk_consortium_topic_id;
ALTER TABLE partner DROP CONSTRAINT fk_partner_organisation_id;
INSERT INTO consortium (id, created_at, audit_seq, audit_head, state, topic_stage_id, topic_id, name)
VALUES (gen_random_uuid(), now(), 0, '', 'active', gen_random_uuid(), gen_random_uuid(), 'One');
INSERT INTO partner (id, created_at, audit_seq, audit_head, version, state, consortium_id, organisation_id,
    coordinates, requested)
SELECT gen_random_uuid(), now(), 0, '', 3, 'signed', id, gen_random_uuid(), true, 12.50 FROM consortium;
"""


@pytest.fixture
def before(template: Database) -> Iterator[Database]:
    """A database at the revision before, with a partner that has signed and asks for money."""
    with before_revision(REVISION, template, ROWS) as earlier:
        yield earlier


def test_a_partner_keeps_what_it_asks_for_and_says_nothing_else(before: Database) -> None:
    config = config_for(before.owner_url)
    command.upgrade(config, REVISION)
    with psycopg.connect(libpq(before.owner_url)) as connection:
        kept = connection.execute(f"SELECT {', '.join(FIGURES)}, self_financed, state, version FROM partner")
        assert [str(value) for value in kept.fetchall()[0]] == [
            "12.50" if name == "requested" else "0.00" for name in FIGURES
        ] + ["False", "signed", "3"]
        opened = connection.execute("SELECT open_budgets, version FROM consortium").fetchall()
        assert opened == [(False, 1)]
        for name in FIGURES:
            negative = pytest.raises(psycopg.errors.CheckViolation, match=f"{name}_is_not_negative")
            with negative, connection.transaction():
                connection.execute(f"UPDATE partner SET {name} = -0.01")
    command.downgrade(config, "0016")
    command.upgrade(config, REVISION)
    with psycopg.connect(libpq(before.owner_url)) as connection:
        kept = connection.execute("SELECT requested::text, personnel::text, state FROM partner")
        assert kept.fetchall() == [("12.50", "0.00", "signed")]
