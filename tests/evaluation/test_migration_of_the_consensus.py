"""The revision of consensus reports, over a database in which one is before its experts."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command

from app.core.db import config_for
from app.core.postgres import Database, libpq
from tests.earlier import before_revision

REVISION = "0030"
BEFORE = """
ALTER TABLE consensus DROP CONSTRAINT fk_consensus_proposal_id, DROP CONSTRAINT fk_consensus_topic_id,
    DROP CONSTRAINT fk_consensus_rapporteur_id;
WITH c AS (
    INSERT INTO consensus (id, created_at, audit_seq, audit_head, state, proposal_id, topic_id,
        rapporteur_id, round)
    VALUES (gen_random_uuid(), now(), 0, '', 'approval', gen_random_uuid(), gen_random_uuid(),
        gen_random_uuid(), 1) RETURNING id
), e AS (
    INSERT INTO audit_event (id, entity, entity_id, seq, at, act, by_system, request_id, before, after,
        commitment, prev_hash, hash)
    SELECT gen_random_uuid(), 'consensus', c.id, 1, '2020-01-01T00:00:00Z',
        'put_to_approval', false, '', '', '', '',
        '', '' FROM c
)
INSERT INTO consensus_point (id, version, consensus_id, criterion, score, comment)
SELECT gen_random_uuid(), 2, c.id, said.criterion, 4, said.comment
FROM c, (VALUES ('impact', 'It is good.'), ('excellence', ' ')) said (criterion, comment)
"""
FOUND = """
SELECT p.criterion, s.kind, s.text, s.new, p.range_reason, c.asked_at::date::text FROM consensus_point p
JOIN consensus c ON c.id = p.consensus_id LEFT JOIN consensus_statement s ON s.point_id = p.id ORDER BY 1
"""


@pytest.fixture
def before(template: Database) -> Iterator[Database]:
    with before_revision(REVISION, template, BEFORE) as earlier:
        yield earlier


def test_a_comment_becomes_a_statement_of_no_kind_and_goes_back(before: Database) -> None:
    config = config_for(before.owner_url)
    command.upgrade(config, REVISION)
    with psycopg.connect(libpq(before.owner_url)) as connection:
        connection.execute("SET timezone = 'UTC'")
        assert connection.execute(FOUND).fetchall() == [
            ("excellence", None, None, None, "", "2020-01-01"),
            ("impact", None, "It is good.", True, "", "2020-01-01"),
        ]
    command.downgrade(config, "-1")
    with psycopg.connect(libpq(before.owner_url)) as connection:
        found = connection.execute("SELECT criterion, comment FROM consensus_point ORDER BY 1").fetchall()
    assert found == [("excellence", ""), ("impact", "It is good.")]
