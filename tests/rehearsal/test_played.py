"""Calls played from their first idea to their last signature: the figures are computed, not read."""

import pytest

from app.calls import rule_set
from app.rehearsal.figures import differences
from tests.conftest import World
from tests.rehearsal.build import call, figures, order, played, small

pytestmark = pytest.mark.anyio

COUNTS = {
    "submitted": 14,
    "inadmissible": 2,
    "ineligible": 3,
    "inadmissible_or_ineligible": 5,
    "evaluated": 9,
    "above_threshold": 6,
    "funded": 4,
    "funded_acronyms": ["DECISION", "Impentri", "KRONO", "RAPID-COVID"],
    "reserve": 2,
    "late_refused": 1,
    "envelope_eur": 15_000_000,
}


async def test_another_seed_gives_the_same_counts_and_other_scores(live: World) -> None:
    found = await played(live, small(), seed=7)
    assert figures(found) == COUNTS
    print(order(found), found.cast.marks, found.theatre.requests, found.seconds)
