"""The revision that gives experts a profile and contracts a briefing, over a pool that is there."""

import psycopg
from alembic import command

from app.core.db import config_for
from app.core.postgres import Database, libpq
from tests.earlier import before_revision

REVISION = "0024"
ROWS = """
INSERT INTO account (id, created_at, audit_seq, audit_head, state, email, name, language, version, notices)
SELECT gen_random_uuid(), now(), 0, '', 'active', name || '@example.org', name, 'en', 1, '{}'
FROM unnest(ARRAY['offered', 'signed', 'ended', 'terminated']) AS name;
INSERT INTO call (id, created_at, audit_seq, audit_head, version, state, reference, title, kind,
    earlier_grants, rule_set, overrides, rules, budget, embargoed)
VALUES (gen_random_uuid(), now(), 0, '', 1, 'published', 'C', 'C', 'single_stage', '[]', 'imi2', '[]', '{}',
    9, 0);
INSERT INTO expert (id, created_at, audit_seq, audit_head, version, state, account_id, expertise)
SELECT gen_random_uuid(), now(), 0, '', 1, 'active', id,
    CASE name WHEN 'signed' THEN '["biology", "statistics"]'::jsonb ELSE '[]' END FROM account;
INSERT INTO expert_contract (id, created_at, audit_seq, audit_head, state, expert_id, call_id, days,
    signed_at)
SELECT gen_random_uuid(), '2024-01-01T12:00:00Z', 0, '', account.name, expert.id, call.id, 5,
    CASE account.name WHEN 'offered' THEN NULL ELSE now() END
FROM call, expert JOIN account ON account.id = expert.account_id;
INSERT INTO audit_event (id, entity, entity_id, seq, at, act, by_system, request_id, before, after,
    commitment,
    prev_hash, hash)
SELECT gen_random_uuid(), 'contract', id, 1, '2024-05-01T12:00:00Z', 'end', false, '', 'signed', 'ended',
    '', '',
    ''
FROM expert_contract WHERE state = 'ended';
"""
TERMS = "SELECT expertise FROM expert JOIN account ON account.id = account_id WHERE name = 'signed'"
WHEN = "SELECT state, ended_at::date::text, briefed_at, place FROM expert_contract ORDER BY state"
LATER = "UPDATE expert_contract SET state = 'suspended' WHERE state = 'signed'"


def test_words_become_keywords_contracts_keep_when_they_ended_and_there_is_a_way_back(
    template: Database,
) -> None:
    with before_revision(REVISION, template) as before:
        config = config_for(before.owner_url)
        with psycopg.connect(libpq(before.owner_url)) as connection:
            connection.execute(ROWS)
        command.upgrade(config, REVISION)
        with psycopg.connect(libpq(before.owner_url)) as connection:
            (terms,) = connection.execute(TERMS).fetchone() or ([],)
            found = connection.execute(WHEN).fetchall()
            connection.execute(LATER)
        command.downgrade(config, "-1")
        with psycopg.connect(libpq(before.owner_url)) as connection:
            back = connection.execute(TERMS).fetchone()
            states = connection.execute("SELECT state FROM expert_contract ORDER BY state").fetchall()
    assert [(term["scheme"], term["term"]) for term in terms] == [
        ("keyword", "biology"),
        ("keyword", "statistics"),
    ]
    assert found == [
        ("ended", "2024-05-01", None, "remote"),
        ("offered", None, None, "remote"),
        ("signed", None, None, "remote"),
        ("terminated", "2024-01-01", None, "remote"),
    ]
    assert back == (["biology", "statistics"],)
    assert states == [("ended",), ("offered",), ("terminated",), ("terminated",)]
