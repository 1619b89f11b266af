"""Where the money is spent the committee votes on what the office proposes; a first stage invites beside."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import select, text, update

from app.calls.models import Stage, TopicStage, TopicStageState
from app.consortia.models import Partner
from app.core.clock import machine_now
from app.decisions.reserve.invariants import INVARIANTS
from app.due import tick
from app.topics.models import Topic, TopicState
from tests.build import TOPIC, fresh, person, vote
from tests.committee.build import in_days
from tests.conftest import World
from tests.consortia.build import give_part
from tests.decisions.build import released
from tests.decisions.money import apply, reasons, voted
from tests.decisions.redress.build import Contested, codes, contested, judged
from tests.decisions.reserves import closed, promoted, reserve_of, set_reserve, withdrawn
from tests.decisions.two_stages import TwoStages, two_stages

pytestmark = pytest.mark.anyio


async def spent(world: World) -> tuple[Contested, str]:
    """The second is upheld to the first rank, and asks for more than what is left."""
    here, path = await judged(world, "30000000.00", "20000000.00", number=1)
    await here.agreed(path, "5", "5", "4.5")
    settled = await here.settled(path)
    assert (settled["outcome"], settled["remedy"]) == ("changed", "vote")
    assert [await here.state(n) for n in range(2)] == ["selected", "reserve"]
    return here, path


async def short(
    world: World, *requested: str, below: tuple[str, ...], number: int, scores: Sequence[str]
) -> tuple[TwoStages, Contested, str]:
    """A first stage is released, and a short proposal's new evaluation has come to these scores."""
    there = await two_stages(world, *requested, below=below)
    await released(there.ranked)
    here = Contested(world, there.ranked, await person(world, "signatory", "signatory"))
    return there, here, await here.final(number, *scores)


async def asked(here: Contested, path: str) -> httpx2.Response:
    held = {"title": "Session", "held_at": machine_now().isoformat()}
    session = await here.office.make(f"/bodies/{here.there.body}/sessions", held)
    await here.office.make(f"/sessions/{session['id']}/open")
    about = {"subject_id": path.rpartition("/")[2], "text": "The review has shown that it was to be funded."}
    return await here.office.post(f"/sessions/{session['id']}/motions", about | {"purpose": "fund_redress"})


async def adopted(here: Contested, path: str, **way: Any) -> httpx2.Response:
    await here.office.make(f"{path}/propose_way", way)
    motion = await asked(here, path)
    assert motion.status_code == 201, motion.text
    return await here.office.post(f"{await voted(here.there, motion.json())}/adopt")


async def budget(here: Contested) -> str:
    part = (await here.office.get(f"/topic_stages/{here.there.topic_stage}")).json()
    return str(part["budget"]["amount"])


async def test_a_higher_envelope_covers_what_is_missing_and_no_more(world: World) -> None:
    here, path = await world.prepared(spent)
    answer = await adopted(here, path, way="raise_envelope")
    assert answer.status_code == 200, answer.text
    assert [await here.state(n) for n in range(2)] == ["selected", "selected"]
    assert await budget(here) == "50000000.00"
    call = (await here.office.get(f"/calls/{here.there.made['call']['id']}")).json()
    assert call["budget"]["amount"] == "50000000.00"
    read = (await here.office.get(path)).json()
    assert (read["remedy"], read["outcome"]) == ("funded", "changed")
    letters = (await here.one(1).coordinator.get("/letters")).json()["items"]
    about = sorted(one["subject"].rpartition(": ")[2] for one in letters if one["kind"] == "redress")
    assert about == ["the review is settled"] * 2 + ["your request for a review"] * 3
    assert [one["kind"] for one in letters if one["kind"] != "redress"] == ["reserve"]
    late = await here.office.post(f"{path}/propose_way", {"way": "next_call"})
    assert codes(late) == ["nothing-to-vote", "nothing-to-review"]


@pytest.mark.parametrize(
    ("way", "remedy"), [("reserve_first", "first_on_reserve"), ("next_call", "next_call")]
)
async def test_a_place_or_a_promise_moves_no_money(world: World, way: str, remedy: str) -> None:
    here, path = await world.prepared(spent)
    answer = await adopted(here, path, way=way)
    assert answer.status_code == 200, answer.text
    mine = (await here.one(1).coordinator.get(path)).json()
    promise = "The review has shown that it was to be funded." if way == "next_call" else None
    assert (mine["remedy"], mine["promise"]) == (remedy, promise)
    assert (await budget(here), await here.state(1)) == ("45000000.00", "reserve")


