"""The revision of returned lists, over motions and a decision that are there."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command

from app.core.db import config_for
from app.core.postgres import Database, libpq
from tests.decisions.test_migration import ALONE, DECISION, ROWS
from tests.earlier import before_revision

REVISION = "0041"
# The session is written as revisions before knew it.
OLDER = """
ALTER TABLE body_session ALTER kind SET DEFAULT 'meeting', ALTER adjournments SET DEFAULT '[]',
    DROP CONSTRAINT ck_body_session_closed_has_a_date;
ALTER TABLE motion ALTER place SET DEFAULT 0, DROP CONSTRAINT IF EXISTS ck_motion_decided_by_a_rule
"""
REQUEST = """
ALTER TABLE second_request DROP CONSTRAINT fk_second_request_asked_by;
INSERT INTO second_request (id, entity, entity_id, act, state, digest, data, asked_by, asked_at)
SELECT gen_random_uuid(), entity, gen_random_uuid(), act, 'adopted', 'd', '{}', gen_random_uuid(), now()
FROM (VALUES ('decision', 'release'), ('panel', 'reopen')) asked (entity, act)
"""
RETURN = """
INSERT INTO motion (id, created_at, audit_seq, audit_head, state, session_id, purpose, subject_id, text,
    annexes, passed_over, fault, decided_at)
SELECT gen_random_uuid(), now(), 0, '', 'adopted', session_id, 'return_list', subject_id, 'Why.', '[]', '[]',
    'reasons_missing', now()
FROM motion
"""
SUPERSEDE = """
UPDATE decision SET state = 'superseded', superseded_at = now(),
    returned_by_id = (SELECT id FROM motion WHERE purpose = 'return_list')
"""
AGAIN = """
INSERT INTO decision (id, created_at, audit_seq, audit_head, state, topic_stage_id, topic_id, motion_id,
    envelope, list_digest)
SELECT gen_random_uuid(), now(), 0, '', 'adopted', topic_stage_id, topic_id, gen_random_uuid(), 9, 'other'
FROM decision
"""


@pytest.fixture
def before(template: Database) -> Iterator[Database]:
    """A database at the revision before: an adopted motion, a decision, what one officer asked for."""
    with before_revision(REVISION, template) as earlier:
        with psycopg.connect(libpq(earlier.owner_url)) as connection:
            connection.execute(OLDER)
            for statement in (ROWS, ALONE, DECISION, REQUEST):
                connection.execute(statement)
        yield earlier


def test_what_is_decided_stays_and_a_release_is_asked_for_anew(before: Database) -> None:
    config = config_for(before.owner_url)
    command.upgrade(config, REVISION)
    with psycopg.connect(libpq(before.app_url)) as connection:
        told = connection.execute("SELECT purpose, passed_over, fault FROM motion").fetchall()
        assert told == [("adopt_list", [], None)]
        told = connection.execute("SELECT state, superseded_at, returned_by_id FROM decision").fetchall()
        assert told == [("adopted", None, None)]
        assert connection.execute("SELECT entity FROM second_request").fetchall() == [("panel",)]
    command.downgrade(config, "-1")
    command.upgrade(config, REVISION)


def test_one_decision_is_in_force_and_goes_back_without_those_that_are_not(before: Database) -> None:
    config = config_for(before.owner_url)
    command.upgrade(config, REVISION)
    with psycopg.connect(libpq(before.owner_url)) as connection:
        for wrong in ("state = 'superseded'", "superseded_at = now()"):
            with pytest.raises(psycopg.errors.CheckViolation), connection.transaction():
                connection.execute(f"UPDATE decision SET {wrong}")
        with pytest.raises(psycopg.errors.UniqueViolation), connection.transaction():
            connection.execute(AGAIN)
        for wrong in (
            "fault = 'x'",
            "purpose = 'return_list'",
            "purpose = 'adopt_call', passed_over = '[1]'",
        ):
            with pytest.raises(psycopg.errors.CheckViolation), connection.transaction():
                connection.execute(f"UPDATE motion SET {wrong}")
        for statement in (RETURN, SUPERSEDE, AGAIN):
            connection.execute(statement)
    command.downgrade(config, "-1")
    with psycopg.connect(libpq(before.owner_url)) as connection:
        assert connection.execute("SELECT list_digest FROM decision").fetchall() == [("other",)]
        assert connection.execute("SELECT DISTINCT purpose FROM motion").fetchall() == [("adopt_list",)]
