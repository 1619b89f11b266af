"""The revision that brought ideas and consultations, over a database with a topic and a motion in it."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from alembic import command

from app.core.db import config_for
from app.core.postgres import Database, libpq
from tests.earlier import before_revision

REVISION = "0002"
TOPIC = """
INSERT INTO topic (id, created_at, audit_seq, audit_head, version, state, reference, title, challenge, need,
    scope, outcomes, impact, action_type)
VALUES (%s, now(), 0, '', 3, 'final_draft', 'T-1', 'A topic', 'C', '', '', '', '', 'RIA')
"""
MOTION = """
WITH b AS (
    INSERT INTO body (id, created_at, audit_seq, audit_head, state, kind, name, quorum, majority)
    VALUES (gen_random_uuid(), now(), 0, '', 'active', 'scientific_committee', 'B', 0.5, 0.5) RETURNING id
), s AS (
    INSERT INTO body_session (id, created_at, audit_seq, audit_head, state, body_id, title, held_at)
    SELECT gen_random_uuid(), now(), 0, '', 'open', id, 'S', now() FROM b RETURNING id
)
INSERT INTO motion (id, created_at, audit_seq, audit_head, state, session_id, purpose, subject_id, text)
SELECT gen_random_uuid(), now(), 0, '', 'prepared', id, 'adopt_topic', %s, 'Adopt it.' FROM s
"""


@pytest.fixture
def before(template: Database) -> Iterator[Database]:
    with before_revision(REVISION, template) as earlier:
        yield earlier


def filled(database: Database) -> UUID:
    key = uuid4()
    with psycopg.connect(libpq(database.owner_url)) as connection:
        connection.execute(TOPIC, (key,))
        connection.execute(MOTION, (key,))
    return key


def test_a_topic_lives_through_it(before: Database) -> None:
    key = filled(before)
    command.upgrade(config_for(before.owner_url), REVISION)
    with psycopg.connect(libpq(before.app_url)) as connection:
        told = "state, reference, version, patient_need, eu_priority, industry_interest, proposed_by"
        row = connection.execute(f"SELECT {told} FROM topic WHERE id = %s", (key,)).fetchone()
        assert row == ("final_draft", "T-1", 3, "", "", "", None)
        assert connection.execute("SELECT purpose FROM motion").fetchone() == ("adopt_topic",)
        connection.execute("UPDATE topic SET state = 'consultation'")
        connection.execute("UPDATE motion SET purpose = 'screen_idea'")
        with pytest.raises(psycopg.errors.CheckViolation, match="ck_topic_idea_has_a_proposer"):
            connection.execute("UPDATE topic SET state = 'idea'")


def test_what_is_new_says_where_it_comes_from_by_itself(before: Database) -> None:
    """The empty texts were for what was there; a topic that is written without them now is a fault."""
    command.upgrade(config_for(before.owner_url), REVISION)
    with pytest.raises(psycopg.errors.NotNullViolation):
        filled(before)


def test_it_can_be_taken_back(before: Database) -> None:
    filled(before)
    config = config_for(before.owner_url)
    command.upgrade(config, REVISION)
    command.downgrade(config, "-1")
    with psycopg.connect(libpq(before.owner_url)) as connection:
        assert connection.execute("SELECT state FROM topic").fetchone() == ("final_draft",)
        assert connection.execute("SELECT to_regclass('consultation')").fetchone() == (None,)
