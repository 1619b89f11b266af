"""What is pointed at in a report: it never blocks, and tells nobody what they could not read."""

from typing import Any

import pytest
from sqlalchemy import update

from app.people.models import Account
from tests.build import Actor
from tests.conftest import World
from tests.evaluation.build import CRITERIA, expert, in_evaluation, mark, reported, seated
from tests.evaluation.hidden import same_as_missing

pytestmark = pytest.mark.anyio
LONG = "The work plan is sound but its risks are told in one line and nobody answers for them."


async def points(who: Actor, report: str) -> list[tuple[Any, ...]]:
    items = (await who.get(f"/reports/{report}/advice")).json()["items"]
    return [(one["code"], one["path"], one["passage"]) for one in items]


async def test_v24_a_low_score_without_a_reason_is_pointed_at_and_does_not_block(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    seat = await seated(topic, ada, topic.proposals[0])
    report = (await ada.actor.make(f"/assignments/{seat}/reports"))["id"]
    assert await points(ada.actor, report) == []
    await mark(ada.actor, f"/reports/{report}/marks", ("2.5", "4", "4"))
    low = ("below-without-reason", "/marks/excellence/shortcomings", "")
    assert await points(ada.actor, report) == await points(topic.office, report) == [low]
    assert (await ada.actor.make(f"/reports/{report}/seal"))["state"] == "sealed"
    assert await points(ada.actor, report) == [low]


async def test_names_are_pointed_at_as_far_as_the_reader_knows_them(world: World) -> None:
    """An author who tries names does not learn whose report there is, or which other proposals."""
    topic = await in_evaluation(world, 3)
    first, second, third = topic.proposals
    ada, bob = await expert(topic, "ada"), await expert(topic, "bob")
    async with world.sessions() as session, session.begin():
        for who, name in ((ada, "Ada Lindqvist"), (bob, "Bob Okonkwo")):
            await session.execute(update(Account).where(Account.id == who.actor.id).values(name=name))
    report = (await ada.actor.make(f"/assignments/{await seated(topic, ada, first)}/reports"))["id"]
    await seated(topic, ada, second)
    await seated(topic, bob, first)
    said = f"Dr Lindqvist and Okonkwo: better than {second.reference} and ACR3, {third.reference}."
    await ada.actor.patch(f"/reports/{report}/marks/impact", {"comment": said}, 1)
    path = "/marks/impact/comment"
    known = [("expert-named", path, "Lindqvist"), ("proposal-named", path, second.reference)]
    assert await points(ada.actor, report) == known
    more = [("expert-named", path, "Okonkwo")]
    more += [("proposal-named", path, name) for name in ("ACR3", third.reference)]
    assert sorted(await points(topic.office, report)) == sorted([*known, *more])


async def test_what_is_copied_from_another_own_report_is_shown_with_its_passage(world: World) -> None:
    topic = await in_evaluation(world, 2)
    first, second = topic.proposals
    ada, bob = await expert(topic, "ada"), await expert(topic, "bob")
    other = (await ada.actor.make(f"/assignments/{await seated(topic, ada, first)}/reports"))["id"]
    await ada.actor.patch(f"/reports/{other}/marks/impact", {"strengths": f"So: {LONG}"}, 1)
    report = (await ada.actor.make(f"/assignments/{await seated(topic, ada, second)}/reports"))["id"]
    said = {"shortcomings": f"{LONG.upper()} Otherwise good."}
    await ada.actor.patch(f"/reports/{report}/marks/excellence", said, 1)
    for reader in (ada.actor, topic.office):
        (found,) = (await reader.get(f"/reports/{report}/advice")).json()["items"]
        assert (found["code"], found["path"]) == ("copied", "/marks/excellence/shortcomings")
        assert (found["report_id"], found["reference"]) == (other, first.reference)
        assert found["passage"] == LONG.upper().rstrip(".")
    theirs = (await bob.actor.make(f"/assignments/{await seated(topic, bob, second)}/reports"))["id"]
    await bob.actor.patch(f"/reports/{theirs}/marks/excellence", said, 1)
    assert await points(bob.actor, theirs) == []  # of one's own reports alone


async def test_advice_is_for_the_author_and_the_office(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada, bob = await expert(topic, "ada"), await expert(topic, "bob")
    report = await reported(ada, await seated(topic, ada, topic.proposals[0]))
    await reported(bob, await seated(topic, bob, topic.proposals[0]))
    assert (await topic.office.get(f"/reports/{report}/advice")).status_code == 200
    assert (await bob.actor.get(f"/reports/{report}")).status_code == 200
    for nobody in (bob.actor, *topic.members, topic.proposals[0].coordinator):
        assert await same_as_missing(nobody, f"/reports/{report}/advice")


async def test_the_scheme_is_shown_beside_the_report(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    report = await ada.actor.make(f"/assignments/{await seated(topic, ada, topic.proposals[0])}/reports")
    guide = report["guide"]
    assert [one["code"] for one in guide["criteria"]] == list(CRITERIA)
    assert all(one["aspects"] for one in guide["criteria"])
    assert [one["score"] for one in guide["meanings"]] == ["0", "1", "2", "3", "4", "5"]
    assert guide["meanings"][3]["meaning"].startswith("Good")


async def test_flags_and_a_remark_are_kept_beside_the_marks(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada, bob = await expert(topic, "ada"), await expert(topic, "bob")
    mine = await ada.actor.make(f"/assignments/{await seated(topic, ada, topic.proposals[0])}/reports")
    path = f"/reports/{mine['id']}"
    flags = [{"kind": "ethics", "text": "Samples of minors."}]
    kept = await ada.actor.patch(path, {"flags": flags}, 1)
    assert (kept.status_code, kept.json()["flags"], kept.json()["version"]) == (200, flags, 2)
    assert (await ada.actor.patch(path, {"remark": "Stale."}, 1)).status_code == 412
    kept = await ada.actor.patch(path, {"remark": "The coordinator has called me."}, 2)
    assert (kept.json()["flags"], kept.json()["remark"]) == (flags, "The coordinator has called me.")
    for bad in ([*flags, *flags], [{"kind": "ethics", "text": " "}], [{"kind": "style", "text": "No."}]):
        assert (await ada.actor.patch(path, {"flags": bad}, 3)).status_code == 422
    assert (await topic.office.patch(path, {"remark": "Mine."}, 3)).status_code == 403
    await mark(ada.actor, f"{path}/marks")
    await ada.actor.make(f"{path}/seal")
    assert (await ada.actor.patch(path, {"remark": "Late."}, 3)).status_code == 409
    await reported(bob, await seated(topic, bob, topic.proposals[0]))
    assert (await topic.office.get(path)).json()["remark"] == "The coordinator has called me."
    read = await bob.actor.get(path)
    assert read.json()["flags"] == flags
    assert "The coordinator has called me." not in read.text
    for nobody in (*topic.members, topic.proposals[0].coordinator):
        assert await same_as_missing(nobody, path)
