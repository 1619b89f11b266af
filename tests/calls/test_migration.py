"""The revision that configures calls, over a database with a call of one stage and one of two."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command

from app.core.db import config_for
from app.core.postgres import Database, libpq
from tests.earlier import before_revision

REVISION = "0008"
ENTITY = "created_at, audit_seq, audit_head"
BEFORE = f"""
WITH t AS (
    INSERT INTO topic (id, {ENTITY}, version, state, reference, title, challenge, need, scope, outcomes,
        impact, patient_need, eu_priority, eu_priority_code, industry_interest, industry_contribution,
        beneficiaries, on_behalf_of, synergies, applicant_expectations, architecture, special_conditions,
        industry_consortium, adopted_version, action_type)
    VALUES (gen_random_uuid(), now(), 0, '', 3, 'adopted', %(word)s, 'A topic', '', '', '', '', '', '', '',
        '', '', '', '', '', '', '', '', '', '{{}}', 3, 'IA')
    RETURNING id
), c AS (
    INSERT INTO call (id, {ENTITY}, version, state, reference, title, rule_set, rules, budget, embargoed)
    VALUES (gen_random_uuid(), now(), 0, '', 1, 'preparing', %(word)s, 'A call', 'imi2', '{{}}', 9, 0)
    RETURNING id
), s AS (
    INSERT INTO call_stage (id, {ENTITY}, state, call_id, number, opens_at, deadline, closes_at)
    SELECT gen_random_uuid(), now(), 0, '', 'scheduled', c.id, n, now(), '2050-03-31T17:00',
        now() + interval '9 days'
    FROM c, generate_series(1, %(stages)s) n RETURNING id
)
INSERT INTO topic_stage (id, {ENTITY}, state, stage_id, topic_id, budget, embargoed)
SELECT gen_random_uuid(), now(), 0, '', 'scheduled', s.id, t.id, 9, 0 FROM s, t
"""


@pytest.fixture
def before(template: Database) -> Iterator[Database]:
    """A database at the revision before, with two calls in it."""
    with before_revision(REVISION, template) as earlier:
        with psycopg.connect(libpq(earlier.owner_url)) as connection:
            for word, stages in (("ONE", 1), ("TWO", 2)):
                connection.execute(BEFORE, {"word": word, "stages": stages})
        yield earlier


def test_calls_from_before_say_what_they_are(before: Database) -> None:
    command.upgrade(config_for(before.owner_url), REVISION)
    with psycopg.connect(libpq(before.app_url)) as connection:
        calls = "SELECT reference, kind, earlier_grants, overrides FROM call ORDER BY reference"
        assert connection.execute(calls).fetchall() == [
            ("ONE", "single_stage", [], []),
            ("TWO", "two_stage", [], []),
        ]
        stages = (
            "SELECT c.reference, s.number, s.kind, s.page_limits, s.scheme FROM call_stage s JOIN call c "
        )
        stages += "ON c.id = s.call_id ORDER BY 1, 2"
        assert connection.execute(stages).fetchall() == [
            ("ONE", 1, "full", {}, None),
            ("TWO", 1, "short", {}, None),
            ("TWO", 2, "full", {}, None),
        ]
        parts = "SELECT DISTINCT ceiling, expected_grants, action_type, invited_to_next FROM topic_stage"
        assert connection.execute(parts).fetchall() == [("binding", 1, "IA", None)]
        with pytest.raises(psycopg.errors.CheckViolation, match="ck_call_kind"):
            connection.execute("UPDATE call SET kind = 'three_stage'")


def test_it_can_be_taken_back(before: Database) -> None:
    config = config_for(before.owner_url)
    command.upgrade(config, REVISION)
    command.downgrade(config, "-1")
    with psycopg.connect(libpq(before.owner_url)) as connection:
        assert connection.execute("SELECT count(*) FROM topic_stage").fetchone() == (3,)
        assert not connection.execute(
            "SELECT 1 FROM information_schema.columns WHERE table_name = 'call' AND column_name = 'kind'"
        ).fetchall()
