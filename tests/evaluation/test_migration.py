"""The revision of individual reports, over a database with one in each state."""

import hashlib
from collections.abc import Iterator

import psycopg
import pytest
import rfc8785
from alembic import command

from app.core.db import config_for
from app.core.postgres import Database, libpq
from tests.earlier import before_revision

REVISION = "0029"
ENTITY = "created_at, audit_seq, audit_head"
BEFORE = f"""
ALTER TABLE report DISABLE TRIGGER USER, DROP CONSTRAINT fk_report_assignment_id,
    DROP CONSTRAINT fk_report_proposal_id, DROP CONSTRAINT fk_report_topic_id;
ALTER TABLE consensus DROP CONSTRAINT fk_consensus_rapporteur_id, DROP CONSTRAINT fk_consensus_proposal_id,
    DROP CONSTRAINT fk_consensus_topic_id;
WITH r AS (
    INSERT INTO report (id, {ENTITY}, state, assignment_id, proposal_id, topic_id, sealed_at)
    SELECT gen_random_uuid(), now(), 0, '', said.state, gen_random_uuid(), said.proposal::uuid,
        gen_random_uuid(), said.sealed::timestamptz
    FROM (VALUES
        ('draft', '%(one)s', NULL), ('sealed', '%(one)s', '2030-01-01'), ('sealed', '%(two)s', '2030-01-02'),
        ('voided', '%(two)s', '2030-01-03')
    ) said (state, proposal, sealed)
    RETURNING id
)
INSERT INTO report_mark (id, version, report_id, criterion, score, comment)
SELECT gen_random_uuid(), 2, r.id, 'impact', 3.5, 'Well.' FROM r;
INSERT INTO consensus (id, {ENTITY}, state, proposal_id, topic_id, rapporteur_id, round)
SELECT gen_random_uuid(), '2030-02-01', 0, '', 'drafting', '%(two)s', gen_random_uuid(), gen_random_uuid(), 0
""" % {"one": "00000000-0000-4000-8000-000000000001", "two": "00000000-0000-4000-8000-000000000002"}
FOUND = """
SELECT r.state, r.read_others_at IS NOT NULL, r.in_group_at IS NOT NULL, v.number, v.content, v.digest
FROM report r LEFT JOIN report_version v ON v.report_id = r.id ORDER BY r.sealed_at NULLS FIRST
"""
CONTENT = {
    "marks": {"impact": {"score": "3.50", "comment": "Well.", "strengths": "", "shortcomings": ""}},
    "flags": [],
    "remark": "",
}


@pytest.fixture
def before(template: Database) -> Iterator[Database]:
    """A database at the revision before, with four reports in it."""
    with before_revision(REVISION, template, BEFORE) as earlier:
        yield earlier


def test_reports_from_before_are_kept_as_they_were_sealed(before: Database) -> None:
    command.upgrade(config_for(before.owner_url), REVISION)
    kept = (1, CONTENT, hashlib.sha256(rfc8785.dumps(CONTENT)).hexdigest())  # type: ignore[arg-type]
    with psycopg.connect(libpq(before.app_url)) as connection:
        assert connection.execute(FOUND).fetchall() == [
            ("draft", False, False, None, None, None),
            ("sealed", True, False, *kept),
            ("sealed", True, True, *kept),
            ("voided", False, True, *kept),
        ]
        drafts = (
            "UPDATE report_mark SET score = 1 FROM report WHERE report.id = report_id AND state = 'draft'"
        )
        assert connection.execute(drafts).rowcount == 1
        with pytest.raises(psycopg.errors.CheckViolation, match="a sealed report is not changed"):
            connection.execute("UPDATE report_mark SET score = 1")


def test_it_can_be_taken_back(before: Database) -> None:
    config = config_for(before.owner_url)
    command.upgrade(config, REVISION)
    command.downgrade(config, "-1")
    with psycopg.connect(libpq(before.owner_url)) as connection:
        assert connection.execute("SELECT to_regclass('report_version')").fetchone() == (None,)
        assert connection.execute("SELECT count(*) FROM report_mark").fetchone() == (4,)
    command.upgrade(config, REVISION)