async def test_no_officer_who_competed_conducts_the_vote(world: World) -> None:
    """The interest of a competitor in a review does not end with the release."""
    here, path = await world.prepared(spent)
    officer = await person(world, "rival", "office")
    await here.office.make(f"{path}/propose_way", {"way": "raise_envelope"})
    motion = f"/motions/{(await asked(here, path)).json()['id']}"
    await apply(world, here.there, officer)
    assert (await officer.post(f"{motion}/put_to_vote")).status_code == 404
    await here.office.make(f"{motion}/put_to_vote")
    for member in here.there.members:
        await member.make(f"{motion}/vote", {"choice": "yes"})
    for act in ("adopt", "recuse"):
        assert (await officer.post(f"{motion}/{act}")).status_code == 404
    assert await here.state(1) == "reserve"
    await here.office.make(f"{motion}/adopt")
    assert await here.state(1) == "selected"


async def other_topic(world: World, here: Contested, budget: str) -> str:
    """Another topic of the stage whose results are out; it selected nothing."""
    topic = fresh(Topic, TopicState.IN_CALL, **TOPIC | {"indicative_budget": Decimal(budget)})
    topic.reference, topic.title, topic.action_type = f"T-{uuid4().hex[:8]}", "Another topic", "RIA"
    topic.adopted_version = 2
    part = fresh(TopicStage, TopicStageState.RELEASED, topic=topic, budget=Decimal(budget))
    part.stage_id, part.expected_grants = UUID(here.there.made["stage"]["id"]), 1
    async with world.sessions() as session, session.begin():
        session.add(part)
    return str(part.id)


@pytest.mark.parametrize(("has", "told"), [("5000000.01", 200), ("5000000.00", 409), ("4000000.00", 409)])
async def test_another_topic_gives_what_it_does_not_need_and_keeps_some(
    world: World, has: str, told: int
) -> None:
    here, path = await world.prepared(spent)
    source = await other_topic(world, here, has)
    answer = await adopted(here, path, way="move_budget", source_id=source)
    assert answer.status_code == told, answer.text
    assert await here.state(1) == ("selected" if told == 200 else "reserve")
    assert await budget(here) == ("50000000.00" if told == 200 else "45000000.00")
    left = (await here.office.get(f"/topic_stages/{source}")).json()["budget"]["amount"]
    assert left == ("0.01" if told == 200 else has)


async def test_who_is_placed_first_by_the_vote_is_promoted_first(world: World) -> None:
    """The second of the list asks for less, and would have been next."""
    here, path = await judged(world, "30000000.00", "16000000.00", "20000000.00", number=2)
    await here.agreed(path, "5", "5", "4.5")
    assert (await here.settled(path))["remedy"] == "vote"
    listed = [str(here.one(n).id) for n in (2, 1)]
    await adopted(here, path, way="reserve_first")
    reserve = await reserve_of(here.there)
    assert [one["proposal_id"] for one in reserve["waiting"]] == listed
    await closed(world, here.there)
    await withdrawn(here.there, 0)
    assert reasons(await promoted(here.there, 1)) == [("not-the-first", "/body/proposal_ids")]
    assert (await promoted(here.there, 2)).status_code == 200
    assert [await here.state(n) for n in range(3)] == ["withdrawn", "reserve", "selected"]


async def test_who_is_put_on_the_reserve_by_a_review_waits_where_the_new_result_stands(
    world: World,
) -> None:
    """Below a threshold on the list, it comes before those that it is better than, and asks for more."""
    asks = ("30000000.00", "10000000.00", "15000000.00", "9000000.00")
    here, path = await judged(world, *asks, below=("20000000.00",), number=4)
    await here.agreed(path, "4", "4", "4")
    settled = await here.settled(path)
    assert (settled["remedy"], settled["rank"], settled["shares_rank"]) == ("reserve", 2, False)
    reserve = await reserve_of(here.there)
    key = str(here.one(4).id)
    assert [(one["proposal_id"], one["rank"]) for one in reserve["waiting"]] == [
        (key, 2), (str(here.one(2).id), 3), (str(here.one(3).id), 4),
    ]  # fmt: skip
    assert [one["proposal_id"] for one in reserve["first"]] == [key]


