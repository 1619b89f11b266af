"""Who competed for the money reads nothing of the vote on a review, although the results are out."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.consortia.models import Consortium, ConsortiumState, Partner, PartnerState
from app.core.outbox import Mail
from tests.build import Actor, fresh, person
from tests.committee.build import WHY
from tests.conftest import World
from tests.consortia.build import give_part
from tests.decisions.build import organisation
from tests.decisions.money import apply, voted
from tests.decisions.redress.build import Contested, codes
from tests.decisions.redress.test_funding import asked, other_topic, spent
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio


async def prepared(world: World, **way: Any) -> tuple[Contested, dict[str, Any]]:
    """A motion on a review, before an open session."""
    here, path = await spent(world)
    await here.office.make(f"{path}/propose_way", way or {"way": "raise_envelope"})
    motion = await asked(here, path)
    assert motion.status_code == 201, motion.text
    return here, motion.json()


async def rival(world: World, here: Contested, kind: str) -> Actor:
    """Somebody who would read the motion if they did not compete."""
    return here.there.members[2] if kind == "committee" else await person(world, "rival", kind)


async def reads_nothing(who: Actor, motion: dict[str, Any]) -> None:
    await is_hidden(who, f"/motions/{motion['id']}")
    session = await is_there(who, f"/sessions/{motion['session_id']}")
    assert session["agenda"] == []
    assert (await who.get("/me")).json()["waiting"] == []


@pytest.mark.parametrize("kind", ["committee", "office", "auditor"])
async def test_nobody_who_competed_reads_the_motion(world: World, kind: str) -> None:
    here, motion = await world.prepared(prepared)
    who = await rival(world, here, kind)
    session = f"/sessions/{motion['session_id']}"
    assert (await is_there(who, f"/motions/{motion['id']}"))["text"] == motion["text"]
    assert [one["motion_id"] for one in (await is_there(who, session))["agenda"]] == [motion["id"]]
    await apply(world, here.there, who)
    await reads_nothing(who, motion)
    path = await voted(here.there, motion) if kind != "committee" else f"/motions/{motion['id']}"
    if kind == "committee":
        await here.office.make(f"{path}/put_to_vote")
        await reads_nothing(who, motion)
        for member in here.there.members[:2]:
            await member.make(f"{path}/vote", {"choice": "yes"})
    await here.office.make(f"{path}/adopt")
    await here.office.make(f"{session}/close")
    await reads_nothing(who, motion)
    assert len((await is_there(here.office, f"{session}/minutes"))["motions"]) == 1
    assert (await is_there(who, f"{session}/minutes"))["motions"] == []


async def test_an_agenda_is_mailed_to_nobody_who_competed(world: World) -> None:
    here, motion = await world.prepared(prepared)
    await apply(world, here.there, here.there.members[2])
    order = {"motion_ids": [motion["id"]]}
    await here.office.make(f"/sessions/{motion['session_id']}/order_agenda", order)
    async with world.sessions() as session:
        told = await session.scalars(select(Mail.recipient).where(Mail.text.contains(motion["text"])))
        assert sorted(told) == sorted(member.email for member in here.there.members[:2])


async def compete_on(world: World, topic_stage: str, topic: str, who: Actor) -> None:
    """Somebody has applied on this topic, whose results are out."""
    async with world.sessions() as session, session.begin():
        group = fresh(Consortium, ConsortiumState.ACTIVE, name="Rivals")
        group.topic_stage_id, group.topic_id = UUID(topic_stage), UUID(topic)
        partner = fresh(Partner, PartnerState.SIGNED, consortium=group, coordinates=False)
        partner.organisation = await organisation(session, "Rival Institute", None)
        session.add(partner)
    await give_part(world, str(partner.id), who, "reader")


async def test_nor_who_competed_on_the_topic_that_gives(world: World) -> None:
    here, path = await spent(world)
    source = await other_topic(world, here, "5000000.01")
    topic = (await is_there(here.office, f"/topic_stages/{source}"))["topic_id"]
    officer = await person(world, "rival", "office")
    member = here.there.members[2]
    for who in (officer, member):
        await compete_on(world, source, topic, who)
    await here.office.make(f"{path}/propose_way", {"way": "move_budget", "source_id": source})
    refused = await officer.post(
        f"/sessions/{await open_session(here)}/motions",
        {"purpose": "fund_redress", "subject_id": path.rpartition("/")[2], "text": "Move it."},
    )
    assert codes(refused) == ["no-way"]
    motion = (await asked(here, path)).json()
    await is_there(here.there.members[0], f"/motions/{motion['id']}")
    for who in (officer, member):
        await reads_nothing(who, motion)
    await here.office.make(f"/motions/{motion['id']}/put_to_vote")
    read = await is_there(here.office, f"/motions/{motion['id']}")
    out = [one["account_id"] for one in read["ballots"] if one["recused"] is not None]
    assert out == [str(member.id)]


async def open_session(here: Contested) -> str:
    held = {"title": "Session", "held_at": "2030-01-01T10:00:00Z"}
    session = await here.office.make(f"/bodies/{here.there.body}/sessions", held)
    await here.office.make(f"/sessions/{session['id']}/open")
    return str(session["id"])


async def test_who_has_left_a_vote_on_it_by_an_interest_reads_it_no_more_and_is_out_of_the_next(
    world: World,
) -> None:
    here, motion = await world.prepared(prepared)
    who = here.there.members[2]
    path = f"/motions/{motion['id']}"
    await here.office.make(f"{path}/put_to_vote")
    await is_there(who, path)
    assert (await who.post(f"{path}/declare_interest", WHY)).status_code == 204
    await reads_nothing(who, motion)
    for member in here.there.members[:2]:
        await member.make(f"{path}/vote", {"choice": "no"})
    await here.office.make(f"{path}/reject")
    again = (await asked(here, f"/redresses/{motion['subject_id']}")).json()
    await here.office.make(f"/motions/{again['id']}/put_to_vote")
    read = await is_there(here.office, f"/motions/{again['id']}")
    out = [one["account_id"] for one in read["ballots"] if one["recused"] is not None]
    assert out == [str(who.id)]
    await reads_nothing(who, again)


async def test_nobody_who_ever_applied_breaks_off_a_session_or_publishes_its_minutes(world: World) -> None:
    """A refusal would tell that something is voted on, or not yet told."""
    here, motion = await world.prepared(prepared)
    officer = await person(world, "rival", "office")
    session = f"/sessions/{motion['session_id']}"
    await apply(world, here.there, officer)
    acts = {one["name"] for one in (await is_there(officer, session))["actions"]}
    assert {"open", "adjourn", "close", "publish_minutes"} & acts == set()
    await here.office.make(f"/motions/{motion['id']}/put_to_vote")
    for act, sent in (("close", None), ("adjourn", {"until": "2090-01-01T10:00:00Z", "reason": "Late."})):
        assert (await officer.post(f"{session}/{act}", sent)).status_code == 403
        assert codes(await here.office.post(f"{session}/{act}", sent)) == ["vote-open"]
