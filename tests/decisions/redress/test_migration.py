"""The revision that gives settled requests their place, over requests that are there."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command

from app.core.db import config_for
from app.core.postgres import Database, libpq
from tests.decisions.test_migration_of_reserves import ALONE, DECISIONS, FOUND
from tests.earlier import before_revision

REVISION = "0045"
# A rank that is shared, one that is not, none.
REQUESTS = """
ALTER TABLE redress DROP CONSTRAINT fk_redress_proposal_id, DROP CONSTRAINT fk_redress_consortium_id,
    DROP CONSTRAINT fk_redress_filed_by, DROP CONSTRAINT fk_redress_prepared_by,
    DROP CONSTRAINT fk_redress_decided_by, DROP CONSTRAINT fk_redress_settled_by;
INSERT INTO redress (id, created_at, audit_seq, audit_head, state, proposal_id, topic_stage_id, topic_id,
    consortium_id, grounds, text, filed_by, answer_due, criteria, prepared_by, decided_by, decided_at,
    settled_by, outcome, remedy, rank, shares_rank)
SELECT gen_random_uuid(), now(), 0, '', 'settled', gen_random_uuid(), part.id, part.topic_id,
    gen_random_uuid(), '[]', '', gen_random_uuid(), now(), '[]', gen_random_uuid(), gen_random_uuid(), now(),
    gen_random_uuid(), 'changed', 'reserve', given.rank, given.shares
FROM (SELECT * FROM topic_stage LIMIT 1) part,
    (VALUES (3, true), (2, false), (NULL, false)) AS given (rank, shares)
"""
PLACES = "SELECT rank, place FROM redress ORDER BY rank"
END = "UPDATE redress SET state = 'void', outcome = NULL, remedy = NULL WHERE rank IS NULL"


@pytest.fixture
def before(template: Database) -> Iterator[Database]:
    """A database at the revision before, with requests that are settled, and somebody waits on no list."""
    with before_revision(REVISION, template) as earlier:
        with psycopg.connect(libpq(earlier.owner_url)) as connection:
            for statement in (ALONE, DECISIONS, REQUESTS):
                connection.execute(statement)
        yield earlier


def test_a_place_follows_from_the_rank_and_requests_may_end(before: Database) -> None:
    config = config_for(before.owner_url)
    command.upgrade(config, REVISION)
    with psycopg.connect(libpq(before.owner_url)) as connection:
        assert connection.execute(PLACES).fetchall() == [(2, 1), (3, 3), (None, None)]
        assert connection.execute(FOUND).fetchall() == [(1, "open", None)]
        with pytest.raises(psycopg.errors.CheckViolation), connection.transaction():
            connection.execute("UPDATE redress SET place = NULL")
        connection.execute(END)
    command.downgrade(config, "-1")
    with psycopg.connect(libpq(before.owner_url)) as connection:
        states = connection.execute("SELECT state FROM redress ORDER BY rank").fetchall()
        assert states == [("settled",), ("settled",), ("withdrawn",)]
        with pytest.raises(psycopg.errors.CheckViolation), connection.transaction():
            connection.execute("UPDATE redress SET state = 'void', outcome = NULL, remedy = NULL")
    command.upgrade(config, REVISION)