async def test_a_review_puts_a_reserve_list_in_force_where_the_release_has_left_none(world: World) -> None:
    here = await contested(world, "30000000.00", below=("20000000.00",))
    assert (await here.office.get("/reserve_lists")).json()["items"] == []
    path = await here.final(1, "4", "4", "4")
    assert (await here.settled(path))["remedy"] == "reserve"
    reserve = await reserve_of(here.there)
    assert [one["proposal_id"] for one in reserve["first"]] == [str(here.one(1).id)]
    assert reserve["until"] is not None


async def over(world: World, here: Contested) -> None:
    """The last day of the reserve list is over; who waited on it is rejected."""
    await set_reserve(world, here.there, until=machine_now() - timedelta(days=1))
    await tick(world.sessions, world.settings)
    assert (await reserve_of(here.there))["state"] == "ended"


async def nobody_waits_on_what_has_ended(world: World) -> None:
    async with world.sessions() as session:
        assert list(await session.scalars(text(INVARIANTS[1].broken_by))) == []


async def test_once_the_reserve_list_has_ended_nobody_is_placed_on_it(world: World) -> None:
    asks = ("30000000.00", "16000000.00")
    here, path = await judged(world, *asks, below=("20000000.00",), number=2)
    await here.agreed(path, "4", "4", "4")
    assert (await here.office.get(f"{path}/effect")).json()["remedy"] == "reserve"
    await over(world, here)
    settled = await here.settled(path)
    assert (settled["outcome"], settled["remedy"]) == ("kept", "none")
    assert [await here.state(n) for n in range(3)] == ["selected", "rejected", "rejected"]
    await nobody_waits_on_what_has_ended(world)


@pytest.mark.parametrize("settled_first", [True, False])
async def test_what_was_to_be_funded_is_voted_on_also_when_the_reserve_list_has_ended(
    world: World, settled_first: bool
) -> None:
    here, path = await world.prepared(judged, "30000000.00", "20000000.00", number=1)
    await here.agreed(path, "5", "5", "4.5")
    if settled_first:
        await here.settled(path)
    await over(world, here)
    if not settled_first:
        assert (await here.settled(path))["remedy"] == "vote"
    await nobody_waits_on_what_has_ended(world)
    refused = await here.office.post(f"{path}/propose_way", {"way": "reserve_first"})
    assert codes(refused) == ["reserve-over"]
    answer = await adopted(here, path, way="raise_envelope")
    assert answer.status_code == 200, answer.text
    assert [await here.state(n) for n in range(2)] == ["selected", "selected"]
    await nobody_waits_on_what_has_ended(world)


async def test_a_reserve_list_that_ends_during_the_vote_has_no_first_place_to_give(world: World) -> None:
    here, path = await world.prepared(spent)
    await here.office.make(f"{path}/propose_way", {"way": "reserve_first"})
    motion = (await asked(here, path)).json()
    await over(world, here)
    assert codes(await here.office.post(f"{await voted(here.there, motion)}/adopt")) == ["reserve-over"]


async def test_money_moves_only_from_a_topic_that_does_not_need_it(world: World) -> None:
    here, path = await world.prepared(spent)
    wrong = {"way": "move_budget"}
    assert codes(await here.office.post(f"{path}/propose_way", wrong)) == ["source"]
    same = wrong | {"source_id": here.there.topic_stage}
    await here.office.make(f"{path}/propose_way", same)
    assert codes(await asked(here, path)) == ["no-way"]


async def test_a_motion_needs_what_the_office_proposes_and_it_rests(world: World) -> None:
    here, path = await world.prepared(spent)
    assert codes(await asked(here, path)) == ["no-way"]
    await here.office.make(f"{path}/propose_way", {"way": "reserve_first"})
    motion = (await asked(here, path)).json()
    assert motion["annexes"] == ["The proposal is placed first on the reserve list."]
    refused = await here.office.post(f"{path}/propose_way", {"way": "next_call"})
    assert codes(refused) == ["being-voted-on"]


