"""The revision that brought sketches, screening and merging, over a database with an idea and a vote."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from alembic import command

from app.core.db import config_for
from app.core.invariants import heads_of
from app.core.postgres import Database, libpq
from tests.earlier import before_revision
from tests.topics.test_migration import MOTION

REVISION = "0006"
IDEA = """
WITH a AS (
    INSERT INTO account (id, created_at, audit_seq, audit_head, state, email, name, language, version)
    VALUES (gen_random_uuid(), now(), 0, '', 'active', 'a@example.org', 'A', 'en', 1) RETURNING id
)
INSERT INTO topic (id, created_at, audit_seq, audit_head, version, state, reference, title, challenge, need,
    scope, outcomes, impact, action_type, patient_need, eu_priority, industry_interest, proposed_by)
SELECT %s, '2020-01-01Z', 0, '', 3, 'idea', 'IDEA-1', 'An idea', 'C', '', '', '', '', 'RIA', '', '', '', id
FROM a
"""


@pytest.fixture
def before(template: Database) -> Iterator[Database]:
    with before_revision(REVISION, template) as earlier:
        yield earlier


def filled(database: Database) -> UUID:
    key = uuid4()
    with psycopg.connect(libpq(database.owner_url)) as connection:
        connection.execute(IDEA, (key,))
        connection.execute(MOTION, (key,))
    return key


def one(connection: psycopg.Connection[Any], statement: str, *given: Any) -> Any:
    return connection.execute(statement, given).fetchone()  # type: ignore[arg-type]


def test_an_idea_lives_through_it_and_was_handed_in(before: Database) -> None:
    key = filled(before)
    command.upgrade(config_for(before.owner_url), REVISION)
    with psycopg.connect(libpq(before.app_url)) as connection:
        told = "state, submitted_at = created_at, beneficiaries, on_behalf_of, merged_into_id"
        assert one(connection, f"SELECT {told} FROM topic WHERE id = %s", key) == ("idea", True, "", "", None)
        assert one(connection, "SELECT purpose, target_id, outcome_reason FROM motion") == (
            "adopt_topic",
            None,
            None,
        )
        codes = connection.execute("SELECT DISTINCT scheme FROM focus_area WHERE state = 'active'").fetchall()
        assert codes == [("imi",)]
        assert one(connection, "SELECT count(*) FROM focus_area") == (6,)
        assert connection.execute(heads_of("focus_area").broken_by).fetchall() == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("UPDATE topic SET state = 'merged'", "ck_topic_merged_has_a_target"),
        ("UPDATE topic SET state = 'sketch'", "ck_topic_sketch_is_not_handed_in"),
        ("UPDATE topic SET state = 'withdrawn', proposed_by = NULL", "ck_topic_idea_has_a_proposer"),
        ("UPDATE topic SET state = 'merged', merged_into_id = id", "ck_topic_merged_with_another"),
        ("UPDATE motion SET state = 'adjourned'", "ck_motion_adjourned_has_a_reason"),
        ("UPDATE motion SET purpose = 'merge_idea'", "ck_motion_merged_with_a_target"),
        ("UPDATE motion SET target_id = subject_id", "ck_motion_merged_with_a_target"),
    ],
)
def test_what_must_hold_is_held(upgraded: psycopg.Connection[Any], change: str, rule: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match=rule), upgraded.transaction():
        upgraded.execute(change)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def upgraded(template: Database) -> Iterator[psycopg.Connection[Any]]:
    with before_revision(REVISION, template) as earlier:
        filled(earlier)
        command.upgrade(config_for(earlier.owner_url), REVISION)
        with psycopg.connect(libpq(earlier.owner_url)) as connection:
            yield connection


def test_it_can_be_taken_back(before: Database) -> None:
    filled(before)
    config = config_for(before.owner_url)
    command.upgrade(config, REVISION)
    command.downgrade(config, "-1")
    with psycopg.connect(libpq(before.owner_url)) as connection:
        assert one(connection, "SELECT state FROM topic") == ("idea",)
        assert one(connection, "SELECT to_regclass('focus_area')") == (None,)
