"""The revision that lets consortia form, over partners that are there."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command

from app.core.db import config_for
from app.core.postgres import Database, libpq
from tests.earlier import before_revision

REVISION = "0017"
ROWS = """
INSERT INTO account (id, created_at, audit_seq, audit_head, state, email, name, language, version, notices)
VALUES (gen_random_uuid(), now(), 0, '', 'active', 'a@example.org', 'A', 'en', 1, '{}');
INSERT INTO organisation (id, created_at, audit_seq, audit_head, version, state, legal_name, short_name,
    aliases, country, kind, non_profit, public_body)
SELECT gen_random_uuid(), now(), 0, '', 1, 'registered', name, '', '[]', 'DE', 'research', false, false
FROM unnest(ARRAY['invited', 'left', 'removed', 'signed']) AS name;
INSERT INTO topic (id, created_at, audit_seq, audit_head, version, state, reference, title, challenge, need,
    scope, outcomes, impact, patient_need, eu_priority, eu_priority_code, industry_interest,
    industry_contribution, beneficiaries, on_behalf_of, synergies, industry_consortium,
    applicant_expectations, architecture, special_conditions, action_type)
VALUES (gen_random_uuid(), now(), 0, '', 1, 'drafting', 'T', 'T', '', '', '', '', '', '', '', '', '', '', '',
    '', '', '{}', '', '', '', 'RIA');
INSERT INTO call (id, created_at, audit_seq, audit_head, version, state, reference, title, kind,
    earlier_grants, rule_set, overrides, rules, budget, embargoed)
VALUES (gen_random_uuid(), now(), 0, '', 1, 'preparing', 'C', 'C', 'single_stage', '[]', 'imi2', '[]', '{}',
    9, 0);
INSERT INTO call_stage (id, created_at, audit_seq, audit_head, state, call_id, number, kind, opens_at,
    deadline, closes_at, page_limits)
SELECT gen_random_uuid(), now(), 0, '', 'scheduled', id, 1, 'full', now(), '2050-03-31T17:00',
    now() + interval '1 day', '{}' FROM call;
INSERT INTO topic_stage (id, created_at, audit_seq, audit_head, state, stage_id, topic_id, budget, embargoed,
    ceiling, action_type)
SELECT gen_random_uuid(), now(), 0, '', 'scheduled', call_stage.id, topic.id, 9, 0, 'binding', 'RIA'
FROM call_stage, topic;
INSERT INTO consortium (id, created_at, audit_seq, audit_head, state, topic_stage_id, topic_id, name)
SELECT gen_random_uuid(), now(), 0, '', 'active', id, topic_id, 'C' FROM topic_stage;
INSERT INTO partner (id, created_at, audit_seq, audit_head, version, state, consortium_id, organisation_id,
    coordinates, requested)
SELECT gen_random_uuid(), now(), 0, '', 1, legal_name, consortium.id, organisation.id, false, 0
FROM consortium, organisation;
INSERT INTO partner_person (id, partner_id, email, name, part, until)
SELECT gen_random_uuid(), id, 'a@example.org', 'A', 'contact', '2024-05-01T12:00:00Z' FROM partner
WHERE state IN ('left', 'removed');
"""
WHEN = "SELECT state, left_at::date::text FROM partner ORDER BY state"
LATER = """
UPDATE partner SET state = 'lapsed' WHERE state = 'invited';
UPDATE partner SET state = 'transferred' WHERE state = 'signed';
"""


@pytest.fixture
def before(template: Database) -> Iterator[Database]:
    """A database at the revision before, with partners in several states."""
    with before_revision(REVISION, template, ROWS) as earlier:
        yield earlier


def test_it_is_known_when_somebody_left_and_there_is_a_way_back(before: Database) -> None:
    config = config_for(before.owner_url)
    command.upgrade(config, REVISION)
    with psycopg.connect(libpq(before.owner_url)) as connection:
        told = connection.execute(WHEN).fetchall()
        assert told == [("invited", None), ("left", "2024-05-01"), ("removed", None), ("signed", None)]
        connection.execute(LATER)
    command.downgrade(config, "-1")
    with psycopg.connect(libpq(before.owner_url)) as connection:
        states = connection.execute("SELECT state FROM partner ORDER BY state").fetchall()
    assert [state for (state,) in states] == ["declined", "left", "removed", "removed"]
