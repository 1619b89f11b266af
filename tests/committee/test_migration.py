"""The revision of sessions and rules, over sessions and votes that are there."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command

from app.committee.invariants import INVARIANTS
from app.core.db import config_for
from app.core.postgres import Database, libpq
from tests.earlier import before_revision

REVISION = "0040"
ROWS = """
INSERT INTO account (id, created_at, audit_seq, audit_head, state, email, name, language, version,
    notices)
SELECT ('00000000-0000-0000-0000-00000000000' || n)::uuid, now(), 0, '', 'active',
    n || '@example.org', n, 'en', 1, '{}'
FROM generate_series(1, 4) n;
INSERT INTO body (id, created_at, audit_seq, audit_head, state, kind, name, quorum, majority)
VALUES (gen_random_uuid(), now(), 0, '', 'active', 'scientific_committee', 'Committee', 0.5, 0.6);
INSERT INTO mandate (id, created_at, audit_seq, audit_head, state, body_id, account_id, seat, starts_at,
    appointing_act, proposed_by)
SELECT gen_random_uuid(), now(), 0, '', 'active', b.id, a.id,
    CASE a.name WHEN '1' THEN 'chair' ELSE 'member' END,
    now(), 'act', a.id
FROM body b, account a;
INSERT INTO body_session (id, created_at, audit_seq, audit_head, state, body_id, title, held_at)
SELECT gen_random_uuid(), now(), 0, '', s, id, s, '2020-01-01' FROM body, unnest(ARRAY['closed', 'open']) s;
INSERT INTO motion (id, created_at, audit_seq, audit_head, state, session_id, purpose, subject_id, text,
    annexes, decided_at, outcome_reason)
SELECT gen_random_uuid(), now() + n * interval '1 s', 0, '', s, b.id, 'adopt_list', gen_random_uuid(), n,
    '[]', CASE WHEN s IN ('adopted', 'not_adopted') THEN now() END, CASE WHEN s = 'adjourned' THEN 'why' END
FROM body_session b, unnest(ARRAY['adopted', 'not_adopted', 'adjourned', 'prepared', 'voting'])
    WITH ORDINALITY AS t (s, n)
WHERE b.state = 'closed';
INSERT INTO ballot (id, motion_id, account_id, recused, choice, cast_at)
SELECT gen_random_uuid(), m.id, a.id,
    CASE a.name WHEN '3' THEN 'Mine.' WHEN '4' THEN 'The mandate has ended.' END,
    CASE a.name WHEN '1' THEN 'yes' WHEN '2' THEN CASE m.state WHEN 'adopted' THEN 'yes' ELSE 'no' END END,
    CASE WHEN a.name IN ('1', '2') THEN now() END
FROM motion m, account a WHERE m.state IN ('adopted', 'not_adopted', 'voting');
INSERT INTO audit_event (id, entity, entity_id, seq, at, act, actor_id, by_system, request_id, before, after,
    commitment, prev_hash, hash)
SELECT gen_random_uuid(), 'motion', id, 1, now(), 'declare_interest',
    '00000000-0000-0000-0000-000000000003'::uuid,
    false, '', '', '', '', '', '' FROM motion WHERE state = 'adopted'
UNION ALL
SELECT gen_random_uuid(), 'session', id, 1, '2020-02-02'::timestamptz, 'close', NULL::uuid, false,
    '', '', '', '', '', ''
FROM body_session WHERE state = 'closed';
"""


@pytest.fixture
def before(template: Database) -> Iterator[Database]:
    with before_revision(REVISION, template, ROWS) as earlier:
        yield earlier


def test_what_was_voted_stays_by_the_rule_it_was_voted_by(before: Database) -> None:
    config = config_for(before.owner_url)
    command.upgrade(config, REVISION)
    with psycopg.connect(libpq(before.owner_url)) as connection:

        def ask(query: str) -> list[tuple[object, ...]]:
            return connection.execute(query).fetchall()

        rules = ask("SELECT state, place, rule ->> 'quorum', rule ->> 'majority' FROM motion ORDER BY place")
        assert rules == [
            ("adopted", 1, "0.500", "0.600"),
            ("not_adopted", 2, "0.500", "0.600"),
            ("adjourned", 3, None, None),
            ("prepared", 4, None, None),
            ("voting", 5, "0.500", "0.600"),
        ]
        closed = ask("SELECT title, closed_at::date::text FROM body_session ORDER BY title")
        assert closed == [("closed", "2020-02-02"), ("open", None)]
        grounds = ask(
            "SELECT a.name, m.state, v.ground FROM ballot v JOIN account a ON a.id = v.account_id "
            "JOIN motion m ON m.id = v.motion_id WHERE v.ground IS NOT NULL ORDER BY 1, 2"
        )
        assert grounds == [
            ("3", "adopted", "interest"),
            ("4", "adopted", "mandate"),
            ("4", "not_adopted", "mandate"),
            ("4", "voting", "mandate"),
        ]
        seats = ask(
            "SELECT DISTINCT a.name, d.account_id = v.account_id, v.chairs, v.seated, v.weight::text "
            "FROM ballot v JOIN mandate d ON d.id = v.seat_id JOIN account a ON a.id = v.account_id "
            "ORDER BY 1"
        )
        assert seats == [(str(n), True, n == 1, True, "1.000") for n in range(1, 5)]
        for kept in INVARIANTS[:2]:
            assert ask(kept.broken_by) == []
    command.downgrade(config, "-1")
    with psycopg.connect(libpq(before.owner_url)) as connection:
        assert connection.execute("SELECT count(*) FROM ballot").fetchone() == (12,)
    command.upgrade(config, REVISION)


def test_new_states_go_back_to_what_the_revision_before_knows(before: Database) -> None:
    config = config_for(before.owner_url)
    command.upgrade(config, REVISION)
    with psycopg.connect(libpq(before.owner_url)) as connection:
        connection.execute(
            "UPDATE body_session SET state = 'adjourned', adjourned_until = now() WHERE state = 'open'"
        )
        connection.execute(
            "UPDATE motion SET state = 'referred', adjourned_for = 'too_few' WHERE state = 'adjourned'"
        )
    command.downgrade(config, "-1")
    with psycopg.connect(libpq(before.owner_url)) as connection:
        states = "SELECT state FROM body_session UNION ALL SELECT state FROM motion ORDER BY 1"
        found = [state for (state,) in connection.execute(states)]
    assert found == ["adjourned", "adopted", "closed", "not_adopted", "open", "prepared", "voting"]
