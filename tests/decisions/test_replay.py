"""`imi audit replay` draws every line again from the sealed list, and names what was altered since."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from app.calls.models import Call, Stage, TopicStage
from app.core.clock import machine_now
from app.decisions import replay
from app.proposals.models import Proposal
from tests.conftest import World
from tests.decisions.votes import carried, of
from tests.evaluation.build import Topic, evaluated
from tests.evaluation.test_replay import by_owner

pytestmark = pytest.mark.anyio
SCORES = (("5", "5", "5"), ("4", "4", "4"), ("3", "4", "4"), ("2", "5", "5"))


async def decided(world: World, budget: str = "2.00") -> tuple[Topic, str]:
    """Four proposals that ask for a euro each, one below a threshold; two are within the envelope."""
    topic = await evaluated(world, *SCORES)
    part = UUID(topic.topic_stage)
    async with world.sessions() as session, session.begin():
        await session.execute(update(TopicStage).where(TopicStage.id == part).values(budget=budget))
        asked = update(Proposal).where(Proposal.topic_stage_id == part).values(requested="1.00")
        await session.execute(asked)
    panel = await topic.office.make(f"/topic_stages/{topic.topic_stage}/panels")
    await topic.office.make(f"/panels/{panel['id']}/rank")
    await topic.office.make(f"/panels/{panel['id']}/close")
    assert topic.body is not None
    assert (await carried(of(topic, topic.body))).status_code == 200
    async with world.sessions() as session:
        return topic, (await session.get_one(Call, UUID(topic.call))).reference


async def said(world: World, call: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    """The code, and what is said of the decision."""
    capsys.readouterr()
    code = await asyncio.to_thread(replay.main, world.database, call, world.settings.key)
    lines = capsys.readouterr().out.splitlines()
    return code, [line.split("decision 1: ")[1] for line in lines if "decision 1: " in line]


ALTERED = (
    ("decision_line SET outcome = 'selected', reason = NULL WHERE outcome = 'reserve'",
     "{2} is reserve (INSUFFICIENT_BUDGET) by the sealed list; its line says selected."),
    ("decision_line SET reason = 'BELOW_OVERALL_THRESHOLD' WHERE reason = 'BELOW_CRITERION_THRESHOLD'",
     "{3} is rejected (BELOW_CRITERION_THRESHOLD) by the sealed list; its line says rejected "
     "(BELOW_OVERALL_THRESHOLD)."),
    ("decision SET envelope = 3",
     "the envelope was 2.00 euro, and is 3.00."),
    ("decision_line SET requested = 0.5 WHERE rank = 1",
     "{0} asked for 1.00 euro; its line says 0.50."),
    ("decision SET list_digest = 'x'",
     "the list x that was voted on is not there."),
)  # fmt: skip


async def test_the_line_is_drawn_again_and_what_was_altered_is_named(
    live: World, capsys: pytest.CaptureFixture[str]
) -> None:
    topic, call = await decided(live)
    assert await said(live, call, capsys) == (0, ["4 lines, the same line."])
    names = [one.reference for one in topic.proposals]
    for change, told in ALTERED:
        table = change.split()[0]
        by_owner(live, f"CREATE TABLE kept AS TABLE {table}")
        by_owner(live, f"UPDATE {change}")
        code, found = await said(live, call, capsys)
        assert (code, told.format(*names) in found) == (1, True), found
        columns = {
            "decision": ("envelope", "list_digest"),
            "decision_line": ("outcome", "reason", "requested"),
        }
        back = ", ".join(f"{name} = kept.{name}" for name in columns[table])
        by_owner(live, f"UPDATE {table} SET {back} FROM kept WHERE kept.id = {table}.id")
        by_owner(live, "DROP TABLE kept")
    assert (await said(live, call, capsys))[0] == 0


async def test_who_left_before_the_vote_is_told_by_the_trail_alone(
    live: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line that says so of somebody who was there, or the other way round, is named."""
    topic, call = await decided(live)
    first = topic.proposals[0].reference
    by_owner(live, "UPDATE decision_line SET outcome = 'rejected', reason = 'WITHDRAWN' WHERE rank = 1")
    code, found = await said(live, call, capsys)
    assert code == 1
    assert found == [f"{first} is selected by the sealed list; its line says rejected (WITHDRAWN)."]


async def test_withdrawn_after_the_vote_it_still_has_its_line(
    live: World, capsys: pytest.CaptureFixture[str]
) -> None:
    topic, call = await decided(live)
    first = topic.proposals[0]
    over = update(Stage).values(closes_at=machine_now() - timedelta(days=1))
    async with live.sessions() as session, session.begin():
        await session.execute(over)
    await first.coordinator.make(f"/proposals/{first.id}/request_withdrawal", {"text": "We give it up."})
    assert await said(live, call, capsys) == (0, ["4 lines, the same line."])
