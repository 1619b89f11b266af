"""The revision that keeps vectors and weights, over affinities that are there."""

import psycopg
import pytest
from alembic import command

from app.core.db import config_for
from app.core.postgres import Database, libpq
from tests.earlier import before_revision

REVISION = "0027"
LONE = """
ALTER TABLE affinity DROP CONSTRAINT fk_affinity_proposal_id;
ALTER TABLE affinity DROP CONSTRAINT fk_affinity_expert_id;
"""
ROW = """
INSERT INTO affinity (proposal_id, expert_id, score, keyword_score, words, keywords, model, model_version,
    digest)
VALUES (gen_random_uuid(), gen_random_uuid(), 0.5, 0, '[]', '[]', 'tf-idf', 'scikit-learn 1.9.1', 'd');
"""


def test_what_was_computed_says_by_which_weights_and_there_is_a_way_back(template: Database) -> None:
    with before_revision(REVISION, template) as before:
        config = config_for(before.owner_url)
        with psycopg.connect(libpq(before.owner_url)) as connection:
            connection.execute(LONE)
            connection.execute(ROW)
        command.upgrade(config, REVISION)
        with psycopg.connect(libpq(before.owner_url)) as connection:
            weights = connection.execute("SELECT weights FROM affinity").fetchall()
        unsaid = pytest.raises(psycopg.errors.NotNullViolation, match="weights")
        with unsaid, psycopg.connect(libpq(before.owner_url)) as connection:
            connection.execute(ROW)
        command.downgrade(config, "-1")
        with psycopg.connect(libpq(before.owner_url)) as connection:
            back = connection.execute("SELECT score FROM affinity").fetchall()
    assert weights == [({"text": 0.7, "keywords": 0.3, "nearest": 0.5, "sentences": 0.0},)]
    assert back == [(0.5,)]