async def test_a_member_who_competed_does_not_vote_on_it(world: World) -> None:
    """The interest lasts although the results are out."""
    here, path = await world.prepared(spent)
    rival = here.there.members[2]
    async with world.sessions() as session:
        of = (Partner.consortium_id == here.one(0).consortium_id, Partner.coordinates)
        key = await session.scalar(select(Partner.id).where(*of))
    await give_part(world, str(key), rival, "reader")
    await here.office.make(f"{path}/propose_way", {"way": "reserve_first"})
    motion = (await asked(here, path)).json()
    await here.office.make(f"/motions/{motion['id']}/put_to_vote")
    read = (await here.office.get(f"/motions/{motion['id']}")).json()
    out = {one["account_id"]: one["recused"] for one in read["ballots"]}
    assert out[str(rival.id)] == "Has applied on the topic, or has an interest in it."
    assert sorted(why is None for why in out.values()) == [False, True, True]


async def test_an_upheld_short_proposal_is_invited_beside_the_first(world: World) -> None:
    there, here, path = await short(
        world, "1000000.00", "2000000.00", below=("3000000.00",), number=2, scores=("5", "5", "5")
    )
    effect = (await here.office.get(f"{path}/effect")).json()
    assert (effect["rank"], effect["left"], effect["remedy"]) == (1, None, "invited")
    settled = await here.settled(path)
    assert settled["remedy"] == "invited"
    assert [await here.state(n) for n in range(3)] == ["selected", "reserve", "selected"]
    sent = (await there.office.get("/invitations", params={"topic_id": there.topic})).json()["items"]
    assert [one["state"] for one in sent] == ["sent", "sent"]
    mine = next(one for one in sent if one["proposal_id"] == str(here.one(2).id))
    until = (await there.office.get(f"/invitations/{mine['id']}")).json()["until"]
    assert until[:10] >= (machine_now() + timedelta(days=29)).date().isoformat()


async def test_once_the_second_stage_has_closed_only_the_next_call_is_left(world: World) -> None:
    _, here, path = await short(world, "1000000.00", below=("3000000.00",), number=1, scores=("5", "5", "5"))
    async with world.sessions() as session, session.begin():
        closed = (
            update(Stage).where(Stage.kind == "full").values(closes_at=machine_now() - timedelta(seconds=2))
        )
        await session.execute(closed)
    assert (await here.settled(path))["remedy"] == "vote"
    refused = await here.office.post(f"{path}/propose_way", {"way": "raise_envelope"})
    assert codes(refused) == ["second-stage-closed"]


async def test_minutes_of_a_vote_on_a_review_wait_until_it_is_decided(world: World) -> None:
    """Adjourned, it comes before the committee again; until then nobody reads that there was a vote."""
    here, path = await world.prepared(spent)
    await here.office.make(f"{path}/propose_way", {"way": "next_call"})
    motion = (await asked(here, path)).json()
    session = f"/sessions/{motion['session_id']}"
    put_off = {"reason": "Nobody has read it.", "until": in_days(3)}
    await here.office.make(f"/motions/{motion['id']}/adjourn", put_off)
    await here.office.make(f"{session}/close")
    assert codes(await here.office.post(f"{session}/publish_minutes")) == ["under-embargo"]
    assert codes(await here.there.second.post(f"{session}/publish_minutes")) == ["under-embargo"]
    again = (await asked(here, path)).json()
    await here.office.make(f"{await voted(here.there, again)}/adopt")
    assert (await here.office.post(f"{session}/publish_minutes")).status_code == 202
    await here.there.second.make(f"{session}/publish_minutes")
    async with world.client() as anyone:
        told = (await anyone.get(f"/v1{session}/minutes")).json()["motions"]
    assert [one["result"] for one in told] == ["Adjourned, not decided"]


async def test_the_next_that_is_invited_is_the_one_that_a_review_has_placed_before(world: World) -> None:
    """12.5 points as the two on the list: it shares the first rank, and one place is taken."""
    there, here, path = await short(
        world, "1000000.00", "2000000.00", below=("3000000.00",), number=2, scores=("4.5", "4", "4")
    )
    settled = await here.settled(path)
    assert (settled["remedy"], settled["rank"], settled["shares_rank"]) == ("reserve", 1, True)
    sent = (await there.office.get("/invitations", params={"topic_id": there.topic})).json()["items"]
    await here.one(0).coordinator.make(f"/invitations/{sent[0]['id']}/decline", {"reason": "Another grant."})
    members = there.ranked.members
    await vote(there.office, there.ranked.body, members, "invite_next", there.ranked.topic_stage)
    assert [await here.state(n) for n in (1, 2)] == ["reserve", "selected"]
