"""`imi audit replay`: the same list from what is stored, and a named difference once that is altered."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text

from app.calls.models import Call
from app.core.fault import Fault
from app.decisions import replay
from tests.conftest import World
from tests.evaluation.build import Topic, evaluated
from tests.evaluation.test_lists_anew import reopened

pytestmark = pytest.mark.anyio


def by_owner(world: World, statement: str, **given: str) -> None:
    owner = create_engine(world.database.owner_url)
    with owner.begin() as connection:
        assert connection.execute(text(statement), given).rowcount != 0
    owner.dispose()


async def asked(world: World, call: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    code = await asyncio.to_thread(replay.main, world.database, call, world.settings.key)
    return code, capsys.readouterr().out.splitlines()


async def listed(world: World) -> tuple[Topic, str, str]:
    """Two versions of a list with equals that the panel has parted; the topic, the panel, the call."""
    topic = await evaluated(world, ("4", "4", "4"), ("4", "4", "4"), ("5", "5", "2"), ("4.5", "4.5", "4.5"))
    panel = f"/panels/{(await topic.office.make(f'/topic_stages/{topic.topic_stage}/panels'))['id']}"
    await topic.office.make(f"{panel}/rank")
    two, one = (proposal.id for proposal in topic.proposals[:2])
    said = {"step": "coverage", "order": [[one], [two]], "reason": "It alone covers children."}
    await topic.office.make(f"{panel}/settle", said)
    await topic.office.make(f"{panel}/close")
    await reopened(topic, panel)
    await topic.office.make(f"{panel}/rank")
    await topic.office.make(f"{panel}/close")
    async with world.sessions() as session:
        call = await session.get_one(Call, UUID(topic.call))
    return topic, panel, call.reference


async def test_the_same_lists_are_made_again_and_an_altered_score_is_named(
    live: World, capsys: pytest.CaptureFixture[str]
) -> None:
    topic, _, call = await listed(live)
    capsys.readouterr()
    code, good = await asked(live, call, capsys)
    assert (code, [line.split(": ", 1)[1] for line in good]) == (
        0, ["4 places, the same order, the same digest."] * 2,
    )  # fmt: skip
    assert [line.split(": ", 1)[0][-15:] for line in good] == ["stage 1, list 1", "stage 1, list 2"]

    first = topic.proposals[0]
    change = (
        "UPDATE consensus_point SET score = :score FROM consensus WHERE consensus.id = consensus_id"
        " AND consensus.proposal_id = CAST(:key AS uuid) AND criterion = 'impact'"
    )
    by_owner(live, change, key=first.id, score="5")
    code, told = await asked(live, call, capsys)
    of_second = [line.split("list 2: ")[1] for line in told if "list 2: " in line]
    second = topic.proposals[1].reference
    assert code == 1
    assert of_second == [
        f"/proposals/{first.reference}/points/impact was 4.00, and is 5.00.",
        f"{first.reference} had rank 3; from what is stored it has rank 2.",
        f"{second} had rank 2; from what is stored it has rank 3.",
        "from what is stored the digest is another.",
    ]
    by_owner(live, change, key=first.id, score="4")
    assert (await asked(live, call, capsys))[0] == 0

    await _decisions_and_lists(live, call, first.reference, capsys)


async def _decisions_and_lists(
    live: World, call: str, reference: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What else may have been altered: each has its own sentence, and is put back."""
    swap = "UPDATE panel_parting SET groups = jsonb_build_array(groups -> 1, groups -> 0)"
    by_owner(live, swap)
    code, told = await asked(live, call, capsys)
    assert code == 1
    assert any("/partings/0/groups/0/0 was" in line for line in told)
    by_owner(live, swap)

    by_owner(live, "UPDATE panel_place SET rank = 9 WHERE rank = 1")
    _, told = await asked(live, call, capsys)
    assert [line.split("list 2: ")[1].split("/")[-1] for line in told if "list 2: the" in line] == [
        "rank was 1, and is 9."
    ]
    by_owner(live, "UPDATE panel_place SET rank = 1 WHERE rank = 9")

    # Whoever alters the sealed inputs with their digest is told from by the trail.
    by_owner(live, "UPDATE panel_list SET digest = 'x', inputs = inputs - 'partings' || '{\"partings\": []}'")
    code, told = await asked(live, call, capsys)
    assert code == 1
    assert any("the trail names the digest" in line for line in told)
    assert any(
        f"{reference} had rank 3; from what was sealed with it it has rank 2." in line for line in told
    )


async def test_a_call_without_a_closed_list_and_one_that_is_not_known(
    live: World, capsys: pytest.CaptureFixture[str]
) -> None:
    topic = await evaluated(live, ("4", "4", "4"))
    async with live.sessions() as session:
        call = (await session.get_one(Call, UUID(topic.call))).reference
    capsys.readouterr()
    assert await asked(live, call, capsys) == (0, [f"No list of {call} was ever closed."])
    with pytest.raises(Fault, match="There is no call NONE"):
        await asked(live, "NONE", capsys)
