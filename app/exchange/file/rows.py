"""What the tables say of an act: its words, the rules it names, and whether it only writes a draft."""

import inspect
import re
from collections.abc import Mapping, Sequence
from functools import cache

from app.process import WORKFLOWS
from app.workflow.table import Transition

RULE = re.compile(r"\b[A-Z]-\d{2}\b")
STAFF = frozenset({"office", "signatory"})
DRAFTED = frozenset({"proposal", "consortium", "partner", "report", "consensus"})
"""What applicants and experts write before it is handed in or sealed."""


def _rows(entity: str, act: str) -> Sequence[Transition]:
    known: Mapping[str, Sequence[Transition]] = _by_name().get(entity, {})
    return known.get(act, ())


@cache
def _by_name() -> dict[str, dict[str, Sequence[Transition]]]:
    return {
        entity: {name: workflow.rows(name) for name in workflow.names}
        for entity, workflow in WORKFLOWS.items()
    }


@cache
def told(entity: str, act: str) -> tuple[str | None, tuple[str, ...]]:
    """What the row says of itself, and the ids of the rules that it, its guards and its effects name.

    An act whose row is there no more has no words.
    """
    rows = _rows(entity, act)
    if not rows:
        return None, ()
    parts = [part for row in rows for part in (*row.guards, *row.effects)]
    texts = [*(row.doc for row in rows), *(inspect.getdoc(part) or "" for part in parts)]
    return rows[0].doc, tuple(dict.fromkeys(found for one in texts for found in RULE.findall(one)))


@cache
def writes_a_draft(entity: str, act: str) -> bool:
    """Whether what was sent with the act is a draft, which only its author reads until it is handed in."""
    if entity not in DRAFTED:
        return False
    return any(row.target is None and not row.by.names & STAFF for row in _rows(entity, act))
