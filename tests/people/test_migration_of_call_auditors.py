"""The revision that lets an auditor be appointed for one call, over appointments that are there, and back."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command

from app.core.db import config_for
from app.core.postgres import Database, libpq
from tests.earlier import before_revision

REVISION = "0048"
ROWS = """
INSERT INTO account (id, created_at, audit_seq, audit_head, state, version, email, name, language, notices)
VALUES (gen_random_uuid(), now(), 0, '', 'active', 1, 'a@example.org', 'A', 'en', '{}');
INSERT INTO call (id, created_at, audit_seq, audit_head, state, version, kind, reference, title, budget,
    embargoed, rule_set, rules, overrides, earlier_grants)
VALUES (gen_random_uuid(), now(), 0, '', 'preparing', 1, 'single_stage', 'C-1', 'Call', 1, 0, 'imi2', '{}',
    '[]', '[]');
INSERT INTO appointment (id, created_at, audit_seq, audit_head, state, account_id, role, starts_at, ends_at,
    appointing_act, confirmed_at)
SELECT gen_random_uuid(), now(), 0, '', 'active', id, r, '2020-01-01', '2090-01-01', 'act', now()
FROM account, unnest(ARRAY['auditor', 'office']) r;
"""
THERE = "SELECT role, state, ends_at > now() FROM appointment ORDER BY role, ends_at"
FOR_ONE = "UPDATE appointment SET call_id = (SELECT id FROM call) WHERE role = '{}'"
AGAIN = """
INSERT INTO appointment (id, created_at, audit_seq, audit_head, state, account_id, role, starts_at, ends_at,
    appointing_act, confirmed_at)
SELECT gen_random_uuid(), now(), 0, '', state, account_id, role, starts_at, '2091-01-01', 'act', now()
FROM appointment WHERE role = 'auditor'
"""
BOTH = [("auditor", "active", True), ("office", "active", True)]


@pytest.fixture
def before(template: Database) -> Iterator[Database]:
    with before_revision(REVISION, template, ROWS) as earlier:
        yield earlier


def test_who_audits_everything_goes_on_and_who_audits_one_call_never_comes_to_audit_all(
    before: Database,
) -> None:
    config = config_for(before.owner_url)
    command.upgrade(config, REVISION)
    with psycopg.connect(libpq(before.owner_url)) as connection:
        assert connection.execute(THERE).fetchall() == BOTH
        assert connection.execute("SELECT count(call_id) FROM appointment").fetchall() == [(0,)]
        with pytest.raises(psycopg.errors.CheckViolation), connection.transaction():
            connection.execute(FOR_ONE.format("office"))
        connection.execute(FOR_ONE.format("auditor"))
        connection.execute(AGAIN)
    command.downgrade(config, "-1")
    with psycopg.connect(libpq(before.owner_url)) as connection:
        assert connection.execute(THERE).fetchall() == [("auditor", "active", False), *BOTH]
