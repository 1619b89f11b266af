"""Conflicts of those who run, decide or look on: found and decided as those of experts, and felt at once."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from app.people.models import Account
from tests.build import Actor, person
from tests.conftest import World
from tests.decisions.build import motion_on, ranked
from tests.evaluation.build import Topic, expert, in_evaluation
from tests.evaluation.hidden import same_as_missing
from tests.experts.test_conflicts import joined

pytestmark = pytest.mark.anyio
BECAUSE = {"reason": "It was an error."}


async def recorded(officer: Actor, proposal: Any, who: Actor, situation: str = "P3") -> str:
    given = {"account_id": str(who.id), "situation": situation, "text": "We went to school together."}
    return str((await officer.make(f"/proposals/{proposal}/conflicts", given))["id"])


async def found(topic: Topic) -> list[dict[str, Any]]:
    answer = await topic.office.get(f"/calls/{topic.call}/conflicts_of_officials")
    return list(answer.json()["items"])


async def mails(world: World, who: Actor, address: str) -> None:
    async with world.sessions() as session, session.begin():
        await session.execute(update(Account).where(Account.id == who.id).values(email=address))


async def test_data_show_conflicts_of_members_officers_and_observers(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    observer = await person(world, "observer", "observer")
    await joined(topic, legal_name="Institut Curie")
    ada = await expert(topic, "ada")
    assert await found(topic) == []
    for who, address in ((topic.members[0], "ann@institute.fr"), (observer, "obs@institute.fr")):
        await mails(world, who, address)
    await mails(world, ada.actor, "ada@institute.fr")
    told = "a mail address at institute.fr, as people of Institut Curie, partner 2 of this proposal"
    assert [(one["name"], one["situation"], one["path"]) for one in await found(topic)] == [
        ("ann", "P3", told),
        ("observer", "P3", told),
    ]
    path = f"/calls/{topic.call}/conflicts_of_officials"
    for other in (observer, topic.members[0], ada.actor):
        assert (await other.get(path)).status_code == 404


async def test_an_officer_with_a_conflict_has_no_files_of_the_topic_until_it_is_waived(world: World) -> None:
    topic, other = await in_evaluation(world), await in_evaluation(world)
    third = await person(world, "third", "office")
    path = f"/proposals/{topic.proposals[0].id}"
    assert (await topic.office.get(path)).status_code == 200
    conflict = await recorded(topic.second, topic.proposals[0].id, topic.office)
    for hidden in (path, f"/conflicts/{conflict}"):
        assert await same_as_missing(topic.office, hidden)
    listed = (await topic.office.get("/proposals")).json()["items"]
    assert [one["id"] for one in listed] == [other.proposals[0].id]
    assert (await topic.second.get(path)).status_code == 200
    assert (await topic.second.post(f"/conflicts/{conflict}/waive", BECAUSE)).status_code == 202
    assert (await topic.office.post(f"/conflicts/{conflict}/waive", BECAUSE)).status_code == 404
    await third.make(f"/conflicts/{conflict}/waive", BECAUSE)
    assert (await topic.office.get(path)).status_code == 200


async def test_an_officer_may_declare_a_conflict_of_their_own(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    given = {"account_id": str(topic.office.id), "situation": "D3", "text": "A cousin."}
    answer = await topic.office.post(f"/proposals/{topic.proposals[0].id}/conflicts", given)
    assert answer.status_code == 204
    assert await same_as_missing(topic.office, f"/proposals/{topic.proposals[0].id}")


async def test_a_member_with_a_conflict_is_out_of_the_motion_and_its_quorum(world: World) -> None:
    there = await ranked(world, "30000000.00", "20000000.00")
    chair, _, member = there.members
    motion = await motion_on(there)
    await recorded(there.office, there.proposals[0].id, member)
    assert await same_as_missing(member, f"/motions/{motion['id']}")
    assert (await chair.get(f"/motions/{motion['id']}")).status_code == 200
    await there.office.make(f"/motions/{motion['id']}/put_to_vote")
    read = (await chair.get(f"/motions/{motion['id']}")).json()
    out = {UUID(ballot["account_id"]) for ballot in read["ballots"] if ballot["recused"]}
    assert out == {member.id}


async def test_a_conflict_that_comes_up_during_the_vote_stops_its_closing_until_recused(world: World) -> None:
    there = await ranked(world, "30000000.00")
    chair, other, member = there.members
    motion = await motion_on(there)
    path = f"/motions/{motion['id']}"
    await there.office.make(f"{path}/put_to_vote")
    for who in (chair, other, member):
        await who.make(f"{path}/vote", {"choice": "yes"})
    await recorded(there.office, there.proposals[0].id, member)
    refused = await there.office.post(f"{path}/adopt")
    assert [reason["code"] for reason in refused.json()["reasons"]] == ["applicant-counts"]
    await there.office.make(f"{path}/recuse")
    assert (await there.office.make(f"{path}/adopt"))["state"] == "adopted"
