"""Members score ideas before they vote on them; whoever proposed one is told the outcome alone (T-02)."""

from typing import Any

import pytest

from tests.build import Actor, committee, person
from tests.conftest import World
from tests.topics.build import OUTCOME, codes, draft, idea, mail_to, motion_on, screened
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio
SCORE = {"score": 4, "reason": "It meets an objective."}


async def scored(who: Actor, topic: str, **more: Any) -> str:
    return f"/screenings/{(await who.make(f'/topics/{topic}/screenings', SCORE | more))['id']}"


async def waiting(who: Actor) -> list[str]:
    found = (await who.get("/me")).json()["waiting"]
    return [each["id"] for each in found if each["kind"] == "score"]


async def test_a_member_scores_an_idea_once_and_changes_it_until_the_vote(world: World) -> None:
    office, who = await person(world, "office", "office"), await person(world, "proposer")
    body, (ann, bob) = await committee(world, "ann", "bob")
    made = (await idea(who))["id"]
    assert await waiting(ann) == await waiting(bob) == [made]
    path = await scored(ann, made)
    assert (await waiting(ann), await waiting(bob)) == ([], [made])
    again = await ann.post(f"/topics/{made}/screenings", SCORE)
    assert [code for code, _ in await codes(again)] == ["uq-screening-one-per-member"]
    assert (await bob.patch(path, {"score": 0}, 1)).status_code == 403
    changed = await ann.patch(path, {"score": 0}, 1)
    assert (changed.json()["score"], changed.json()["reason"]) == (0, SCORE["reason"])
    motion = await motion_on(office, body, "screen_idea", made)
    assert (await ann.patch(path, {"score": 5}, 2)).status_code == 200
    await office.make(f"{motion}/put_to_vote")
    assert await waiting(bob) == []
    assert await codes(await ann.patch(path, {"score": 1}, 3)) == [("being-voted-on", "")]
    assert await codes(await bob.post(f"/topics/{made}/screenings", SCORE)) == [("being-voted-on", "")]
    for member in (ann, bob):
        await member.make(f"{motion}/vote", {"choice": "yes"})
    await office.make(f"{motion}/adopt", OUTCOME)
    assert await codes(await ann.patch(path, {"score": 1}, 3)) == [("not-an-idea", "")]
    assert await codes(await bob.post(f"/topics/{made}/screenings", SCORE)) == [("not-an-idea", "")]


async def test_a_score_says_which_version_it_is_about(world: World) -> None:
    who = await person(world, "proposer")
    _, (ann, bob) = await committee(world, "ann", "bob")
    made = (await idea(who))["id"]
    early = await scored(ann, made)
    assert (await who.patch(f"/topics/{made}", {"title": "Earlier signs"}, 1)).status_code == 200
    late = await scored(bob, made)
    assert [(await is_there(bob, path))["of_version"] for path in (early, late)] == [1, 2]
    listed = (await ann.get(f"/screenings?topic_id={made}")).json()["items"]
    assert {each["id"]: each["of_version"] for each in listed} == {early[12:]: 1, late[12:]: 2}
    assert (await ann.patch(early, {"reason": "Read again."}, 1)).json()["of_version"] == 2


async def test_only_an_idea_is_scored(world: World) -> None:
    office = await person(world, "office", "office")
    _, (ann,) = await committee(world, "ann")
    drafted = await draft(office)
    assert await codes(await ann.post(f"/topics/{drafted['id']}/screenings", SCORE)) == [("not-an-idea", "")]
    assert await waiting(ann) == []


@pytest.mark.parametrize("wrong", [{"score": -1}, {"score": 6}, {"score": 2.5}, {"reason": ""}])
async def test_a_score_is_from_0_to_5_and_has_a_reason(world: World, wrong: dict[str, Any]) -> None:
    _, (ann, bob) = await committee(world, "ann", "bob")
    made = (await idea(await person(world, "proposer")))["id"]
    assert (await ann.post(f"/topics/{made}/screenings", SCORE | wrong)).status_code == 422
    assert (await ann.patch(await scored(ann, made), wrong, 1)).status_code == 422
    for score, member in ((0, bob),):
        assert (await is_there(member, await scored(member, made, score=score)))["score"] == 0


