"""An interest takes roles away: asked once for what is seen and once for what is held; unknown, it counts."""

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy.dialects import postgresql

from app.committee.models import Motion
from app.core.clock import machine_now
from app.decisions.models import Decision
from app.workflow.sight import held_in, seen_by
from app.workflow.who import Actor

SOMEBODY = Actor(uuid4(), frozenset({"office"}), "", machine_now())


def read(**columns: Any) -> Any:
    return SimpleNamespace(_mapping={"Decision": object(), **columns})


@pytest.mark.parametrize(
    ("impartial", "held"),
    [
        (True, {"signed_in", "applicant", "office"}),
        (False, {"signed_in", "applicant"}),
        (None, {"signed_in", "applicant"}),
    ],
)
def test_what_is_held_depends_on_an_interest_and_what_is_ones_own_does_not(
    impartial: bool | None, held: set[str]
) -> None:
    row = read(is_applicant=True, is_partner=None, impartial_office=True, impartial_auditor=False)
    row._mapping["impartial"] = impartial
    assert held_in(row, SOMEBODY) == held


def test_where_no_interest_is_asked_for_every_tie_counts() -> None:
    assert held_in(read(is_applicant=False, impartial_office=True), SOMEBODY) == {"signed_in", "office"}


@pytest.mark.parametrize(("model", "topics"), [(Decision, 1), (Motion, 2)])
def test_an_interest_is_asked_once_for_sight_and_once_for_what_is_held(
    application: FastAPI, model: type[Any], topics: int
) -> None:
    """A motion asks it of its own topic and of the further ones; how many ties there are plays no part."""
    statement = seen_by(model, (frozenset({"office", "signatory", "committee"}), True))
    sql = str(statement.compile(dialect=postgresql.dialect()))
    assert sql.count("conflict.topic_id") == 2 * topics
