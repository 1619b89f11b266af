"""How a vote ends undecided, and who is out of it: by a declaration, an act, or the end of a mandate."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from app.committee.models import Mandate, MandateState
from app.committee.rules import sitting
from app.core.clock import machine_now
from app.core.invariants import broken
from app.process import INVARIANTS
from tests.build import LONG_AGO, Actor, adopted_topic, committee, heard, person
from tests.calls.build import prepared, staged
from tests.conftest import World
from tests.topics.build import OUTCOME, codes, draft, idea, motion_on
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio
WHY = {"reason": "Their institute is behind it."}


async def voting(world: World, *names: str) -> tuple[Actor, str, str, list[Actor]]:
    """The office, an idea, the path of an open vote on it, and the members."""
    office = await person(world, "office", "office")
    body, members = await committee(world, *names)
    made = (await idea(await person(world, "proposer")))["id"]
    motion = await motion_on(office, body, "screen_idea", made)
    await office.make(f"{motion}/put_to_vote")
    return office, made, motion, members


async def ballots(office: Actor, motion: str) -> dict[str, tuple[str | None, str | None]]:
    read = await is_there(office, motion)
    return {b["account_id"]: (b["recused"], b["choice"]) for b in read["ballots"]}


async def say(motion: str, members: Sequence[Actor], choice: str = "yes") -> None:
    for member in members:
        await member.make(f"{motion}/vote", {"choice": choice})


async def change_seat(world: World, who: Actor, **values: Any) -> None:
    async with world.sessions() as session, session.begin():
        await session.execute(update(Mandate).where(Mandate.account_id == who.id).values(**values))


async def test_a_vote_without_quorum_is_adjourned_and_may_be_held_anew(world: World) -> None:
    office, made, motion, (ann, bob, cas) = await world.prepared(voting, "ann", "bob", "cas")
    await say(motion, [bob])
    assert [code for code, _ in await codes(await office.post(f"{motion}/reject", OUTCOME))] == [
        "no-quorum",
        "majority",
    ]
    assert (await bob.post(f"{motion}/adjourn", {"reason": "Late."})).status_code == 403
    for sent in ({}, {"reason": ""}):
        assert (await ann.post(f"{motion}/adjourn", sent)).status_code == 422
    done = await ann.make(f"{motion}/adjourn", {"reason": "Too few have come."})
    assert (done["state"], done["outcome_reason"], done["decided_at"]) == (
        "adjourned",
        "Too few have come.",
        None,
    )
    for act, sent in (("vote", {"choice": "yes"}), ("declare_interest", WHY)):
        assert (await bob.post(f"{motion}/{act}", sent)).status_code == 409
    assert (await office.post(f"{motion}/adjourn", {"reason": "Again."})).status_code == 409
    again = await office.make(
        f"/sessions/{done['session_id']}/motions",
        {"purpose": "screen_idea", "subject_id": made, "text": "Once more."},
    )
    await office.make(f"/motions/{again['id']}/put_to_vote")
    await say(f"/motions/{again['id']}", [ann, bob, cas])
    await ann.make(f"/motions/{again['id']}/adopt", OUTCOME)
    assert (await is_there(office, f"/topics/{made}"))["state"] == "drafting"


async def test_a_prepared_motion_is_adjourned_and_makes_room(world: World) -> None:
    office = await person(world, "office", "office")
    body, _ = await committee(world, "ann")
    made = (await idea(await person(world, "proposer")))["id"]
    motion = await motion_on(office, body, "screen_idea", made)
    asked = {"purpose": "screen_idea", "subject_id": made, "text": "Why."}
    path = f"/sessions/{(await is_there(office, motion))['session_id']}/motions"
    assert [code for code, _ in await codes(await office.post(path, asked))] == [
        "uq-motion-one-open-per-subject"
    ]
    await office.make(f"{motion}/adjourn", {"reason": "Not ripe."})
    await office.make(path, asked)


@pytest.mark.parametrize("choice", ["yes", "no"])
async def test_a_vote_with_quorum_is_closed_by_its_count_whoever_would_rather_not(
    world: World, choice: str
) -> None:
    office, _, motion, members = await world.prepared(voting, "ann", "bob")
    await say(motion, members[:1], choice)
    for who in (office, members[0]):
        assert await codes(await who.post(f"{motion}/adjourn", {"reason": "No."})) == [("can-be-decided", "")]
    assert (await is_there(office, motion))["state"] == "voting"
    await members[0].make(f"{motion}/{'adopt' if choice == 'yes' else 'reject'}", OUTCOME)


async def test_a_motion_on_a_call_is_adjourned_without_quorum_alone(world: World) -> None:
    """Nothing of topics in it; the chair is no officer, and is answered like one."""
    office = await person(world, "office", "office")
    body, (ann, bob) = await committee(world, "ann", "bob")
    call = await prepared(office)
    await staged(office, call, (await adopted_topic(office, body, [ann, bob]))["id"])
    motion = await motion_on(office, body, "adopt_call", call)
    await office.make(f"{motion}/put_to_vote")
    await say(motion, [ann, bob])
    for who in (office, ann):
        assert await codes(await who.post(f"{motion}/adjourn", {"reason": "No."})) == [("can-be-decided", "")]


@pytest.mark.parametrize("purpose", ["merge_idea", "adopt_topic", "adopt_corrigendum"])
async def test_a_motion_on_a_topic_is_adjourned_without_quorum_alone(world: World, purpose: str) -> None:
    office = await person(world, "office", "office")
    body, (ann, bob) = await committee(world, "ann", "bob")
    about, target = "", ""
    if purpose == "merge_idea":
        proposer = await person(world, "proposer")
        about, target = (await idea(proposer))["id"], (await idea(proposer))["id"]
    elif purpose == "adopt_topic":
        about = (await draft(office))["id"]
        await heard(world, about)
        await office.make(f"/topics/{about}/finalise")
    else:
        topic = (await adopted_topic(office, body, [ann, bob]))["id"]
        asked = {"changes": {"scope": "Wider."}, "note": "Children.", "touches": "scope"}
        about = (await office.make(f"/topics/{topic}/corrigenda", asked))["id"]
    motion = await motion_on(office, body, purpose, about, target)
    await office.make(f"{motion}/put_to_vote")
    await say(motion, [ann, bob])
    for who in (office, ann):
        assert await codes(await who.post(f"{motion}/adjourn", {"reason": "No."})) == [("can-be-decided", "")]


async def test_who_declares_an_interest_is_out_and_their_vote_void(world: World) -> None:
    office, _, motion, (ann, bob, cas, dan) = await world.prepared(voting, "ann", "bob", "cas", "dan")
    await say(motion, [ann, bob])
    assert (await office.post(f"{motion}/declare_interest", WHY)).status_code == 403
    assert (await bob.post(f"{motion}/declare_interest", {"reason": ""})).status_code == 422
    read = await bob.make(f"{motion}/declare_interest", WHY)
    assert "declare_interest" not in [action["name"] for action in read["actions"]]
    assert (await ballots(office, motion))[str(bob.id)] == (WHY["reason"], None)
    for act, sent in (("vote", {"choice": "yes"}), ("declare_interest", WHY)):
        assert (await bob.post(f"{motion}/{act}", sent)).status_code == 403
    await cas.make(f"{motion}/declare_interest", WHY)
    await office.make(f"{motion}/adopt", OUTCOME)  # one of two, of four seats
    told = await is_there(cas, motion)
    assert (told["state"], "ballots" in told, "ballots" in await is_there(dan, motion)) == (
        "adopted",
        False,
        True,
    )


async def test_a_named_member_is_taken_out_by_two_people_with_a_reason(world: World) -> None:
    """Whoever could do it alone would decide the vote: by quorum, by count, and by closing it."""
    office, _, motion, (ann, bob, cas) = await world.prepared(voting, "ann", "bob", "cas")
    other = await person(world, "other", "office")
    await say(motion, [bob])
    out = {"account_id": str(bob.id), **WHY}
    assert (await cas.post(f"{motion}/recuse_member", out)).status_code == 403
    assert (await ann.post(f"{motion}/recuse_member", {"account_id": str(bob.id)})).status_code == 422
    assert (await office.post(f"{motion}/recuse_member", out)).status_code == 202
    assert await codes(await office.post(f"{motion}/recuse_member", out)) == [("second-officer", "")]
    assert (await ballots(office, motion))[str(bob.id)] == (None, "yes")
    differs = out | {"account_id": str(cas.id)}
    assert await codes(await ann.post(f"{motion}/recuse_member", differs)) == [("digest-differs", "")]
    await ann.make(f"{motion}/recuse_member", out)
    assert (await ballots(office, motion))[str(bob.id)] == (WHY["reason"], None)
    assert (await bob.post(f"{motion}/vote", {"choice": "yes"})).status_code == 403
    nobody = out | {"account_id": str(office.id)}
    for sent, code in ((out, "out-already"), (nobody, "no-ballot")):
        assert await codes(await office.post(f"{motion}/recuse_member", sent)) == [(code, "/account_id")]
    for who in (ann, cas):
        gone = {"account_id": str(who.id), **WHY}
        assert (await office.post(f"{motion}/recuse_member", gone)).status_code == 202
        await other.make(f"{motion}/recuse_member", gone)
    refused = await codes(await office.post(f"{motion}/adopt", OUTCOME))
    assert refused == [("too-few-may-vote", ""), ("no-quorum", ""), ("no-majority", "")]
    late = {"reason": "Nobody is left to vote.", "until": (machine_now() + timedelta(days=9)).isoformat()}
    assert await codes(await office.post(f"{motion}/adjourn", {"reason": "No date."})) == [
        ("no-date", "/until")
    ]
    await office.make(f"{motion}/adjourn", late)


async def test_a_chair_who_is_out_of_a_vote_does_not_conduct_it(world: World) -> None:
    office, _, motion, (ann, bob, cas) = await world.prepared(voting, "ann", "bob", "cas")
    await say(motion, [bob, cas], "no")
    await ann.make(f"{motion}/declare_interest", WHY)
    await is_there(ann, motion)
    sent = {"account_id": str(bob.id), **WHY}
    for act in ("recuse_member", "recuse", "adopt", "reject", "adjourn"):
        assert (await ann.post(f"{motion}/{act}", sent)).status_code == 403
    await office.make(f"{motion}/reject", OUTCOME)


async def test_a_vote_ends_with_the_mandate(world: World) -> None:
    """Sight, the right to vote and the vote that was cast, whether by an act or by the date."""
    _, _, motion, (ann, bob, cas, dan) = await world.prepared(voting, "ann", "bob", "cas", "dan")
    await say(motion, [bob], "no")
    await say(motion, [cas], "no")
    await say(motion, [dan])
    for who in (bob, cas):
        await is_there(who, motion)
    await change_seat(world, bob, ends_at=machine_now() - timedelta(seconds=1))
    await change_seat(world, cas, state=MandateState.ENDED)
    for who in (bob, cas):
        await is_hidden(who, motion)
        assert (await who.post(f"{motion}/vote", {"choice": "yes"})).status_code == 404
        assert (await who.post(f"{motion}/declare_interest", WHY)).status_code == 404
        assert (await who.get("/me")).json()["waiting"] == []
    adopted = await ann.make(f"{motion}/adopt", OUTCOME)  # one of two, none against
    found = {b["account_id"]: (b["recused"], b["choice"]) for b in adopted["ballots"]}
    assert found == {
        str(ann.id): (None, None),
        str(bob.id): ("The mandate has ended.", None),
        str(cas.id): ("The mandate has ended.", None),
        str(dan.id): (None, "yes"),
    }
    await _holds(world)


async def test_whose_mandate_has_ended_counts_in_no_quorum(world: World) -> None:
    office, _, motion, (ann, bob, cas) = await world.prepared(voting, "ann", "bob", "cas")
    await say(motion, [ann], "no")
    assert [code for code, _ in await codes(await office.post(f"{motion}/reject", OUTCOME))] == ["no-quorum"]
    await change_seat(world, cas, ends_at=machine_now() - timedelta(seconds=1))
    assert (await office.post(f"{motion}/adjourn", {"reason": "No."})).status_code == 409
    assert (await office.make(f"{motion}/reject", OUTCOME))["state"] == "not_adopted"
    await is_there(bob, motion)
    await _holds(world)


async def test_who_comes_after_the_vote_has_opened_has_no_vote_in_it(world: World) -> None:
    office, _, motion, (ann, bob) = await world.prepared(voting, "ann", "bob")
    late = await person(world, "late")
    body = (await is_there(office, f"/sessions/{(await is_there(office, motion))['session_id']}"))["body_id"]
    async with world.sessions() as session, session.begin():
        seat = Mandate(created_at=LONG_AGO, state=MandateState.ACTIVE, body_id=UUID(body), seat="member")
        seat.account_id, seat.proposed_by, seat.starts_at = late.id, office.id, LONG_AGO
        seat.appointing_act = "test"
        session.add(seat)
    await is_there(late, motion)
    assert (await late.post(f"{motion}/vote", {"choice": "yes"})).status_code == 403
    assert set(await ballots(office, motion)) == {str(ann.id), str(bob.id)}


async def _holds(world: World) -> None:
    async with world.sessions() as session:
        assert [told async for told in broken(session, INVARIANTS) if "otion" in told] == []


@given(
    offsets=st.tuples(st.integers(-2, 2), st.none() | st.integers(-2, 2)), state=st.sampled_from(MandateState)
)
def test_a_mandate_is_in_force_from_its_start_until_its_end(
    offsets: tuple[int, int | None], state: MandateState
) -> None:
    at = machine_now()
    starts, ends = offsets
    mandate = Mandate(state=state, account_id=UUID(int=1), starts_at=at + timedelta(seconds=starts))
    mandate.ends_at = None if ends is None else at + timedelta(seconds=ends)
    wanted = state == MandateState.ACTIVE and starts <= 0 and (ends is None or ends > 0)
    assert (sitting([mandate], at) == {UUID(int=1)}) is wanted
