"""Who may be whom: listed for a call, in the way of an invitation, settled by the office, never ignored."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from app.consortia.models import Person
from app.consortia.organisations.models import Organisation, OrganisationState
from app.core.clock import machine_now
from app.experts.conflicts.queries import conflicts_of_call
from app.people.models import Account, AccountState
from tests.build import fresh
from tests.conftest import World
from tests.consortia.build import consortium
from tests.evaluation.build import Expert, Topic, expert, in_evaluation
from tests.experts.test_conflicts import checked, joined, said
from tests.experts.test_experts import codes

pytestmark = pytest.mark.anyio


async def listed(topic: Topic, **by: Any) -> list[dict[str, Any]]:
    actor = by.get("by", topic.office)
    answer = await actor.get(f"/calls/{topic.call}/unresolved_identities")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def called(topic: Topic, who: Expert, name: str) -> None:
    async with topic.world.sessions() as session, session.begin():
        await session.execute(update(Account).where(Account.id == who.actor.id).values(name=name))


async def test_a_name_in_common_is_listed_and_stops_the_invitation_until_settled(world: World) -> None:
    topic = await world.prepared(in_evaluation, 2)
    ada = await expert(topic, "ada")
    part, _ = await joined(topic, legal_name="Institut Curie")
    seat = await topic.office.make(
        f"/contracts/{ada.contract}/assignments", {"proposal_id": topic.proposals[0].id}
    )
    assert await listed(topic) == []
    await called(topic, ada, "ROUX, Pía")
    (one,) = await listed(topic)
    assert (one["kind"], one["says"]) == (
        "same_name", "ROUX, Pía has the name of Pia Roux of Institut Curie.",
    )  # fmt: skip
    assert sorted(one["proposal_ids"]) == sorted(proposal.id for proposal in topic.proposals)
    (item, _) = await checked(topic, ada)
    assert (item["conflicts"], [each["kind"] for each in item["unresolved"]]) == ([], ["same_name"])
    assert codes(await topic.office.post(f"/assignments/{seat['id']}/invite")) == ["unresolved-identity"]
    settled = {"person_id": one["person_id"], "same": False, "reason": "Another Pia Roux."}
    made = await topic.office.make(f"/experts/{ada.id}/identities", settled)
    assert (made["same"], made["settled_by_id"]) == (False, str(topic.office.id))
    assert await listed(topic) == []
    await topic.office.make(f"/assignments/{seat['id']}/invite")
    assert part


async def test_who_is_found_to_be_the_same_has_the_conflict(world: World) -> None:
    topic = await world.prepared(in_evaluation, 2)
    ada = await expert(topic, "ada")
    await joined(topic, legal_name="Institut Curie")
    await called(topic, ada, "Pia Roux")
    (one,) = await listed(topic)
    settled = {"person_id": one["person_id"], "same": True, "reason": "She said so."}
    made = await topic.office.make(f"/experts/{ada.id}/identities", settled)
    told = "Pia Roux, a person of Institut Curie, partner 2 of this proposal"
    assert [found[0][0] for found in await said(topic, ada)] == ["D1", "D9"]
    assert (await said(topic, ada))[0] == [("D1", told)]
    again = await topic.office.post(f"/experts/{ada.id}/identities", settled)
    assert codes(again) == ["uq-settled-identity-of-a-person"]
    other = {"same": False, "reason": "She was mistaken."}
    assert (await topic.second.make(f"/identities/{made['id']}/correct", other))["settled_by_id"] == str(
        topic.second.id
    )
    assert await said(topic, ada) == [[], []]


async def test_a_mail_that_nobody_has_confirmed_is_open_not_found(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    part, _ = await joined(topic)
    async with world.sessions() as session, session.begin():
        theirs = update(Person).where(Person.partner_id == part)
        await session.execute(theirs.values(email=ada.actor.email))
        await session.execute(
            update(Account).where(Account.id == ada.actor.id).values(state=AccountState.INVITED)
        )
    assert [one["kind"] for one in await listed(topic)] == ["unconfirmed_mail"]
    (item,) = await checked(topic, ada)
    assert item["conflicts"] == []


async def test_a_name_of_an_employer_nearly_that_of_a_partner_is_open(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    _, organisation = await joined(topic, legal_name="Institut Curie")
    ada, bob = await expert(topic, "ada"), await expert(topic, "bob")
    stated = {"organisation_name": "INSTITUT CURIE (FR)"}
    await ada.actor.make(f"/experts/{ada.id}/employments", stated)
    await bob.actor.make(f"/experts/{bob.id}/employments", {"organisation_name": "Institut Pasteur"})
    (one,) = await listed(topic)
    assert one["kind"] == "similar_organisation"
    assert one["says"] == "ada: “institut curie fr” may be Institut Curie, partner 2 of this proposal."
    assert one["organisation_id"] == str(organisation)
    settled = {"organisation_id": one["organisation_id"], "name": one["name"], "reason": "It is."}
    await topic.office.make(f"/experts/{ada.id}/identities", settled | {"same": True})
    assert await listed(topic) == []
    assert await said(topic, ada) == [[("D5", "employed by Institut Curie, partner 2 of this proposal")]]


async def test_an_employer_that_is_not_validated_may_be_a_partner_that_is(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    await joined(topic, legal_name="Institut Curie")
    employers = []
    for state in (OrganisationState.REGISTERED, OrganisationState.VALIDATED):
        async with world.sessions() as session, session.begin():
            there = fresh(Organisation, state, legal_name="Institut Curie", country="FR")
            there.kind = "research"
            session.add(there)
        employers.append(there.id)
    ada, bob = [
        await expert(topic, name, organisation_id=key) for name, key in zip("ab", employers, strict=True)
    ]
    assert [one["expert_id"] for one in await listed(topic)] == [ada.id]
    assert await said(topic, bob) == [[]]


async def test_a_settlement_names_one_of_both_and_something_that_is_there(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    path, said_so = f"/experts/{ada.id}/identities", {"same": True, "reason": "So it is."}
    for given in ({}, {"name": "A"}, {"person_id": str(uuid4()), "name": "A"}):
        assert codes(await topic.office.post(path, said_so | given)) == ["who-is-meant"]
    missing = said_so | {"person_id": str(uuid4())}
    assert (await topic.office.post(path, missing)).status_code == 404
    missing = said_so | {"organisation_id": str(uuid4()), "name": "A"}
    assert (await topic.office.post(path, missing)).status_code == 404


async def test_the_list_is_the_offices_without_topics_that_the_reader_applies_in(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    await joined(topic)
    await called(topic, ada, "Pia Roux")
    (one,) = await listed(topic)
    for other in (ada.actor, topic.members[0], topic.proposals[0].coordinator):
        answer = await other.get(f"/calls/{topic.call}/unresolved_identities")
        assert answer.status_code == 404
    await consortium(topic.office, topic.topic_stage)
    assert await listed(topic) == []
    assert len(await listed(topic, by=topic.second)) == 1
    settled = {"person_id": one["person_id"], "same": False, "reason": "No."}
    assert (await topic.office.post(f"/experts/{ada.id}/identities", settled)).status_code == 404
    made = await topic.second.make(f"/experts/{ada.id}/identities", settled)
    assert (await topic.office.get(f"/identities/{made['id']}")).status_code == 404


async def test_a_run_reads_what_bars_and_what_is_open_in_few_statements(world: World, counting: Any) -> None:
    topic = await world.prepared(in_evaluation, 2)
    people = [await expert(topic, name) for name in ("ada", "bob")]
    await joined(topic, legal_name="Institut Curie")
    await called(topic, people[0], "Pia Roux")
    async with world.sessions() as session:
        with counting() as sent:
            findings = await conflicts_of_call(session, UUID(topic.call), machine_now())
    assert [one.account_id for one in findings.open] == [people[0].actor.id]
    assert len(sent) < 20
