"""The revision that made a register of the organisations, over organisations that are there."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command

from app.consortia.organisations.rules import folded, pieces
from app.core.db import config_for
from app.core.postgres import Database, libpq
from tests.earlier import before_revision

REVISION = "0014"
ACCOUNT = """
INSERT INTO account (id, created_at, audit_seq, audit_head, state, email, name, language, version,
    notices)
VALUES (gen_random_uuid(), now(), 0, '', 'active', 'a@example.org', 'A', 'en', 1, '{}')
"""
ORGANISATION = """
INSERT INTO organisation (id, created_at, audit_seq, audit_head, version, state, legal_name, short_name,
    country, kind, pic)
VALUES (gen_random_uuid(), now(), 0, '', 1, %s, %s, %s, 'DE', 'research', %s)
"""
VALIDATED = """
INSERT INTO audit_event (id, at, entity, entity_id, seq, act, actor_id, by_system, before, after,
    commitment, prev_hash, hash, request_id)
SELECT gen_random_uuid(), '2024-05-01T12:00:00Z', 'organisation', organisation.id, 2, 'validate', account.id,
    false, 'registered', 'validated', '', '', '', ''
FROM organisation, account WHERE organisation.state = 'validated'
"""
LUBECK = "Universität zu Lübeck"


@pytest.fixture
def before(template: Database) -> Iterator[Database]:
    """A database at the revision before, with an organisation that was validated and one that was not."""
    with before_revision(REVISION, template) as earlier:
        with psycopg.connect(libpq(earlier.owner_url)) as connection:
            connection.execute(ACCOUNT)
            connection.execute(ORGANISATION, ("validated", LUBECK, "UzL", "999999999"))
            connection.execute(ORGANISATION, ("registered", "Harbour", "", None))
            connection.execute(VALIDATED)
        yield earlier


def test_what_was_there_is_found_by_its_names_and_keeps_who_validated_it(before: Database) -> None:
    config = config_for(before.owner_url)
    command.upgrade(config, REVISION)
    with psycopg.connect(libpq(before.owner_url)) as connection:
        kept = connection.execute(
            "SELECT name, folded, pieces FROM organisation_name ORDER BY name"
        ).fetchall()
        assert kept == [(name, folded(name), pieces(folded(name))) for name in ("Harbour", LUBECK, "UzL")]
        told = "SELECT validated_at::date::text, account.email, aliases, non_profit FROM organisation "
        told += "LEFT JOIN account ON account.id = validated_by_id ORDER BY legal_name"
        assert connection.execute(told).fetchall() == [
            (None, None, [], False),
            ("2024-05-01", "a@example.org", [], False),
        ]
        connection.execute(
            "UPDATE organisation SET pic = '999999999', state = 'merged', merged_into_id = (SELECT id FROM "
            "organisation WHERE state = 'validated') WHERE legal_name = 'Harbour'"
        )
    command.downgrade(config, "-1")
    with psycopg.connect(libpq(before.owner_url)) as connection:
        left = connection.execute("SELECT legal_name, state, pic FROM organisation ORDER BY legal_name")
        assert left.fetchall() == [("Harbour", "registered", None), (LUBECK, "validated", "999999999")]
