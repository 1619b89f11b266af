"""A sealed report is reopened only while its author has read no other; every version is kept."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.build import Actor
from tests.conftest import World
from tests.evaluation.build import (
    approve,
    draft,
    expert,
    group,
    in_evaluation,
    reported,
    seated,
)
from tests.evaluation.hidden import same_as_missing

pytestmark = pytest.mark.anyio
WHY = {"reason": "The score of impact was a slip."}


def codes(answer: object) -> list[str]:
    return [reason["code"] for reason in answer.json()["reasons"]]  # type: ignore[attr-defined]


async def blocked(who: Actor, report: str) -> list[str]:
    """What stands against reopening it."""
    offered = (await who.get(f"/reports/{report}")).json()["actions"]
    (found,) = (one for one in offered if one["name"] == "reopen")
    return [reason["code"] for reason in found["blocked_by"]]


async def test_a_reopened_report_is_written_again_and_both_versions_are_kept(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    seat = await seated(topic, ada, topic.proposals[0])
    report = await reported(ada, seat)
    assert (await ada.actor.post(f"/reports/{report}/reopen", WHY)).status_code == 403
    assert (await topic.office.post(f"/reports/{report}/reopen", {"reason": " "})).status_code == 422
    opened = await topic.office.make(f"/reports/{report}/reopen", WHY)
    assert (opened["state"], opened["sealed_at"], opened["reopened_reason"]) == ("draft", None, WHY["reason"])
    assert (await topic.office.get(f"/assignments/{seat}")).json()["state"] == "accepted"
    changed = await ada.actor.patch(f"/reports/{report}/marks/impact", {"score": "2"}, 2)
    assert changed.status_code == 200
    await ada.actor.make(f"/reports/{report}/seal")
    for reader in (ada.actor, topic.office):
        versions = (await reader.get(f"/reports/{report}/versions")).json()["items"]
        told = [
            (v["number"], v["content"]["marks"]["impact"]["score"], v["reopened_reason"]) for v in versions
        ]
        assert told == [(1, "4.00", None), (2, "2.00", WHY["reason"])]
        assert len({version["digest"] for version in versions}) == 2


async def test_v13_a_report_whose_author_has_read_another_is_not_reopened(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada, bob = await expert(topic, "ada"), await expert(topic, "bob")
    mine = await reported(ada, await seated(topic, ada, topic.proposals[0]))
    theirs = await reported(bob, await seated(topic, bob, topic.proposals[0]))
    assert await blocked(topic.office, mine) == []
    assert (await ada.actor.get(f"/reports/{theirs}")).status_code == 200
    assert await blocked(topic.office, mine) == ["others-read"]
    refused = await topic.office.post(f"/reports/{mine}/reopen", WHY)
    assert (refused.status_code, codes(refused)) == (409, ["others-read"])
    assert await blocked(topic.office, theirs) == []  # bob has read none


async def test_v13_who_writes_again_reads_no_other_report(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada, bob = await expert(topic, "ada"), await expert(topic, "bob")
    mine = await reported(ada, await seated(topic, ada, topic.proposals[0]))
    theirs = await reported(bob, await seated(topic, bob, topic.proposals[0]))
    await topic.office.make(f"/reports/{mine}/reopen", WHY)
    assert await same_as_missing(ada.actor, f"/reports/{theirs}")
    assert await same_as_missing(bob.actor, f"/reports/{mine}")
    await ada.actor.make(f"/reports/{mine}/seal")
    assert (await ada.actor.get(f"/reports/{theirs}")).status_code == 200


async def test_a_report_is_not_reopened_once_the_group_works_on_it(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    (_, seat), *_ = await group(topic, topic.proposals[0])
    reports = [one["id"] for one in (await topic.office.get("/reports")).json()["items"]]
    assert [await blocked(topic.office, key) for key in reports] == [[]] * 3
    opened = {"rapporteur_id": seat}
    await topic.office.make(f"/proposals/{topic.proposals[0].id}/consensus_reports", opened)
    assert [await blocked(topic.office, key) for key in reports] == [["in-consensus"]] * 3
    refused = await topic.office.post(f"/reports/{reports[0]}/reopen", WHY)
    assert (refused.status_code, codes(refused)) == (409, ["in-consensus"])


async def test_who_seals_while_the_group_works_belongs_to_it(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    (ada, seat), *_ = await group(topic, topic.proposals[0])
    dora = await expert(topic, "dora")
    late = await seated(topic, dora, topic.proposals[0])
    opened = {"rapporteur_id": seat}
    await topic.office.make(f"/proposals/{topic.proposals[0].id}/consensus_reports", opened)
    report = await reported(dora, late)
    assert await blocked(topic.office, report) == ["in-consensus"]
    assert (await ada.actor.get(f"/reports/{report}")).json()["name"] == "dora"


async def test_names_are_shown_from_the_consensus_on_and_within_the_group(world: World) -> None:
    topic = await in_evaluation(world, 2)
    (ada, seat), (bob, _), _ = await group(topic, topic.proposals[0])
    eve = await expert(topic, "eve")
    await reported(eve, await seated(topic, eve, topic.proposals[1]))
    found = (await bob.actor.get("/reports")).json()["items"]
    theirs = [(await bob.actor.get(f"/reports/{one['id']}")).json() for one in found]
    assert [one["name"] for one in theirs] == [None] * 3
    opened = {"rapporteur_id": seat}
    await topic.office.make(f"/proposals/{topic.proposals[0].id}/consensus_reports", opened)
    theirs = [(await bob.actor.get(f"/reports/{one['id']}")).json() for one in found]
    assert sorted(one["name"] for one in theirs) == ["a", "b", "c"]
    assert [await same_as_missing(eve.actor, f"/reports/{one['id']}") for one in found] == [True] * 3
    said = {"situation": "P3", "text": "My sister has joined them."}
    await ada.actor.make(f"/assignments/{seat}/declare_conflict", said)
    assert [await same_as_missing(ada.actor, f"/reports/{one['id']}") for one in found] == [True] * 3


async def test_every_reading_by_the_group_is_on_record_and_no_time_of_it(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada, bob = await expert(topic, "ada"), await expert(topic, "bob")
    mine = await reported(ada, await seated(topic, ada, topic.proposals[0]))
    await reported(bob, await seated(topic, bob, topic.proposals[0]))
    for _ in range(2):
        assert (await bob.actor.get(f"/reports/{mine}")).status_code == 200
    assert (await bob.actor.get(f"/reports/{mine}/marks/impact")).status_code == 404  # read whole or not
    items = (await topic.office.get(f"/reports/{mine}/readings")).json()["items"]
    assert [(one["account_id"], one["name"]) for one in items] == [(str(bob.actor.id), "bob")] * 2
    assert sorted(items[0]) == ["account_id", "at", "name"]
    for nobody in (ada.actor, bob.actor, topic.members[0], topic.proposals[0].coordinator):
        assert (await nobody.get(f"/reports/{mine}/readings")).status_code == 404
    assert (await bob.actor.get(f"/reports/{mine}/versions")).status_code == 404


async def test_the_database_keeps_what_is_sealed(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    report = await reported(ada, await seated(topic, ada, topic.proposals[0]))

    async def run(statement: str) -> None:
        async with world.sessions() as session, session.begin():
            await session.execute(text(statement))

    for statement in (
        "UPDATE report_mark SET score = 1",
        "DELETE FROM report_mark",
        "UPDATE report SET remark = 'Other.'",
        "UPDATE report SET sealed_at = now()",
    ):
        with pytest.raises(IntegrityError, match="a sealed report is not changed"):
            await run(statement)
    for table in ("report_version", "report_reading"):
        with pytest.raises(IntegrityError, match="never changed"):
            await run(f"DELETE FROM {table}")  # the names are written above
    await topic.office.make(f"/reports/{report}/reopen", WHY)
    await run("UPDATE report_mark SET score = 1")
    with pytest.raises(IntegrityError, match="draft_is_written_alone"):
        await run("UPDATE report SET read_others_at = now()")


async def test_a_report_that_comes_after_the_groups_end_is_refused(world: World) -> None:
    """A report that was reopened, or never sealed, when the panel closed without it."""
    topic = await world.prepared(in_evaluation)
    proposal = topic.proposals[0]
    experts = await group(topic, proposal)
    ada, seat = experts[0]
    dora = await expert(topic, "dora")
    late = await reported(dora, await seated(topic, dora, proposal))
    await topic.office.make(f"/reports/{late}/reopen", WHY)
    consensus = await topic.office.make(
        f"/proposals/{proposal.id}/consensus_reports", {"rapporteur_id": seat}
    )
    path = f"/consensus_reports/{consensus['id']}"
    await draft(ada.actor, f"{path}/points")
    await ada.actor.make(f"{path}/put_to_approval")
    await approve(consensus["id"], *(who for who, _ in experts))
    panel = await topic.office.make(f"/topic_stages/{topic.topic_stage}/panels")
    await topic.office.make(f"/panels/{panel['id']}/rank")
    await topic.office.make(f"/panels/{panel['id']}/close")
    score = await dora.actor.patch(f"/reports/{late}/marks/impact", {"score": "1"}, 2)
    flags = await dora.actor.patch(f"/reports/{late}", {"remark": "Hm."}, 1)
    sealed = await dora.actor.post(f"/reports/{late}/seal")
    assert [(a.status_code, codes(a)) for a in (score, flags, sealed)] == [(409, ["not-in-evaluation"])] * 3
    own = (await topic.office.get("/reports")).json()["items"]
    key = next(one["id"] for one in own if one["state"] == "sealed")
    refused = await topic.office.post(f"/reports/{key}/reopen", WHY)
    assert (refused.status_code, codes(refused)) == (409, ["not-in-evaluation", "in-consensus"])


async def test_reopening_while_another_is_read_never_ends_in_both(live: World) -> None:
    topic = await in_evaluation(live)
    ada, bob = await expert(topic, "ada"), await expert(topic, "bob")
    mine = await reported(ada, await seated(topic, ada, topic.proposals[0]))
    theirs = await reported(bob, await seated(topic, bob, topic.proposals[0]))
    opened, read = await asyncio.gather(
        topic.office.post(f"/reports/{mine}/reopen", WHY), ada.actor.get(f"/reports/{theirs}")
    )
    assert (opened.status_code, read.status_code) in [(200, 404), (409, 200)]


async def test_reopening_while_the_group_is_opened_never_ends_in_both(live: World) -> None:
    topic = await in_evaluation(live)
    proposal = topic.proposals[0]
    (_, seat), _ = await group(topic, proposal, "ab")
    cid = await expert(topic, "cid")
    report = await reported(cid, await seated(topic, cid, proposal))
    opened, agreed = await asyncio.gather(
        topic.office.post(f"/reports/{report}/reopen", WHY),
        topic.second.post(f"/proposals/{proposal.id}/consensus_reports", {"rapporteur_id": seat}),
    )
    assert sorted((opened.status_code, agreed.status_code)) in [[200, 409], [201, 409]]
