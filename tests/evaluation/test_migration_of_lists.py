"""The revision of lists in versions, over a list that is closed and one whose panel still works."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command

from app.core.db import config_for
from app.core.postgres import Database, libpq
from tests.earlier import before_revision

REVISION = "0031"
# What these rows belong to is left out.
ALONE = """
ALTER TABLE topic_stage DROP CONSTRAINT fk_topic_stage_topic_id;
ALTER TABLE proposal DROP CONSTRAINT fk_proposal_consortium_id, DROP CONSTRAINT fk_proposal_topic_id;
ALTER TABLE panel DROP CONSTRAINT fk_panel_topic_id;
"""
ROWS = """
INSERT INTO call (id, created_at, audit_seq, audit_head, version, state, reference, title, kind,
    earlier_grants, rule_set, overrides, rules, budget, embargoed)
VALUES (gen_random_uuid(), now(), 0, '', 1, 'running', 'C-1', 'Call', 'single_stage', '[]', 'imi2', '[]',
    '{"scheme": {"code": "default", "criteria": [{"code": "excellence"}, {"code": "impact"}]},
      "schemes": [{"code": "ia", "action_types": ["IA"], "criteria": [
        {"code": "excellence", "weight": "1"}, {"code": "impact", "weight": "1.5"}]}]}', 8, 0);
INSERT INTO call_stage (id, created_at, audit_seq, audit_head, state, call_id, number, kind, opens_at,
    deadline, closes_at, page_limits)
SELECT gen_random_uuid(), now(), 0, '', 'scheduled', id, 1, 'full', now(), '2020-01-01T17:00',
    now() + interval '1 day', '{}' FROM call;
INSERT INTO topic_stage (id, created_at, audit_seq, audit_head, state, stage_id, topic_id, budget, embargoed,
    ceiling, action_type)
SELECT gen_random_uuid(), now(), 0, '', 'ranked', id, gen_random_uuid(), 8, 0, 'binding', of.kind
FROM call_stage, (VALUES ('IA'), ('RIA')) AS of (kind);
INSERT INTO panel (id, created_at, audit_seq, audit_head, state, topic_stage_id, topic_id, digest, closed_at)
SELECT gen_random_uuid(), now(), 0, '', CASE action_type WHEN 'IA' THEN 'closed' ELSE 'ranked' END, id,
    topic_id, CASE action_type WHEN 'IA' THEN 'digest' END, CASE action_type WHEN 'IA' THEN now() END
FROM topic_stage;
INSERT INTO proposal (id, created_at, audit_seq, audit_head, version, state, reference, consortium_id,
    topic_stage_id, topic_id, acronym, title, abstract, requested, sealed, handed_in)
SELECT gen_random_uuid(), now(), 0, '', 1, 'evaluated', 'P-' || action_type || number, gen_random_uuid(), id,
    topic_id, 'A', 'T', 'A', 1, 1, '{}' FROM topic_stage, generate_series(1, 2) AS number;
INSERT INTO panel_place (id, panel_id, proposal_id, rank, above, total, scores)
SELECT gen_random_uuid(), panel.id, proposal.id, CASE panel.state WHEN 'closed' THEN right(reference, 1)::int
    ELSE 1 END, true, 8, '{"excellence": "4.00", "impact": "4.00"}'
FROM panel JOIN proposal ON proposal.topic_stage_id = panel.topic_stage_id;
"""
PLACES = """
SELECT reference, weighted::text, awaits FROM panel_place JOIN proposal ON proposal.id = proposal_id
ORDER BY reference
"""
LISTS = """
SELECT number, panel_list.digest, inputs::text, places -> 0 ->> 'reference', places -> 1 ->> 'rank',
    places -> 0 ->> 'total', panel.digest = panel_list.digest AND panel.closed_at = panel_list.closed_at
FROM panel_list JOIN panel ON panel.id = panel_id
"""


@pytest.fixture
def before(template: Database) -> Iterator[Database]:
    with before_revision(REVISION, template) as earlier:
        with psycopg.connect(libpq(earlier.owner_url)) as connection:
            for statement in (ALONE, ROWS):
                connection.execute(statement)
        yield earlier


def test_a_closed_list_becomes_its_first_version_and_equals_wait_for_the_panel(before: Database) -> None:
    config = config_for(before.owner_url)
    command.upgrade(config, REVISION)
    with psycopg.connect(libpq(before.owner_url)) as connection:
        assert connection.execute(PLACES).fetchall() == [
            ("P-IA1", "10.0000", None),
            ("P-IA2", "10.0000", None),
            ("P-RIA1", "8.0000", "other"),
            ("P-RIA2", "8.0000", "other"),
        ]
        assert connection.execute(LISTS).fetchall() == [(1, "digest", "{}", "P-IA1", "2", "8.00", True)]
    command.downgrade(config, "-1")
    with psycopg.connect(libpq(before.owner_url)) as connection:
        found = connection.execute("SELECT state, digest FROM panel ORDER BY state").fetchall()
        assert found == [("closed", "digest"), ("ranked", None)]
    command.upgrade(config, REVISION)
