"""Any acts on two lists, their money, their reserve and reviews, in any order: what must hold always does."""

import os
from random import Random
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.conftest import World
from tests.decisions.walk.acts import Pick
from tests.decisions.walk.facts import Seen, broken_facts, seen
from tests.decisions.walk.ground import Ground, give, ground
from tests.decisions.walk.reviews import Reviews

pytestmark = pytest.mark.anyio
STEPS = 12
SEARCHED = "IMI_TEST_SEARCH" in os.environ
"""Walks that nobody has taken yet, each time; else the same ones, whatever else is changed."""
SENSIBLE = {
    "ranked": ("put", "put", "adopt", "go_on", "withdraw", "refuse_ethics", "reopen", "tell_findings"),
    "decided": ("release", "release", "release", "put", "go_on", "withdraw", "void_report"),
    "evaluation": ("close_list", "close_list", "review", "withdraw", "find_ineligible"),
    "released": (
        "promote", "make_room", "review", "review", "review", "review", "grant", "put", "go_on", "withdraw",
        "end", "refuse_ethics",
    ),
}  # fmt: skip
ANY = ("put", "go_on", "release", "withdraw", "void_report", "find_ineligible", "promote", "expire", "review",
       "grant", "close_list")  # fmt: skip
"""What is tried whatever the topic has come to."""
CENTS = st.integers(1, 3_000_000_000)
NEAR = st.sampled_from((0, 0, -1, 1, 100_000_000))


@st.composite
def money(draw: st.DrawFn, proposals: int) -> tuple[list[int], int]:
    """What each asks for, and an envelope that some of the first fit into: exactly, or but for a cent."""
    asked = [draw(CENTS) for _ in range(proposals)]
    return asked, max(1, sum(asked[: draw(st.integers(1, 3))]) + draw(NEAR))


@pytest.fixture
async def there(world: World) -> Ground:
    return await ground(world)


@settings(max_examples=8, derandomize=not SEARCHED, suppress_health_check=list(HealthCheck))
@given(first=money(6), second=money(3), seed=st.integers(0, 2**32))
async def test_whatever_is_done_money_order_and_outcomes_hold(
    there: Ground, first: tuple[list[int], int], second: tuple[list[int], int], seed: int
) -> None:
    # By a seed: to draw within the walk may end the task that all of a test runs in.
    pick: Pick = Random(seed).choice
    nested = await there.world.sessions.kw["bind"].begin_nested()
    try:
        await give(there, (first[0], second[0]), (first[1], second[1]))
        acts = Reviews(there, pick)
        for topic in there.topics:
            await acts.begin(topic, pick((3, 3, 2, 2, 1, 0)))
        await walk(acts, pick)
    finally:
        await nested.rollback()


async def walk(acts: Reviews, pick: Pick) -> None:
    before = await seen(acts.there.world)
    for _ in range(STEPS):
        topic = acts.topic()
        state = before.rows["topic_stage", UUID(topic.topic_stage)][0]
        name = pick((*SENSIBLE[state], *SENSIBLE[state], *ANY))
        acts.answers, acts.may = [], []
        acts.states = {str(key): row[0] for (kind, key), row in before.rows.items() if kind == "proposal"}
        if name == "adopt":
            await acts.put(topic, 3, "adopt_list")
        else:
            await getattr(acts, name)(topic)
        after = await seen(acts.there.world)
        note(f"{name} of {topic.topic_stage}: {[answer.status_code for answer in acts.answers]}")
        assert await broken_facts(acts.there.world) == [], name
        untouched(acts, name, before, after)
        before = after


def untouched(acts: Reviews, name: str, before: Seen, after: Seen) -> None:
    """What is refused changes nothing; an outcome that was told changes by the act that is meant to."""
    if acts.answers and all(answer.status_code >= 400 for answer in acts.answers):
        assert before.rows == after.rows, name
    now = {key: row[0] for (kind, key), row in after.rows.items() if kind == "proposal"}
    for key, was in before.released().items():
        if now[key] != was:
            moves = [some for of, some in acts.may if of in (None, str(key))]
            assert any((was, now[key]) in some for some in moves), f"{name}: {was} becomes {now[key]}"
