"""The revisions make the schema that the models say, states and all."""

from app.core.postgres import Database
from app.core.revise import is_fresh


def test_the_revisions_make_what_the_models_say(database: Database) -> None:
    assert is_fresh(database.owner_url)
