"""The revision that brought versions and corrigenda, over topics that were adopted before."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command

from app.core.db import config_for
from app.core.postgres import Database, libpq
from tests.earlier import before_revision

REVISION = "0007"
TOPIC = """
INSERT INTO topic (id, created_at, audit_seq, audit_head, version, state, reference, title, challenge, need,
    scope, outcomes, impact, patient_need, eu_priority, eu_priority_code, industry_interest,
    industry_contribution, beneficiaries, on_behalf_of, action_type, indicative_budget)
VALUES (gen_random_uuid(), now(), 0, '', %s, %s, %s, 'A topic', 'C', '', '', '', '', '', '', '', '', '', '',
    '', 'RIA', %s)
RETURNING id
"""
ROUND = """
INSERT INTO consultation (id, created_at, audit_seq, audit_head, state, topic_id, number, opened_at,
    closes_at, public)
VALUES (gen_random_uuid(), now(), 0, '', 'closed', %s, 1, now() - interval '2 days', now(), false)
"""


@pytest.fixture
def before(template: Database) -> Iterator[Database]:
    """A database at the revision before, with a draft that was consulted on and an adopted topic."""
    with before_revision(REVISION, template) as earlier:
        with psycopg.connect(libpq(earlier.owner_url)) as connection:
            draft = connection.execute(TOPIC, (3, "drafting", "T-1", None)).fetchone()
            assert draft is not None
            connection.execute(ROUND, draft)
            connection.execute(TOPIC, (5, "in_call", "T-2", "12.50"))
        yield earlier


def test_what_was_there_is_the_first_version_that_is_kept(before: Database) -> None:
    command.upgrade(config_for(before.owner_url), REVISION)
    with psycopg.connect(libpq(before.app_url)) as connection:
        told = "reference, topic.version, adopted_version, number, fields ->> 'challenge', author_id"
        kept = f"SELECT {told} FROM topic JOIN topic_version ON topic_id = topic.id ORDER BY reference"
        assert connection.execute(kept).fetchall() == [
            ("T-1", 3, None, 3, "C", None),
            ("T-2", 5, 5, 5, "C", None),
        ]
        budgets = "SELECT fields -> 'indicative_budget' FROM topic_version ORDER BY number"
        assert connection.execute(budgets).fetchall() == [(None,), ({"amount": "12.50", "currency": "EUR"},)]
        moved = "SELECT opens_at = opened_at, of_version FROM consultation"
        assert connection.execute(moved).fetchone() == (True, None)


@pytest.mark.parametrize("act", ["UPDATE topic_version SET number = 9", "DELETE FROM topic_version"])
def test_a_kept_version_is_never_changed(before: Database, act: str) -> None:
    command.upgrade(config_for(before.owner_url), REVISION)
    with (
        psycopg.connect(libpq(before.app_url)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(act)
    with (
        psycopg.connect(libpq(before.owner_url)) as connection,
        pytest.raises(psycopg.errors.RestrictViolation),
    ):
        connection.execute(act)


def test_it_can_be_taken_back(before: Database) -> None:
    config = config_for(before.owner_url)
    command.upgrade(config, REVISION)
    command.downgrade(config, "-1")
    with psycopg.connect(libpq(before.owner_url)) as connection:
        assert connection.execute("SELECT count(*) FROM topic").fetchone() == (2,)
        assert connection.execute("SELECT to_regclass('topic_version')").fetchone() == (None,)
