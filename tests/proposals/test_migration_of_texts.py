"""The revision that keeps what documents say, over a database with a document of which nothing is known."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command

from app.core.db import config_for
from app.core.postgres import Database, libpq
from tests.earlier import before_revision

REVISION = "0038"
BEFORE = """
ALTER TABLE proposal_document DROP CONSTRAINT fk_proposal_document_proposal_id;
INSERT INTO proposal_document (id, proposal_id, key, digest, size, attached_at)
VALUES (gen_random_uuid(), gen_random_uuid(), 'part_b', 'd1', 8, now())
"""


@pytest.fixture
def before(template: Database) -> Iterator[Database]:
    with before_revision(REVISION, template, BEFORE) as earlier:
        yield earlier


def test_what_was_attached_before_stays_and_is_known_not_to_be_read(before: Database) -> None:
    config = config_for(before.owner_url)
    command.upgrade(config, REVISION)
    joined = "SELECT d.digest, t.digest FROM proposal_document d LEFT JOIN document_text t USING (digest)"
    with psycopg.connect(libpq(before.app_url)) as connection:
        assert connection.execute(joined).fetchall() == [("d1", None)]
        connection.execute("INSERT INTO document_text VALUES ('d1', 'Read.')")
        connection.execute("DELETE FROM document_text")
    command.downgrade(config, "-1")
    with psycopg.connect(libpq(before.owner_url)) as connection:
        assert connection.execute("SELECT to_regclass('document_text')").fetchone() == (None,)
        assert connection.execute("SELECT digest FROM proposal_document").fetchall() == [("d1",)]
    command.upgrade(config, REVISION)
