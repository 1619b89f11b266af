"""The revision of hearings and ethics, over a grant in preparation and a signed one."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command

from app.core.db import config_for
from app.core.postgres import Database, libpq
from tests.earlier import before_revision

REVISION = "0036"
# What these rows belong to is left out.
ALONE = """
ALTER TABLE grant_agreement DROP CONSTRAINT fk_grant_agreement_proposal_id,
    DROP CONSTRAINT fk_grant_agreement_prepared_by, DROP CONSTRAINT fk_grant_agreement_signed_by;
"""
ROWS = """
INSERT INTO grant_agreement (id, created_at, audit_seq, audit_head, version, state, proposal_id, number,
    amount, prepared_by, signed_by, signed_at)
SELECT gen_random_uuid(), now(), 0, '', 1, said.state, gen_random_uuid(), said.number, 5, gen_random_uuid(),
    CASE said.state WHEN 'signed' THEN gen_random_uuid() END, CASE said.state WHEN 'signed' THEN now() END
FROM (VALUES ('preparation', '100001'), ('signed', '100002')) said (state, number)
"""
GRANTS = "SELECT number, state, failed_reason FROM grant_agreement ORDER BY number"
HEARING = """
ALTER TABLE hearing DROP CONSTRAINT fk_hearing_round_id, DROP CONSTRAINT fk_hearing_panel_id,
    DROP CONSTRAINT fk_hearing_topic_id, DROP CONSTRAINT fk_hearing_proposal_id,
    DROP CONSTRAINT fk_hearing_consortium_id;
INSERT INTO hearing (id, created_at, audit_seq, audit_head, version, state, round_id, panel_id, topic_id,
    proposal_id, consortium_id, starts_at, ends_at, place, secret, questions, called_at, attendees, present)
SELECT gen_random_uuid(), now(), 0, '', 1, 'called', gen_random_uuid(), gen_random_uuid(), gen_random_uuid(),
    gen_random_uuid(), gen_random_uuid(), now(), now() + interval '1 hour', 'Room 1', '', '[]', now(), '[]',
    '[]'
"""


@pytest.fixture
def before(template: Database) -> Iterator[Database]:
    """A database at the revision before, with a grant in preparation and a signed one."""
    with before_revision(REVISION, template, ALONE, ROWS) as earlier:
        yield earlier


def test_grants_stay_as_they_are_and_answers_are_for_good(before: Database) -> None:
    config = config_for(before.owner_url)
    command.upgrade(config, REVISION)
    with psycopg.connect(libpq(before.owner_url)) as owner:
        owner.execute(HEARING)
    with psycopg.connect(libpq(before.app_url)) as connection:
        assert connection.execute(GRANTS).fetchall() == [
            ("100001", "preparation", None),
            ("100002", "signed", None),
        ]
        connection.execute("""UPDATE hearing SET answers = '["Ten."]', answered_at = now()""")
        connection.execute("""UPDATE hearing SET attendees = '["Cora"]'""")
        connection.commit()
        for wrong in (
            """UPDATE hearing SET answers = '["Five."]'""",
            "UPDATE hearing SET answers = NULL, answered_at = NULL",
            "UPDATE grant_agreement SET state = 'failed'",
            "DELETE FROM ethics_remark",
        ):
            with pytest.raises(psycopg.errors.DatabaseError):
                connection.execute(wrong)
            connection.rollback()


def test_it_can_be_taken_back(before: Database) -> None:
    config = config_for(before.owner_url)
    command.upgrade(config, REVISION)
    with psycopg.connect(libpq(before.owner_url)) as connection:
        connection.execute(
            "UPDATE grant_agreement SET state = 'failed', failed_reason = 'ETHICS', failed_text = 'No.'"
            " WHERE state = 'preparation'"
        )
    command.downgrade(config, "-1")
    with psycopg.connect(libpq(before.owner_url)) as connection:
        states = connection.execute("SELECT state FROM grant_agreement ORDER BY number").fetchall()
        assert states == [("preparation",), ("signed",)]
        assert connection.execute("SELECT to_regclass('hearing'), to_regclass('ethics_seat')").fetchone() == (
            None,
            None,
        )
    command.upgrade(config, REVISION)
