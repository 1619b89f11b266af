"""Two people act at once on one vote or one session: one after the other, counted as it stands in the end."""

from asyncio import gather
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.committee.models import Ballot, Session
from app.core.clock import machine_now
from tests.build import Actor
from tests.committee.build import LONGEST as LONGEST_REQUEST
from tests.committee.build import WHY, alternate, ballots, clock, holds, in_days, prepared, say
from tests.committee.test_alternates import stands
from tests.committee.test_written import written
from tests.conftest import World
from tests.decisions.build import ranked
from tests.topics.build import OUTCOME
from tests.walls import is_there

pytestmark = pytest.mark.anyio


def statuses(answers: tuple[object, ...]) -> list[int]:
    return sorted(answer.status_code for answer in answers)  # type: ignore[attr-defined]


async def test_one_member_votes_twice_at_once(live: World) -> None:
    there = await prepared(live, "ann", "bob")
    await there.office.make(f"{there.motion}/put_to_vote")
    bob = there.members[1]
    both = await gather(*(bob.post(f"{there.motion}/vote", {"choice": c}) for c in ("yes", "no")))
    assert statuses(both) == [200, 200]
    async with live.sessions() as session:
        mine = select(func.count()).where(Ballot.account_id == bob.id)
        assert await session.scalar(mine) == 1
    assert (await ballots(there.office, there.motion))[str(bob.id)]["choice"] in ("yes", "no")


async def test_the_vote_is_opened_twice_at_once(live: World) -> None:
    there = await prepared(live, "ann", "bob")
    both = await gather(
        *(who.post(f"{there.motion}/put_to_vote") for who in (there.office, there.members[0]))
    )
    assert statuses(both) == [200, 409]
    assert len(await ballots(there.office, there.motion)) == 2


async def test_two_close_the_vote_at_once(live: World) -> None:
    there = await prepared(live, "ann", "bob", "cas")
    await there.office.make(f"{there.motion}/put_to_vote")
    await say(there.motion, there.members)
    closers = (there.office, there.second, there.members[0])
    assert statuses(await gather(*(who.post(f"{there.motion}/adopt", OUTCOME) for who in closers))) == [
        200,
        409,
        409,
    ]
    await holds(live)


async def test_it_is_adopted_at_the_moment_of_the_vote_that_would_turn_it(live: World) -> None:
    there = await prepared(live, "ann", "bob", "cas")
    ann, bob, cas = there.members
    await there.office.make(f"{there.motion}/put_to_vote")
    await say(there.motion, [bob, cas])
    await say(there.motion, [ann], "no")
    changed, closed = await gather(
        cas.post(f"{there.motion}/vote", {"choice": "no"}),
        there.office.post(f"{there.motion}/adopt", OUTCOME),
    )
    state = (await is_there(there.office, there.motion))["state"]
    assert (changed.status_code, closed.status_code, state) in ((200, 409, "voting"), (409, 200, "adopted"))
    await holds(live)


async def test_it_is_adopted_at_the_moment_at_which_a_member_leaves_it(live: World) -> None:
    there = await prepared(live, "ann", "bob")
    ann, bob = there.members
    await there.office.make(f"{there.motion}/put_to_vote")
    await say(there.motion, [bob])
    left, closed = await gather(
        bob.post(f"{there.motion}/declare_interest", WHY), there.office.post(f"{there.motion}/adopt", OUTCOME)
    )
    state = (await is_there(there.office, there.motion))["state"]
    assert (left.status_code, closed.status_code, state) in ((200, 409, "voting"), (409, 200, "adopted"))
    assert ann.id != bob.id
    await holds(live)


async def test_member_and_alternate_want_the_vote_of_a_seat_at_once(live: World) -> None:
    there = await prepared(live, "ann", "bob")
    bob = there.members[1]
    deputy = await alternate(live, there.body, bob, "deputy")
    await there.office.make(f"{there.motion}/put_to_vote")
    voted, stood = await gather(
        bob.post(f"{there.motion}/vote", {"choice": "yes"}),
        there.office.post(f"{there.motion}/stand_in", stands(deputy)),
    )
    found = await ballots(there.office, there.motion)
    seated = {key for key, one in found.items() if one["seated"]}
    assert (voted.status_code, stood.status_code, str(bob.id) in seated, str(deputy.id) in seated) in (
        (200, 409, True, False),
        (403, 200, False, True),
    )
    await say(there.motion, [bob if str(bob.id) in seated else deputy])
    await there.office.make(f"{there.motion}/adopt", OUTCOME)
    await holds(live)


async def test_a_session_is_closed_at_the_moment_at_which_a_vote_opens(live: World) -> None:
    there = await prepared(live, "ann", "bob")
    session = await there.session()
    opened, closed = await gather(
        there.office.post(f"{there.motion}/put_to_vote"), there.members[0].post(f"{session}/close")
    )
    assert statuses((opened, closed)) == [200, 409]
    await holds(live)


async def test_two_chairs_close_or_adjourn_a_session_at_once(live: World) -> None:
    there = await prepared(live, "ann", "bob")
    session = await there.session()
    late = {"until": in_days(3), "reason": "Late."}
    both = await gather(
        there.office.post(f"{session}/adjourn", late), there.members[0].post(f"{session}/close")
    )
    assert statuses(both) == [200, 409]
    state = (await is_there(there.office, session))["state"]
    assert state == ("adjourned" if both[0].status_code == 200 else "closed")


async def test_a_member_arrives_twice_at_once(live: World) -> None:
    there = await prepared(live, "ann", "bob")
    session, bob = await there.session(), there.members[1]
    assert statuses(await gather(*(bob.post(f"{session}/attend") for _ in range(3)))) == [200, 409, 409]
    assert len((await is_there(bob, session))["attendance"]) == 1


async def test_the_clock_counts_at_the_moment_of_a_last_vote(live: World) -> None:
    """One that was received in time counts, or is refused because the vote is closed: never half of it."""
    there = await ranked(live, "30000000.00")
    _, motion = await written(there)
    await say(motion, there.members[:2])
    async with live.sessions() as session, session.begin():
        ended = machine_now() + timedelta(milliseconds=500)
        await session.execute(update(Session).where(Session.kind == "written").values(closes_at=ended))
    changing: Actor = there.members[1]
    voted, *_ = await gather(
        changing.post(f"{motion}/vote", {"choice": "no"}),
        *(clock(live, ended + LONGEST_REQUEST + timedelta(seconds=1)) for _ in range(2)),
    )
    read = await is_there(there.office, motion)
    assert (voted.status_code, read["state"]) in ((200, "not_adopted"), (409, "adopted"))
    await holds(live)
