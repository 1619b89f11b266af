"""Written procedures: votes until the closing second, the count by the clock."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.committee.models import Session
from app.core.clock import machine_now
from app.evaluation.panel.models import Panel
from app.topics.models import Topic, TopicState
from tests.build import committee, heard, person
from tests.committee.build import LONGEST, clock, holds, in_days, say, voted_by
from tests.conftest import World
from tests.decisions.build import Ranked, ranked
from tests.decisions.test_embargo import apply
from tests.topics.build import codes, draft
from tests.walls import is_there

pytestmark = pytest.mark.anyio
SECOND = timedelta(seconds=1)


async def written(there: Ranked, closes_at: str = "") -> tuple[str, str]:
    """The paths of a written procedure that is open, and of its motion on the list, which is voted on."""
    held = {
        "title": "In writing",
        "held_at": in_days(-1),
        "kind": "written",
        "closes_at": closes_at or in_days(5),
    }
    session = f"/sessions/{(await there.office.make(f'/bodies/{there.body}/sessions', held))['id']}"
    await there.office.make(f"{session}/open")
    asked = {"purpose": "adopt_list", "subject_id": there.topic_stage, "text": "Adopt it."}
    motion = f"/motions/{(await there.office.make(f'{session}/motions', asked))['id']}"
    await there.office.make(f"{motion}/put_to_vote")
    return session, motion


async def end_of(there: Ranked, session: str) -> datetime:
    return datetime.fromisoformat((await is_there(there.office, session))["closes_at"])


async def close_at(world: World, at: datetime) -> None:
    async with world.sessions() as session, session.begin():
        await session.execute(update(Session).where(Session.kind == "written").values(closes_at=at))


async def test_nobody_closes_a_written_vote_before_its_time(world: World) -> None:
    there = await world.prepared(ranked, "30000000.00")
    session, motion = await written(there)
    await say(motion, there.members)
    for act in ("adopt", "reject", "adjourn"):
        sent = {"reason": "Now.", "until": in_days(9)} if act == "adjourn" else {"reason": "Now."}
        for who in (there.office, there.members[0]):
            found = [code for code, _ in await codes(await who.post(f"{motion}/{act}", sent))]
            assert found[0] == "closed-by-the-clock"
    assert await codes(await there.office.post(f"{session}/close")) == [("vote-open", "")]
    late = {"until": in_days(9), "reason": "Late."}
    assert [c for c, _ in await codes(await there.office.post(f"{session}/adjourn", late))] == [
        "written",
        "vote-open",
    ]
    assert await codes(await there.members[0].post(f"{session}/attend")) == [("written", "")]


async def test_the_clock_adopts_once_no_vote_sent_in_time_can_be_under_way(world: World) -> None:
    there = await world.prepared(ranked, "30000000.00")
    session, motion = await written(there)
    await say(motion, there.members[:2])
    await say(motion, there.members[1:], "no")  # the second has changed: one for, two against
    await say(motion, there.members[2:])
    ends = await end_of(there, session)
    for early in (ends - SECOND, ends, ends + LONGEST, ends + LONGEST + SECOND - timedelta(microseconds=1)):
        await clock(world, early)
        assert (await is_there(there.office, motion))["state"] == "voting"
    await clock(world, ends + LONGEST + SECOND)
    assert (await is_there(there.office, motion))["state"] == "adopted"
    assert (await is_there(there.office, session))["state"] == "closed"
    part = await is_there(there.office, f"/topic_stages/{there.topic_stage}")
    assert part["state"] == "decided"
    await clock(world, ends + LONGEST + 9 * SECOND)  # twice changes nothing
    await holds(world)


async def test_the_clock_rejects_with_a_quorum_and_lapses_without(world: World) -> None:
    there = await world.prepared(ranked, "30000000.00")
    session, motion = await written(there)
    await say(motion, there.members[:1])
    await clock(world, await end_of(there, session) + LONGEST + SECOND)
    read = await is_there(there.office, motion)
    assert (read["state"], read["adjourned_for"], read["outcome_reason"]) == (
        "adjourned",
        "lapsed",
        "The written procedure ended without its quorum.",
    )
    again, other = await written(there)
    await say(other, there.members[:2], "no")
    await clock(world, await end_of(there, again) + LONGEST + SECOND)
    assert (await is_there(there.office, other))["state"] == "not_adopted"
    assert (await codes(await there.office.post(f"{motion}/refer", {"session_id": again[10:]})))[0] == (
        "not-for-want-of-voters",
        "",
    )
    await holds(world)


async def test_a_vote_in_the_closing_second_counts_and_a_later_one_does_not(world: World) -> None:
    there = await world.prepared(ranked, "30000000.00")
    _, motion = await written(there)
    await close_at(world, machine_now() - timedelta(milliseconds=1))
    await say(motion, there.members[:1])
    await close_at(world, machine_now() - SECOND)
    refused = await there.members[1].post(f"{motion}/vote", {"choice": "yes"})
    assert await codes(refused) == [("procedure-over", "")]
    changed = await there.members[0].post(f"{motion}/vote", {"choice": "no"})
    assert await codes(changed) == [("procedure-over", "")]
    first, *others = there.members
    read = {who: (await is_there(who, motion))["ballots"] for who in (first, there.office)}
    found = {b["account_id"]: (b["cast"], b["choice"]) for b in read[first]}
    assert found == {str(first.id): (True, "yes"), **{str(who.id): (False, None) for who in others}}
    assert [b["choice"] for b in read[there.office]] == [None] * 3


@pytest.mark.parametrize("choice", ["yes", "no"])
async def test_nobody_learns_how_a_written_vote_stands_before_it_is_closed(world: World, choice: str) -> None:
    """Whoever votes last, or may take members out, would else know what it comes to."""
    there = await world.prepared(ranked, "30000000.00")
    session, motion = await written(there)
    ann, bob, cas = there.members
    await say(motion, [ann, bob], choice)
    auditor = await person(world, "auditor", "auditor")
    for who in (cas, there.office, auditor):
        read = await is_there(who, motion)
        told = {b["account_id"]: (b["cast"], b["choice"]) for b in read["ballots"]}
        assert told[str(ann.id)] == told[str(bob.id)] == (True, None)
    for who in (ann, there.office):
        offered = (await is_there(who, motion))["actions"]
        stands = {a["name"]: [b["code"] for b in a["blocked_by"]] for a in offered}
        assert {name: stands[name] for name in ("adopt", "reject")} == {
            "adopt": ["closed-by-the-clock"],
            "reject": ["closed-by-the-clock"],
        }
        for act in ("adopt", "reject"):
            refused = await who.post(f"{motion}/{act}", {"reason": "Now."})
            assert await codes(refused) == [("closed-by-the-clock", "")]
    await clock(world, await end_of(there, session) + LONGEST + SECOND)
    read = await is_there(cas, motion)
    assert {b["account_id"]: b["choice"] for b in read["ballots"]}[str(ann.id)] == choice


async def test_who_has_come_to_apply_counts_nowhere_when_the_clock_counts(world: World) -> None:
    there = await world.prepared(ranked, "30000000.00")
    ann, bob, cas = there.members
    session, motion = await written(there)
    await say(motion, [ann, cas])
    await say(motion, [bob], "no")
    await apply(world, there, cas)
    await clock(world, await end_of(there, session) + LONGEST + SECOND)
    read = await is_there(there.office, motion)
    assert (read["state"], [b["account_id"] for b in read["ballots"] if b["recused"]]) == (
        "not_adopted",
        [str(cas.id)],
    )


async def test_where_too_few_may_vote_when_the_clock_counts_another_body_may_take_over(world: World) -> None:
    there = await world.prepared(ranked, "30000000.00")
    session, motion = await written(there)
    await say(motion, there.members)
    for who in there.members[1:]:
        await apply(world, there, who)
    await clock(world, await end_of(there, session) + LONGEST + SECOND)
    assert (await is_there(there.office, motion))["adjourned_for"] == "too_few"


async def test_one_procedure_whose_subject_has_moved_on_stops_no_other(world: World) -> None:
    """Its list is reopened, or its body dissolved: it lapses, and the next is counted."""
    office = await person(world, "office", "office")
    body, members = await committee(world, "ann", "bob")
    held = {"title": "In writing", "held_at": in_days(-1), "kind": "written", "closes_at": in_days(5)}
    session = (await office.make(f"/bodies/{body}/sessions", held))["id"]
    await office.make(f"/sessions/{session}/open")
    motions, topics = [], []
    for _ in range(2):
        topic = (await draft(office))["id"]
        await heard(world, topic)
        await office.make(f"/topics/{topic}/finalise")
        asked = {"purpose": "adopt_topic", "subject_id": topic, "text": "Adopt it."}
        motion = f"/motions/{(await office.make(f'/sessions/{session}/motions', asked))['id']}"
        await office.make(f"{motion}/put_to_vote")
        await say(motion, members)
        motions.append(motion)
        topics.append(topic)
    async with world.sessions() as db, db.begin():
        await db.execute(update(Topic).where(Topic.id == topics[0]).values(state=TopicState.DRAFTING))
    await clock(world, machine_now() + timedelta(days=6))
    states = [(await is_there(office, motion))["state"] for motion in motions]
    assert states == ["adjourned", "adopted"]
    assert (await is_there(office, motions[0]))["adjourned_for"] == "lapsed"
    async with world.sessions() as db:
        found = dict((await db.execute(select(Topic.id, Topic.state))).all())
    assert [str(found[key]) for key in map(type(next(iter(found))), topics)] == ["drafting", "adopted"]


async def test_what_is_to_be_discussed_is_not_voted_on_in_writing(world: World) -> None:
    there = await world.prepared(ranked, "30000000.00")
    held = {"title": "In writing", "held_at": in_days(-1), "kind": "written", "closes_at": in_days(5)}
    session = (await there.office.make(f"/bodies/{there.body}/sessions", held))["id"]
    asked = {"purpose": "screen_idea", "subject_id": there.topic_stage, "text": "Idea."}
    refused = await there.office.post(f"/sessions/{session}/motions", asked)
    assert await codes(refused) == [("not-in-writing", "/purpose")]
    with voted_by(method="own", written=False):
        listed = asked | {"purpose": "adopt_list"}
        refused = await there.office.post(f"/sessions/{session}/motions", listed)
        assert await codes(refused) == [("not-in-writing", "/purpose")]
    await there.office.make(f"/sessions/{session}/motions", asked | {"purpose": "adopt_list"})


async def test_a_procedure_whose_outcome_is_refused_lapses_and_leaves_nothing_half_done(world: World) -> None:
    """The frame still admits it, a later guard does not: the list is not the one that the panel closed."""
    there = await world.prepared(ranked, "30000000.00")
    session, motion = await written(there)
    await say(motion, there.members)
    async with world.sessions() as db, db.begin():
        changed = update(Panel).where(Panel.topic_stage_id == UUID(there.topic_stage))
        await db.execute(changed.values(digest="another"))
    await clock(world, await end_of(there, session) + LONGEST + SECOND)
    read = await is_there(there.office, motion)
    assert (read["state"], read["adjourned_for"], read["decided_at"]) == ("adjourned", "lapsed", None)
    assert {b["choice"] for b in read["ballots"]} == {"yes"}
    assert (await is_there(there.office, session))["state"] == "closed"
    assert (await is_there(there.office, f"/topic_stages/{there.topic_stage}"))["state"] == "ranked"
    assert (await there.office.get("/decisions")).json()["items"] == []
