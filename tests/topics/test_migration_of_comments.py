"""The revision that widened what a comment may be about, over comments, scores and a corrigendum."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command

from app.core.db import config_for
from app.core.postgres import Database, libpq
from tests.earlier import before_revision

REVISION = "0012"
ACCOUNT = """
INSERT INTO account (id, created_at, audit_seq, audit_head, state, email, name, language, version,
    notices)
VALUES (gen_random_uuid(), now(), 0, '', 'active', 'a@example.org', 'A', 'en', 1, '{}')
"""
TOPIC = """
INSERT INTO topic (id, created_at, audit_seq, audit_head, version, state, reference, title, challenge, need,
    scope, outcomes, impact, patient_need, eu_priority, eu_priority_code, industry_interest,
    industry_contribution, beneficiaries, on_behalf_of, synergies, industry_consortium,
    applicant_expectations, architecture, special_conditions, action_type, adopted_version)
VALUES (gen_random_uuid(), now(), 0, '', 5, 'adopted', 'T-1', 'A topic', 'C', '', '', '', '', '', '', '', '',
    '', '', '', '', '{}', '', '', '', 'RIA', 5)
"""
SCORE = """
INSERT INTO screening (id, created_at, audit_seq, audit_head, version, state, topic_id, account_id, score,
    reason)
SELECT gen_random_uuid(), now(), 0, '', 1, 'given', topic.id, account.id, 3, 'Good.' FROM topic, account
"""
CORRIGENDUM = """
INSERT INTO corrigendum (id, created_at, audit_seq, audit_head, version, state, topic_id, changes, note,
    touches)
SELECT gen_random_uuid(), now(), 0, '', 1, 'drafted', id,
    '{"scope": "Wider.", "focus_area_ids": [], "on_behalf_of": "A company."}', 'Note.', 'none'
FROM topic
"""
ROUND = """
INSERT INTO consultation (id, created_at, audit_seq, audit_head, state, topic_id, number, opened_at,
    opens_at, closes_at, public)
SELECT gen_random_uuid(), now(), 0, '', 'closed', id, 1, now() - interval '2 days', now() - interval '2 days',
    now(), false
FROM topic
"""
COMMENT = """
INSERT INTO comment (id, created_at, audit_seq, audit_head, state, consultation_id, topic_id, author_id,
    about, text, anonymous)
SELECT gen_random_uuid(), now(), 0, '', 'given', consultation.id, topic_id, account.id, %s, 'Text.', false
FROM consultation, account
"""


@pytest.fixture
def before(template: Database) -> Iterator[Database]:
    """A database at the revision before, with one of each."""
    with before_revision(REVISION, template) as earlier:
        with psycopg.connect(libpq(earlier.owner_url)) as connection:
            for statement in (ACCOUNT, TOPIC, SCORE, CORRIGENDUM, ROUND):
                connection.execute(statement)
            connection.execute(COMMENT, ("scope",))
        yield earlier


def test_what_was_there_stays_but_what_no_corrigendum_may_change(before: Database) -> None:
    config = config_for(before.owner_url)
    command.upgrade(config, REVISION)
    with psycopg.connect(libpq(before.owner_url)) as connection:
        assert connection.execute("SELECT changes FROM corrigendum").fetchone() == ({"scope": "Wider."},)
        assert connection.execute("SELECT score, of_version FROM screening").fetchone() == (3, None)
        connection.execute(COMMENT, ("beneficiaries",))
        abouts = "SELECT about FROM comment ORDER BY about"
        assert connection.execute(abouts).fetchall() == [("beneficiaries",), ("scope",)]
    command.downgrade(config, "-1")
    with psycopg.connect(libpq(before.owner_url)) as connection:
        assert connection.execute(abouts).fetchall() == [("scope",), ("whole",)]
