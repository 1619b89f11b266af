"""The revision of two stages, over partners and motions that are there."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command

from app.core.db import config_for
from app.core.postgres import Database, libpq
from tests.earlier import before_revision

REVISION = "0022"
ROWS = """
INSERT INTO body (id, created_at, audit_seq, audit_head, state, kind, name, quorum, majority)
VALUES (gen_random_uuid(), now(), 0, '', 'active', 'scientific_committee', 'Committee', 0.5, 0.5);
INSERT INTO body_session (id, created_at, audit_seq, audit_head, state, body_id, title, held_at)
SELECT gen_random_uuid(), now(), 0, '', 'closed', id, 'Session', now() FROM body;
INSERT INTO motion (id, created_at, audit_seq, audit_head, state, session_id, purpose, subject_id, text,
    annexes, decided_at)
SELECT gen_random_uuid(), now(), 0, '', 'adopted', id, 'adopt_list', gen_random_uuid(), '', '[]', now()
FROM body_session;
"""
NEXT = """
INSERT INTO motion (id, created_at, audit_seq, audit_head, state, session_id, purpose, subject_id, text,
    annexes, decided_at)
SELECT gen_random_uuid(), now(), 0, '', 'adopted', session_id, 'invite_next', subject_id, '', '[]', now()
FROM motion;
"""

# What a decision belongs to is left out.
ALONE = "ALTER TABLE decision " + ", ".join(
    f"DROP CONSTRAINT fk_decision_{name}" for name in ("topic_stage_id", "topic_id", "motion_id")
)
DECISION = """
INSERT INTO decision (id, created_at, audit_seq, audit_head, state, topic_stage_id, topic_id, motion_id,
    envelope, list_digest)
VALUES (gen_random_uuid(), now(), 0, '', 'adopted', gen_random_uuid(), gen_random_uuid(), gen_random_uuid(),
    8.00, 'digest')
"""
FOUND = "SELECT envelope::text, invites FROM decision"


@pytest.fixture
def before(template: Database) -> Iterator[Database]:
    """A database at the revision before, with a motion that was adopted."""
    with before_revision(REVISION, template) as earlier:
        with psycopg.connect(libpq(earlier.owner_url)) as connection:
            for statement in (ROWS, ALONE, DECISION):
                connection.execute(statement)
        yield earlier


def test_what_was_voted_stays_and_the_next_rank_may_be_voted_on(before: Database) -> None:
    config = config_for(before.owner_url)
    command.upgrade(config, REVISION)
    with psycopg.connect(libpq(before.owner_url)) as connection:
        connection.execute(NEXT)
        found = connection.execute("SELECT purpose FROM motion ORDER BY purpose").fetchall()
        assert found == [("adopt_list",), ("invite_next",)]
    command.downgrade(config, "-1")
    with psycopg.connect(libpq(before.owner_url)) as connection:
        assert connection.execute("SELECT DISTINCT purpose FROM motion").fetchall() == [("adopt_list",)]
    command.upgrade(config, REVISION)


def test_a_line_drawn_by_money_stays_and_one_by_number_may_be_drawn(before: Database) -> None:
    config = config_for(before.owner_url)
    command.upgrade(config, REVISION)
    with psycopg.connect(libpq(before.owner_url)) as connection:
        assert connection.execute(FOUND).fetchall() == [("8.00", None)]
        for wrong in ("envelope = NULL", "invites = 1", "envelope = NULL, invites = 0"):
            with pytest.raises(psycopg.errors.CheckViolation), connection.transaction():
                connection.execute(f"UPDATE decision SET {wrong}")
    command.downgrade(config, "-1")
    with psycopg.connect(libpq(before.owner_url)) as connection:
        assert connection.execute("SELECT envelope::text FROM decision").fetchall() == [("8.00",)]
