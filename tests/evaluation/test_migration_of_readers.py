"""The revision of who reads what, over a database in which an expert was asked to read, and one to report."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command

from app.core.db import config_for
from app.core.postgres import Database, libpq
from tests.earlier import before_revision

REVISION = "0037"
ENTITY = "created_at, audit_seq, audit_head"
BEFORE = f"""
ALTER TABLE assignment DISABLE TRIGGER USER, DROP CONSTRAINT fk_assignment_contract_id,
    DROP CONSTRAINT fk_assignment_expert_id, DROP CONSTRAINT fk_assignment_proposal_id,
    DROP CONSTRAINT fk_assignment_topic_id;
ALTER TABLE consensus_reader DROP CONSTRAINT fk_consensus_reader_consensus_id;
ALTER TABLE panel_seat DROP CONSTRAINT fk_panel_seat_panel_id, DROP CONSTRAINT fk_panel_seat_topic_id,
    DROP CONSTRAINT fk_panel_seat_account_id, DROP CONSTRAINT fk_panel_seat_contract_id;
WITH a AS (
    INSERT INTO assignment (id, {ENTITY}, state, contract_id, expert_id, proposal_id, topic_id, label,
        declared_at, rapporteur)
    SELECT gen_random_uuid(), now(), 0, '', 'accepted', gen_random_uuid(), gen_random_uuid(),
        gen_random_uuid(), gen_random_uuid(), label, now(), false
    FROM (VALUES ('reads'), ('reports')) said (label)
    RETURNING id, label
)
INSERT INTO consensus_reader (id, consensus_id, assignment_id, asked_at, view)
SELECT gen_random_uuid(), gen_random_uuid(), a.id, now(), 'Well.' FROM a WHERE a.label = 'reads';
INSERT INTO panel_seat (id, {ENTITY}, state, panel_id, topic_id, account_id, part, contract_id)
SELECT gen_random_uuid(), now(), 0, '', 'named', gen_random_uuid(), gen_random_uuid(), gen_random_uuid(),
    'member', gen_random_uuid()
"""
SEATS = "SELECT label, reads_only FROM assignment ORDER BY label"
READERS = "SELECT view, across, remarks FROM consensus_reader"


@pytest.fixture
def before(template: Database) -> Iterator[Database]:
    with before_revision(REVISION, template, BEFORE) as earlier:
        yield earlier


def test_who_was_asked_to_read_only_reads_and_members_have_yet_to_declare(before: Database) -> None:
    config = config_for(before.owner_url)
    command.upgrade(config, REVISION)
    with psycopg.connect(libpq(before.app_url)) as connection:
        assert connection.execute(SEATS).fetchall() == [("reads", True), ("reports", False)]
        assert connection.execute(READERS).fetchall() == [("Well.", False, [])]
        assert connection.execute("SELECT declared_at FROM panel_seat").fetchall() == [(None,)]
        assert connection.execute("SELECT count(*) FROM observation").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM evaluation_reading")
    with psycopg.connect(libpq(before.owner_url)) as connection:
        with pytest.raises(psycopg.errors.RestrictViolation):
            connection.execute("DELETE FROM evaluation_reading")
        connection.rollback()
    command.downgrade(config, "-1")
    with psycopg.connect(libpq(before.owner_url)) as connection:
        assert connection.execute("SELECT to_regclass('observation')").fetchone() == (None,)
        assert connection.execute("SELECT count(*) FROM assignment").fetchone() == (2,)
    command.upgrade(config, REVISION)
