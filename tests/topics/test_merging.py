"""An idea is merged, by vote, with another or with a draft; both trails stay (T-02)."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.core.audit import AuditDetail, AuditEvent
from app.topics.models import Topic, TopicState
from tests.build import Actor, committee, heard, person
from tests.conftest import World
from tests.topics.build import IDEA, OUTCOME, codes, draft, idea, mail_to, motion_on, screened
from tests.walls import is_there

pytestmark = pytest.mark.anyio


async def voted(office: Actor, motion: str, members: list[Actor], choice: str = "yes") -> None:
    await office.make(f"{motion}/put_to_vote")
    for member in members:
        await member.make(f"{motion}/vote", {"choice": choice})


async def last_act(world: World, key: str) -> tuple[str, Any]:
    """What was done to a topic last, and the detail of it."""
    async with world.sessions() as session:
        wanted = select(AuditEvent.act, AuditDetail.detail).join(
            AuditDetail, AuditDetail.event_id == AuditEvent.id
        )
        wanted = wanted.where(AuditEvent.entity_id == UUID(key)).order_by(AuditEvent.seq.desc())
        found = (await session.execute(wanted.limit(1))).one()
    return found.act, found.detail


@pytest.mark.parametrize("into", ["idea", "draft"])
async def test_an_idea_is_merged_and_both_trails_stay(world: World, into: str) -> None:
    office, who = await person(world, "office", "office"), await person(world, "proposer")
    body, members = await committee(world, "ann", "bob")
    made = await idea(who)
    other = await (draft(office) if into == "draft" else idea(await person(world, "other")))
    motion = await motion_on(office, body, "merge_idea", made["id"], other["id"])
    assert (await is_there(office, motion))["target_id"] == other["id"]
    await voted(office, motion, members)
    await office.make(f"{motion}/adopt", OUTCOME)
    merged = await is_there(office, f"/topics/{made['id']}")
    assert (merged["state"], merged["merged_into_id"]) == ("merged", other["id"])
    kept = await is_there(office, f"/topics/{other['id']}")
    assert kept["state"] == other["state"]
    assert kept["merged_from"] == [{name: made[name] for name in ("id", "reference", "title")}]
    assert await last_act(world, made["id"]) == ("merge", OUTCOME | {"into": other["id"]})
    assert await last_act(world, other["id"]) == ("absorb", OUTCOME | {"merged": made["id"]})
    (mail,) = await mail_to(world, who, "idea_screened")
    assert "It is merged with" in mail.text
    assert OUTCOME["reason"] in mail.text
    assert other["reference"] not in mail.text


async def test_an_idea_that_is_not_merged_is_still_to_be_screened(world: World) -> None:
    office, who = await person(world, "office", "office"), await person(world, "proposer")
    body, members = await committee(world, "ann", "bob")
    made, other = await idea(who), await draft(office)
    motion = await motion_on(office, body, "merge_idea", made["id"], other["id"])
    await voted(office, motion, members, "no")
    assert await codes(await office.post(f"{motion}/reject")) == [("no-reason", "/reason")]
    await office.make(f"{motion}/reject", OUTCOME)
    (mail,) = await mail_to(world, who, "idea_screened")
    assert "It is not merged" in mail.text
    assert (await is_there(office, f"/topics/{other['id']}"))["merged_from"] == []
    await screened(office, body, members, made["id"], "yes")
    assert (await is_there(office, f"/topics/{made['id']}"))["state"] == "drafting"


async def test_a_motion_to_merge_names_an_idea_and_what_takes_it_in(world: World) -> None:
    office, who = await person(world, "office", "office"), await person(world, "proposer")
    body, _ = await committee(world, "ann")
    made, drafted, final = await idea(who), await draft(office), await draft(office)
    await heard(world, final["id"])
    await office.make(f"/topics/{final['id']}/finalise")
    motion = await motion_on(office, body, "screen_idea", made["id"])
    path = f"/sessions/{(await is_there(office, motion))['session_id']}/motions"
    no_target = [("no-target-to-merge-into", "/target_id")]
    for subject, target, told in (
        (made, None, [("no-target", "/target_id")]),
        (made, made, no_target),
        (made, final, no_target),
        (drafted, made, [("not-an-idea", "/subject_id")]),
        (final, final, [("not-an-idea", "/subject_id"), *no_target]),
    ):
        asked = {"purpose": "merge_idea", "subject_id": subject["id"], "text": "Why."}
        asked |= {"target_id": target["id"]} if target else {}
        assert await codes(await office.post(path, asked)) == told
    asked = {"purpose": "screen_idea", "subject_id": made["id"], "target_id": drafted["id"], "text": "Why."}
    assert await codes(await office.post(path, asked)) == [("target-not-asked", "/target_id")]


async def test_who_proposed_either_idea_or_one_merged_before_counts_in_no_vote(world: World) -> None:
    office = await person(world, "office", "office")
    body, (ann, bob, cas, *others) = await committee(world, "ann", "bob", "cas", "dan", "eve", "fay")
    first, second, third = [(await idea(who))["id"] for who in (ann, bob, cas)]
    motion = await motion_on(office, body, "merge_idea", first, second)
    await voted(office, motion, [cas, *others])
    await office.make(f"{motion}/adopt", OUTCOME)
    motion = await motion_on(office, body, "merge_idea", second, third)
    await voted(office, motion, others)
    ballots = (await is_there(office, motion))["ballots"]
    out = {b["account_id"] for b in ballots if b["recused"] == "Proposed the idea."}
    assert out == {str(who.id) for who in (ann, bob, cas)}
    for who in (ann, bob, cas):
        assert (await who.post(f"{motion}/vote", {"choice": "yes"})).status_code == 403
    await office.make(f"{motion}/adopt", OUTCOME)
    motion = await motion_on(office, body, "screen_idea", third)
    await office.make(f"{motion}/put_to_vote")
    ballots = (await is_there(office, motion))["ballots"]
    assert {b["account_id"] for b in ballots if b["recused"] is None} == {str(who.id) for who in others}


async def test_one_vote_at_a_time_is_open_on_an_idea(world: World) -> None:
    office = await person(world, "office", "office")
    body, _ = await committee(world, "ann")
    made, other = await idea(await person(world, "proposer")), await draft(office)
    screen = await motion_on(office, body, "screen_idea", made["id"])
    merge = await motion_on(office, body, "merge_idea", made["id"], other["id"])
    await office.make(f"{screen}/put_to_vote")
    assert await codes(await office.post(f"{merge}/put_to_vote")) == [("being-voted-on", "")]
    await office.make(f"{screen}/adjourn", {"reason": "Rather merge it."})
    await office.make(f"{merge}/put_to_vote")


async def test_a_merge_whose_target_has_moved_on_is_adjourned(world: World) -> None:
    office, who = await person(world, "office", "office"), await person(world, "proposer")
    body, members = await committee(world, "ann", "bob")
    made, other = await idea(who), await draft(office)
    motion = await motion_on(office, body, "merge_idea", made["id"], other["id"])
    await voted(office, motion, members)
    refused = await members[0].post(f"{motion}/adjourn", {"reason": "I would lose."})
    assert await codes(refused) == [("can-be-decided", "")]
    await heard(world, other["id"])
    await office.make(f"/topics/{other['id']}/finalise")
    assert await codes(await office.post(f"{motion}/adopt", OUTCOME)) == [
        ("no-target-to-merge-into", "/target_id")
    ]
    assert (await is_there(office, f"/topics/{made['id']}"))["state"] == "idea"
    done = await members[0].make(f"{motion}/adjourn", {"reason": "The draft is final."})
    assert (done["state"], done["outcome_reason"], done["decided_at"]) == (
        "adjourned",
        "The draft is final.",
        None,
    )
    await screened(office, body, members, made["id"], "no")


async def test_the_proposer_learns_with_what_once_that_is_public(world: World) -> None:
    office, who = await person(world, "office", "office"), await person(world, "proposer")
    body, members = await committee(world, "ann")
    made, other = await idea(who), await draft(office)
    motion = await motion_on(office, body, "merge_idea", made["id"], other["id"])
    await voted(office, motion, members)
    await office.make(f"{motion}/adopt", OUTCOME)
    path = f"/topics/{made['id']}"
    assert (await is_there(office, path))["merged_into_id"] == other["id"]
    read = await is_there(who, path)
    assert (read["state"], read["challenge"]) == ("merged", IDEA["challenge"])
    assert other["id"] not in (await who.get(path)).text
    async with world.sessions() as session, session.begin():
        target = update(Topic).where(Topic.reference == other["reference"])
        await session.execute(target.values(state=TopicState.IN_CALL, adopted_version=1))
    assert (await is_there(who, path))["merged_into_id"] == other["id"]
    public = await (await person(world, "anyone")).get(f"/topics/{other['id']}")
    assert public.status_code == 200
    assert made["id"] not in public.text
    assert made["reference"] not in public.text


async def test_two_ideas_that_are_merged_into_each_other_at_once_are_not_both_gone(live: World) -> None:
    office, who = await person(live, "office", "office"), await person(live, "proposer")
    body, members = await committee(live, "ann", "bob")
    one, two = (await idea(who))["id"], (await idea(who))["id"]
    motions = [await motion_on(office, body, "merge_idea", *pair) for pair in ((one, two), (two, one))]
    for motion in motions:
        await voted(office, motion, members)
    answers = await asyncio.gather(*(office.post(f"{motion}/adopt", OUTCOME) for motion in motions))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    states = [(await is_there(office, f"/topics/{key}"))["state"] for key in (one, two)]
    assert sorted(states) == ["idea", "merged"]
    (lost,) = [m for m, answer in zip(motions, answers, strict=True) if answer.status_code == 409]
    await office.make(f"{lost}/adjourn", {"reason": "It is merged already."})
