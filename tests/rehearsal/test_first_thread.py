"""The first thread, from a topic's draft to a signed grant, through HTTP alone."""

import pytest

from app.rehearsal.play import play, prepare
from app.rehearsal.stories import first_thread
from tests.conftest import World

pytestmark = pytest.mark.anyio


async def test_the_first_thread_ends_with_one_grant_and_the_reserve(live: World) -> None:
    links = await prepare(first_thread, live.sessions)
    played = await play(first_thread, live.client, links, seed=1)
    assert played.facts == {
        "submitted": 3,
        "ineligible": 1,
        "evaluated": 2,
        "funded": ["ALPHA"],
        "reserve": ["BETA"],
        "late_refused": 1,
        "letters": 3,
    }
