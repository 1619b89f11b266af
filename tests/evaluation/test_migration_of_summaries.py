"""The revision of summary reports, over a database with a closed list in it."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command

from app.core.db import config_for
from app.core.postgres import Database, libpq
from tests.earlier import before_revision

REVISION = "0035"
BEFORE = """
ALTER TABLE panel DROP CONSTRAINT fk_panel_topic_stage_id, DROP CONSTRAINT fk_panel_topic_id;
WITH p AS (
    INSERT INTO panel (id, created_at, audit_seq, audit_head, state, topic_stage_id, topic_id, digest,
        closed_at)
    VALUES (gen_random_uuid(), now(), 0, '', 'closed', gen_random_uuid(), gen_random_uuid(), 'd', now())
    RETURNING id
)
INSERT INTO panel_list (id, panel_id, number, inputs, places, digest, closed_at)
SELECT gen_random_uuid(), id, 1, '{}', '[]', 'd', now() FROM p
"""
WRITTEN = """
ALTER TABLE summary DROP CONSTRAINT fk_summary_proposal_id, DROP CONSTRAINT fk_summary_topic_id;
WITH s AS (
    INSERT INTO summary (id, created_at, audit_seq, audit_head, state, panel_id, list_id, proposal_id,
        topic_id, above)
    SELECT gen_random_uuid(), now(), 0, '', 'cleared', panel_id, id, gen_random_uuid(),
        gen_random_uuid(), true FROM panel_list RETURNING id
)
INSERT INTO summary_version (id, summary_id, number, content, digest, made_at)
SELECT gen_random_uuid(), id, 1, '{}', 'd', now() FROM s
"""


@pytest.fixture
def before(template: Database) -> Iterator[Database]:
    """A database at the revision before, with a closed list."""
    with before_revision(REVISION, template, BEFORE) as earlier:
        yield earlier


def test_a_list_from_before_has_none_and_what_is_written_is_never_changed(before: Database) -> None:
    config = config_for(before.owner_url)
    command.upgrade(config, REVISION)
    with psycopg.connect(libpq(before.owner_url)) as connection:
        assert connection.execute("SELECT count(*) FROM summary").fetchone() == (0,)
        assert connection.execute("SELECT state, digest FROM panel").fetchone() == ("closed", "d")
        connection.execute(WRITTEN)
    for change in ("UPDATE summary_version SET digest = 'e'", "DELETE FROM summary_version"):
        with psycopg.connect(libpq(before.app_url)) as connection, pytest.raises(psycopg.Error):
            connection.execute(change)
    with (
        psycopg.connect(libpq(before.owner_url)) as connection,
        pytest.raises(psycopg.errors.CheckViolation, match="later_has_a_reason"),
    ):
        connection.execute(
            "INSERT INTO summary_version (id, summary_id, number, content, digest, made_at)"
            " SELECT gen_random_uuid(), id, 2, '{}', 'e', now() FROM summary"
        )
    command.downgrade(config, "-1")
    with psycopg.connect(libpq(before.owner_url)) as connection:
        assert connection.execute("SELECT to_regclass('summary')").fetchone() == (None,)
        assert connection.execute("SELECT count(*) FROM panel_list").fetchone() == (1,)
    command.upgrade(config, REVISION)
