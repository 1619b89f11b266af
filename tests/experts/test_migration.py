"""The revision of conflicts, over a database with one in each state."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command

from app.core.db import config_for
from app.core.postgres import Database, libpq
from tests.earlier import before_revision

REVISION = "0023"
ENTITY = "created_at, audit_seq, audit_head"
BEFORE = f"""
ALTER TABLE conflict DROP CONSTRAINT fk_conflict_proposal_id, DROP CONSTRAINT fk_conflict_topic_id;
WITH a AS (
    INSERT INTO account (id, {ENTITY}, version, state, email, name, language, notices)
    VALUES (gen_random_uuid(), now(), 0, '', 1, 'active', 'ada@example.org', 'Ada', 'en', '{{}}') RETURNING id
), e AS (
    INSERT INTO expert (id, {ENTITY}, version, state, account_id, expertise)
    SELECT gen_random_uuid(), now(), 0, '', 1, 'active', a.id, '[]' FROM a RETURNING id
)
INSERT INTO conflict (id, {ENTITY}, state, expert_id, proposal_id, topic_id, situation, path, waiver)
SELECT gen_random_uuid(), now(), 0, '', said.state, e.id, gen_random_uuid(), gen_random_uuid(), 'P1', 'told',
    said.waiver
FROM e, (VALUES ('found', NULL), ('blocking', NULL), ('waived', 'It is long ago.')) said (state, waiver)
"""
FOUND = """
SELECT c.state, reason, fact, a.name FROM conflict c JOIN account a ON a.id = account_id ORDER BY c.state
"""


@pytest.fixture
def before(template: Database) -> Iterator[Database]:
    """A database at the revision before, with three conflicts in it."""
    with before_revision(REVISION, template, BEFORE) as earlier:
        yield earlier


def test_conflicts_from_before_say_whose_they_are_and_why(before: Database) -> None:
    command.upgrade(config_for(before.owner_url), REVISION)
    with psycopg.connect(libpq(before.app_url)) as connection:
        assert connection.execute(FOUND).fetchall() == [
            ("blocking", "told", None, "Ada"),
            ("found", None, None, "Ada"),
            ("waived", "It is long ago.", None, "Ada"),
        ]
        with pytest.raises(psycopg.errors.CheckViolation, match="ck_conflict_decided_has_a_reason"):
            connection.execute("UPDATE conflict SET reason = 'So it is.' WHERE state = 'found'")


def test_it_can_be_taken_back(before: Database) -> None:
    config = config_for(before.owner_url)
    command.upgrade(config, REVISION)
    command.downgrade(config, "-1")
    with psycopg.connect(libpq(before.owner_url)) as connection:
        found = connection.execute("SELECT state, waiver FROM conflict ORDER BY state").fetchall()
        assert found == [("blocking", None), ("found", None), ("waived", "It is long ago.")]
        assert connection.execute("SELECT to_regclass('settled_identity')").fetchone() == (None,)
    command.upgrade(config, REVISION)
