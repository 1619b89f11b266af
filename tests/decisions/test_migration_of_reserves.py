"""The revision of reserve lists, over decisions that are there."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command

from app.core.db import config_for
from app.core.postgres import Database, libpq
from tests.earlier import before_revision

REVISION = "0043"
ALONE = """
ALTER TABLE decision DROP CONSTRAINT fk_decision_topic_stage_id, DROP CONSTRAINT fk_decision_topic_id,
    DROP CONSTRAINT fk_decision_motion_id;
ALTER TABLE proposal DROP CONSTRAINT fk_proposal_topic_stage_id, DROP CONSTRAINT fk_proposal_topic_id,
    DROP CONSTRAINT fk_proposal_consortium_id;
INSERT INTO topic (id, created_at, audit_seq, audit_head, version, state, reference, title, challenge,
    need, scope,
    outcomes, impact, patient_need, eu_priority, eu_priority_code, industry_interest, industry_contribution,
    beneficiaries, on_behalf_of, synergies, industry_consortium, applicant_expectations, architecture,
    special_conditions, action_type, adopted_version)
SELECT gen_random_uuid(), now(), 0, '', 1, 'in_call', 'T-1', '', '', '', '', '', '', '', '', '', '', '',
    '', '', '', '[]',
    '', '', '', 'RIA', 1;
INSERT INTO call (id, created_at, audit_seq, audit_head, version, state, reference, title, kind,
    earlier_grants,
    rule_set, overrides, rules, budget, embargoed)
SELECT gen_random_uuid(), now(), 0, '', 1, 'running', 'C-1', '', 'single_stage', '[]', 'imi2', '[]',
    '{}', 9, 0;
INSERT INTO call_stage (id, created_at, audit_seq, audit_head, state, call_id, number, kind, opens_at,
    deadline,
    closes_at, page_limits)
SELECT gen_random_uuid(), now(), 0, '', 'scheduled', id, n, 'full', now(), '', now() + interval '1 day',
    '{}'
FROM call, generate_series(1, 4) AS n;
INSERT INTO topic_stage (id, created_at, audit_seq, audit_head, state, stage_id, topic_id, budget,
    embargoed, ceiling,
    action_type)
SELECT gen_random_uuid(), now(), 0, '', 'released', call_stage.id, topic.id, 9, 0, 'binding', 'RIA'
FROM call_stage, topic
"""
# By the number of its stage: with some on reserve, with nobody on it, of short proposals, not released.
DECISIONS = """
INSERT INTO decision (id, created_at, audit_seq, audit_head, state, topic_stage_id, topic_id, motion_id,
    envelope,
    invites, list_digest, released_at)
SELECT gen_random_uuid(), now(), 0, '', CASE number WHEN 4 THEN 'adopted' ELSE 'released' END, part.id,
    part.topic_id,
    gen_random_uuid(), CASE number WHEN 3 THEN NULL ELSE 9 END, CASE number WHEN 3 THEN 1 END, 'digest',
    CASE number WHEN 4 THEN NULL ELSE now() END
FROM topic_stage part JOIN call_stage ON call_stage.id = part.stage_id;
INSERT INTO proposal (id, created_at, audit_seq, audit_head, version, state, reference, consortium_id,
    topic_stage_id,
    topic_id, acronym, title, abstract, requested, sealed, handed_in, released_at)
SELECT gen_random_uuid(), now(), 0, '', 1, CASE number WHEN 2 THEN 'selected' ELSE 'reserve' END, number,
    gen_random_uuid(), part.id, part.topic_id, '', '', '', 1, 1, '{}', now()
FROM topic_stage part JOIN call_stage ON call_stage.id = part.stage_id
"""
FOUND = """
SELECT call_stage.number, reserve_list.state, reserve_list.until FROM reserve_list
JOIN topic_stage part ON part.id = reserve_list.topic_stage_id JOIN call_stage ON call_stage.id =
    part.stage_id
"""


@pytest.fixture
def before(template: Database) -> Iterator[Database]:
    """A database at the revision before, with four decisions."""
    with before_revision(REVISION, template) as earlier:
        with psycopg.connect(libpq(earlier.owner_url)) as connection:
            for statement in (ALONE, DECISIONS):
                connection.execute(statement)
        yield earlier


def test_who_is_on_reserve_by_money_has_a_list_without_an_end_and_nobody_else(before: Database) -> None:
    config = config_for(before.owner_url)
    command.upgrade(config, REVISION)
    with psycopg.connect(libpq(before.owner_url)) as connection:
        assert connection.execute(FOUND).fetchall() == [(1, "open", None)]
        with pytest.raises(psycopg.errors.CheckViolation), connection.transaction():
            connection.execute("UPDATE reserve_list SET state = 'ended'")
        with pytest.raises(psycopg.errors.RestrictViolation), connection.transaction():
            connection.execute("DELETE FROM reserve_promotion")
    command.downgrade(config, "-1")
    with psycopg.connect(libpq(before.owner_url)) as connection:
        assert connection.execute("SELECT to_regclass('reserve_list')").fetchall() == [(None,)]
    command.upgrade(config, REVISION)
