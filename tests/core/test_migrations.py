"""The revisions make the schema that the models say, states and all."""

import psycopg

from app.core.postgres import Database, copy_of, drop, libpq
from app.core.revise import differs


def test_the_revisions_make_what_the_models_say(database: Database) -> None:
    assert differs(database.owner_url) == "", "write the next revision with: imi revise"


def test_a_state_that_the_schema_does_not_know_is_named(template: Database) -> None:
    copy = copy_of(template, "imi_words")
    with psycopg.connect(libpq(copy.owner_url)) as connection:
        connection.execute("ALTER TABLE panel DROP CONSTRAINT ck_panel_state")
        connection.execute("ALTER TABLE panel ADD CONSTRAINT ck_panel_state CHECK (state = 'open')")
    found = differs(copy.owner_url)
    drop(copy)
    assert "ck_panel_state" in found
