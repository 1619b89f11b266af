"""The revision by which seats lapse and have rapporteurs, over assignments that are there, and back."""

import psycopg
import pytest
from alembic import command

from app.core.db import config_for
from app.core.postgres import Database, libpq
from tests.earlier import before_revision

REVISION = "0027"
ENTITY = "created_at, audit_seq, audit_head"
BEFORE = f"""
ALTER TABLE assignment DISABLE TRIGGER USER, DROP CONSTRAINT fk_assignment_contract_id,
    DROP CONSTRAINT fk_assignment_expert_id, DROP CONSTRAINT fk_assignment_proposal_id,
    DROP CONSTRAINT fk_assignment_topic_id;
INSERT INTO assignment (id, {ENTITY}, state, contract_id, expert_id, proposal_id, topic_id, label,
    declared_at)
SELECT gen_random_uuid(), now(), 0, '', said, gen_random_uuid(), gen_random_uuid(),
    '00000000-0000-4000-8000-000000000001', gen_random_uuid(), said, now()
FROM unnest(ARRAY['invited', 'accepted', 'declined', 'released']) said;
"""
FOUND = "SELECT state, answer_until, rapporteur FROM assignment ORDER BY state"
GONE = """
UPDATE assignment SET state = 'lapsed', rapporteur = true WHERE state = 'invited';
UPDATE assignment SET state = 'handed_back' WHERE state = 'accepted';
"""
TWO = """
UPDATE assignment SET rapporteur = true, state = 'proposed' WHERE state IN ('declined', 'released')
"""


def test_who_was_invited_before_has_no_last_day_and_there_is_a_way_back(template: Database) -> None:
    with before_revision(REVISION, template) as before:
        config = config_for(before.owner_url)
        with psycopg.connect(libpq(before.owner_url)) as connection:
            connection.execute(BEFORE)
        command.upgrade(config, REVISION)
        with psycopg.connect(libpq(before.owner_url)) as connection:
            assert connection.execute(FOUND).fetchall() == [
                (state, None, False) for state in ("accepted", "declined", "invited", "released")
            ]
            connection.execute(GONE)
            connection.commit()
            with pytest.raises(psycopg.errors.UniqueViolation, match="uq_assignment_one_rapporteur"):
                connection.execute(TWO)
        command.downgrade(config, "-1")
        with psycopg.connect(libpq(before.owner_url)) as connection:
            states = connection.execute("SELECT state FROM assignment ORDER BY state").fetchall()
    assert states == [("declined",), ("declined",), ("released",), ("voided",)]