async def test_scores_are_for_those_who_judge_and_staff(world: World) -> None:
    who = await person(world, "proposer")
    _, (ann, bob) = await committee(world, "ann", "bob")
    made = (await idea(who))["id"]
    path = await scored(ann, made)
    for role in ("office", "auditor"):
        other = await person(world, role, role)
        assert (await is_there(other, path))["score"] == 4
        assert (await other.post(f"/topics/{made}/screenings", SCORE)).status_code == 403
    await is_there(bob, path)
    assert (await who.post(f"/topics/{made}/screenings", SCORE)).status_code == 403
    for other in (who, await person(world, "stranger"), await person(world, "admin", "admin")):
        await is_hidden(other, path)


@pytest.mark.parametrize("role", ["office", "auditor", "member"])
async def test_who_proposed_it_sees_no_score_while_it_is_open(world: World, role: str) -> None:
    office = await person(world, "plain", "office")
    body, (ann, bob, *_) = await committee(world, "ann", "bob", "cas")
    who = bob if role == "member" else await person(world, "proposer", role)
    made, others = (await idea(who))["id"], (await idea(ann))["id"]
    path = await scored(ann, made)
    assert (await who.post(f"/topics/{made}/screenings", SCORE)).status_code == 403
    assert made not in await waiting(who)
    await is_there(office, path)
    await is_hidden(who, path)
    listed = await who.get("/screenings", params={"topic_id": made})
    assert listed.json()["items"] == []
    if role == "member":
        await scored(who, others)
    motion = await motion_on(office, body, "screen_idea", made)
    await office.make(f"{motion}/put_to_vote")
    await is_hidden(who, path)
    await office.make(f"{motion}/adjourn", {"reason": "No quorum."})
    await who.make(f"/topics/{made}/withdraw_idea")
    await is_there(office, path)
    await is_hidden(who, path)


async def test_when_it_is_decided_an_officer_who_proposed_it_reads_like_any_other(world: World) -> None:
    office, who = await person(world, "plain", "office"), await person(world, "proposer", "office")
    body, (ann, bob) = await committee(world, "ann", "bob")
    made = (await idea(who))["id"]
    path = await scored(ann, made)
    await screened(office, body, [ann, bob], made, "no")
    await is_there(who, path)


async def test_a_former_member_scores_no_more(world: World) -> None:
    admin = await person(world, "admin", "admin")
    _, (ann, bob) = await committee(world, "ann", "bob")
    made = (await idea(await person(world, "proposer")))["id"]
    path = await scored(bob, made)
    await end_mandates(admin, bob)
    await is_there(ann, path)
    assert (await bob.patch(path, {"score": 0}, 1)).status_code == 403
    assert await waiting(bob) == []
    assert (await bob.post(f"/topics/{made}/screenings", SCORE)).status_code == 404


async def end_mandates(admin: Actor, who: Actor) -> None:
    for mandate in (await admin.get("/mandates", params={"page_size": 200})).json()["items"]:
        if mandate["account_id"] == str(who.id):
            await admin.make(f"/mandates/{mandate['id']}/end")


@pytest.mark.parametrize("act", ["adopt", "reject"])
async def test_the_outcome_of_a_screening_has_a_reason(world: World, act: str) -> None:
    office, who = await person(world, "office", "office"), await person(world, "proposer")
    body, (ann,) = await committee(world, "ann")
    made = (await idea(who))["id"]
    motion = await motion_on(office, body, "screen_idea", made)
    await office.make(f"{motion}/put_to_vote")
    await ann.make(f"{motion}/vote", {"choice": "yes" if act == "adopt" else "no"})
    for body_ in (None, {}, {"reason": None}):
        assert await codes(await office.post(f"{motion}/{act}", body_)) == [("no-reason", "/reason")]
    assert (await office.post(f"{motion}/{act}", {"reason": ""})).status_code == 422
    assert await mail_to(world, who, "idea_screened") == []
    assert (await office.make(f"{motion}/{act}", {"reason": "RATIO"}))["outcome_reason"] == "RATIO"
    (mail,) = await mail_to(world, who, "idea_screened")
    assert "RATIO" in mail.text
