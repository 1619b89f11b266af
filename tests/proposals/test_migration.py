"""The revision that gave sections answers by field, over a draft with one text and a sealed version."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command

from app.core.db import config_for
from app.core.postgres import Database, libpq
from tests.earlier import before_revision

REVISION = "0016"
# What a proposal belongs to is left out.
ALONE = "ALTER TABLE proposal " + ", ".join(
    f"DROP CONSTRAINT fk_proposal_{name}" for name in ("consortium_id", "topic_stage_id", "topic_id")
)
PROPOSAL = """
INSERT INTO proposal (id, created_at, audit_seq, audit_head, version, state, reference, consortium_id,
    topic_stage_id, topic_id, acronym, title, abstract, requested, sealed, handed_in)
VALUES (gen_random_uuid(), '2024-05-01T12:00:00Z', 0, '', 1, 'submitted', 'P-1', gen_random_uuid(),
    gen_random_uuid(), gen_random_uuid(), 'A', '', '', 0, 1, '{}')
"""
SECTION = """
INSERT INTO proposal_section (id, proposal_id, key, text, version)
SELECT gen_random_uuid(), id, %s, %s, %s FROM proposal
"""
SEALED = """
INSERT INTO sealed_version (id, proposal_id, number, received_at, manifest, digest, receipt, texts)
SELECT gen_random_uuid(), id, 1, now(), '{}', '', '', '{"impact": "Sealed."}' FROM proposal
"""
TEXT = "Ünfinished, with “quotes”\nand lines."


@pytest.fixture
def before(template: Database) -> Iterator[Database]:
    """A database at the revision before."""
    with before_revision(REVISION, template) as earlier:
        with psycopg.connect(libpq(earlier.owner_url)) as connection:
            for statement in (ALONE, PROPOSAL, SEALED):
                connection.execute(statement)
            connection.execute(SECTION, ("impact", TEXT, 7))
            connection.execute(SECTION, ("excellence", "", 1))
        yield earlier


def test_texts_become_answers_and_the_first_version_that_is_kept(before: Database) -> None:
    command.upgrade(config_for(before.owner_url), REVISION)
    with psycopg.connect(libpq(before.app_url)) as connection:
        told = "SELECT key, s.answers, number, v.answers, author_id, at::date::text FROM proposal_section s "
        told += "JOIN section_version v ON v.section_id = s.id AND v.number = s.version ORDER BY key"
        assert connection.execute(told).fetchall() == [
            ("excellence", {}, 1, {}, None, "2024-05-01"),
            ("impact", {"text": TEXT}, 7, {"text": TEXT}, None, "2024-05-01"),
        ]
        sealed = connection.execute("SELECT texts, answers FROM sealed_version").fetchall()
        assert sealed == [({"impact": "Sealed."}, {})]
        for statement in ("UPDATE section_version SET number = 8", "DELETE FROM section_version"):
            with pytest.raises(psycopg.Error), connection.transaction():
                connection.execute(statement)


def test_it_can_be_taken_back(before: Database) -> None:
    config = config_for(before.owner_url)
    command.upgrade(config, REVISION)
    command.downgrade(config, "-1")
    with psycopg.connect(libpq(before.owner_url)) as connection:
        found = connection.execute("SELECT key, text FROM proposal_section ORDER BY key").fetchall()
        assert found == [("excellence", ""), ("impact", TEXT)]
