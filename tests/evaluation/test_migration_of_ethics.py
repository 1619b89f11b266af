"""The revision by which ethics screenings end with their proposals and are reopened, over what there is."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command

from app.core.db import config_for
from app.core.postgres import Database, libpq
from tests.earlier import before_revision

REVISION = "0039"
# What these rows belong to is left out.
ROWS = """
ALTER TABLE ethics_screening DROP CONSTRAINT fk_ethics_screening_panel_id,
    DROP CONSTRAINT fk_ethics_screening_topic_id, DROP CONSTRAINT fk_ethics_screening_proposal_id,
    DROP CONSTRAINT fk_ethics_screening_consortium_id;
ALTER TABLE summary_finding DROP CONSTRAINT fk_summary_finding_summary_id,
    DROP CONSTRAINT fk_summary_finding_settled_by;
INSERT INTO ethics_screening (id, created_at, audit_seq, audit_head, state, panel_id, topic_id, proposal_id,
    consortium_id, concluded_at, assessed_for)
SELECT gen_random_uuid(), now(), 0, '', said.state, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(),
    gen_random_uuid(), CASE said.state WHEN 'conditional' THEN now() END, said.why
FROM (VALUES ('conditional', NULL), ('open', NULL), ('assessment', 'Why.')) said (state, why);
INSERT INTO ethics_requirement (id, screening_id, number, code, text)
SELECT gen_random_uuid(), id, 1, 'consent', 'Consent.' FROM ethics_screening WHERE state = 'conditional'
"""
STATES = "SELECT state FROM ethics_screening ORDER BY state"
AGAIN = """
INSERT INTO ethics_requirement (id, screening_id, number, code, text)
SELECT gen_random_uuid(), screening_id, 1, code, 'Of the parents.' FROM ethics_requirement
"""
PASSAGE = """
INSERT INTO summary_finding (id, summary_id, number, kind, place, "offset", length, settled, reason,
    settled_by, settled_at)
VALUES (gen_random_uuid(), gen_random_uuid(), 1, 'passage', '/criteria/0/strengths/0', 0, 14, 'redacted',
    'So.', gen_random_uuid(), now())
"""


@pytest.fixture
def before(template: Database) -> Iterator[Database]:
    """A database at the revision before, with screenings and what one of them requires."""
    with before_revision(REVISION, template, ROWS) as earlier:
        yield earlier


def test_what_there_is_stays_and_a_code_stands_once_among_what_has_not_lapsed(before: Database) -> None:
    command.upgrade(config_for(before.owner_url), REVISION)
    with psycopg.connect(libpq(before.app_url)) as connection:
        assert connection.execute(STATES).fetchall() == [("assessment",), ("conditional",), ("open",)]
        for wrong in (
            AGAIN,
            "UPDATE ethics_screening SET reopened_at = now() WHERE state = 'open'",
            "UPDATE ethics_screening SET state = 'voided' WHERE state = 'conditional'",
        ):
            with pytest.raises(psycopg.errors.IntegrityError):
                connection.execute(wrong)
            connection.rollback()
        connection.execute("UPDATE ethics_requirement SET lapsed_at = now()")
        connection.execute(AGAIN)
        connection.execute("UPDATE ethics_screening SET state = 'voided' WHERE state = 'open'")


def test_it_can_be_taken_back(before: Database) -> None:
    config = config_for(before.owner_url)
    command.upgrade(config, REVISION)
    with psycopg.connect(libpq(before.owner_url)) as connection:
        connection.execute("UPDATE ethics_requirement SET lapsed_at = now()")
        connection.execute(AGAIN)
        connection.execute(PASSAGE)
        connection.execute("UPDATE ethics_screening SET state = 'voided' WHERE state <> 'conditional'")
    command.downgrade(config, "-1")
    with psycopg.connect(libpq(before.owner_url)) as connection:
        assert connection.execute(STATES).fetchall() == [("assessment",), ("conditional",), ("open",)]
        left = connection.execute("SELECT text FROM ethics_requirement").fetchall()
        assert left == [("Of the parents.",)]
        assert connection.execute("SELECT count(*) FROM summary_finding").fetchone() == (0,)
    command.upgrade(config, REVISION)
