"""The revision that lets sessions be called off and letters tell of an end, over what is there, and back."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command

from app.core.db import config_for
from app.core.postgres import Database, libpq
from tests.earlier import before_revision

REVISION = "0046"
ROWS = """
ALTER TABLE letter DROP CONSTRAINT fk_letter_proposal_id, DROP CONSTRAINT fk_letter_consortium_id,
    DROP CONSTRAINT fk_letter_topic_id, DROP CONSTRAINT fk_letter_topic_stage_id;
INSERT INTO body (id, created_at, audit_seq, audit_head, state, kind, name, quorum, majority)
VALUES (gen_random_uuid(), now(), 0, '', 'active', 'scientific_committee', 'Committee', 0.5, 0.6);
INSERT INTO body_session (id, created_at, audit_seq, audit_head, state, body_id, kind, title, held_at,
    adjournments)
SELECT gen_random_uuid(), now(), 0, '', s, id, 'meeting', s, '2020-01-01', '[]'
FROM body, unnest(ARRAY['called', 'open']) s;
"""
WRITTEN = """
INSERT INTO letter (id, created_at, audit_seq, audit_head, state, proposal_id, topic_stage_id, topic_id,
    consortium_id, kind, reviewable, subject, text, digest, signature)
SELECT gen_random_uuid(), now(), 0, '', 'sent', gen_random_uuid(), gen_random_uuid(), gen_random_uuid(),
    gen_random_uuid(), '{kind}', false, '', '', '', ''
"""
OFF = "UPDATE body_session SET state = 'called_off' WHERE title = 'called'"
KINDS = "SELECT kind FROM letter ORDER BY kind"
STATES = "SELECT title, state FROM body_session ORDER BY title"


@pytest.fixture
def before(template: Database) -> Iterator[Database]:
    with before_revision(REVISION, template, ROWS, WRITTEN.format(kind="finding")) as earlier:
        yield earlier


def test_a_session_is_called_off_with_its_reason_and_back(before: Database) -> None:
    config = config_for(before.owner_url)
    command.upgrade(config, REVISION)
    with psycopg.connect(libpq(before.owner_url)) as connection:
        assert connection.execute(STATES).fetchall() == [("called", "called"), ("open", "open")]
        for wrong in (OFF, "UPDATE body_session SET called_off_for = 'why'"):
            with pytest.raises(psycopg.errors.CheckViolation), connection.transaction():
                connection.execute(wrong)
        connection.execute(OFF.replace("WHERE", ", called_off_for = 'why' WHERE"))
        connection.execute(WRITTEN.format(kind="ending"))
        assert connection.execute(KINDS).fetchall() == [("ending",), ("finding",)]
    command.downgrade(config, "-1")
    with psycopg.connect(libpq(before.owner_url)) as connection:
        assert connection.execute(STATES).fetchall() == [("called", "called"), ("open", "open")]
        assert connection.execute(KINDS).fetchall() == [("finding",), ("outcome",)]
        with pytest.raises(psycopg.errors.CheckViolation), connection.transaction():
            connection.execute(WRITTEN.format(kind="ending"))
        with pytest.raises(psycopg.errors.RestrictViolation), connection.transaction():
            connection.execute("UPDATE letter SET text = 'another'")
    command.upgrade(config, REVISION)
