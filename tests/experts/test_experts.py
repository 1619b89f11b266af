"""Contracts, seats and conflicts of interest, through the API."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from app.committee.models import MandateState
from app.core.clock import machine_now
from app.experts.models import Assignment, AssignmentState, Contract
from app.proposals.models import Proposal
from tests.build import committee, person
from tests.conftest import World
from tests.consortia.build import consortium, organisation, partner
from tests.evaluation.build import SIGNED, expert, in_evaluation, invited, reported, seated, signed

pytestmark = pytest.mark.anyio


def codes(answer: object) -> list[str]:
    """The codes of a refusal."""
    assert answer.status_code == 409, answer.text  # type: ignore[attr-defined]
    return [reason["code"] for reason in answer.json()["reasons"]]  # type: ignore[attr-defined]


async def test_the_office_takes_a_person_into_the_pool_and_offers_a_contract(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await person(world, "ada")
    known = {"account_id": str(ada.id), "expertise": [{"term": "biology"}]}
    made = await topic.office.make("/experts", known)
    offered = {"expert_id": made["id"], "days": 5}
    contract = await topic.office.make(f"/calls/{topic.call}/contracts", offered)
    made = await ada.make(f"/contracts/{contract['id']}/sign", SIGNED)
    assert (made["state"], made["days"], made["signed_at"] is None) == ("signed", 5, False)
    unknown = await topic.office.post("/experts", {"account_id": str(uuid4())})
    assert unknown.status_code == 404


async def test_a_signed_contract_makes_an_expert_and_its_end_takes_the_role(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada", signs=False)
    assert (await ada.actor.get("/me")).json()["roles"] == []
    await signed(ada)
    assert (await ada.actor.get("/me")).json()["roles"] == ["expert"]
    await topic.office.make(f"/contracts/{ada.contract}/end")
    assert (await ada.actor.get("/me")).json()["roles"] == []


async def test_an_expert_sees_and_edits_their_own_entry_alone(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada, bob = await expert(topic, "ada"), await expert(topic, "bob")
    listed = (await ada.actor.get("/experts")).json()["items"]
    assert [item["id"] for item in listed] == [ada.id]
    changed = await ada.actor.patch(f"/experts/{ada.id}", {"text": "Statistics."}, 1)
    assert changed.json()["text"] == "Statistics."
    assert (await ada.actor.get(f"/experts/{bob.id}")).status_code == 404
    assert (await ada.actor.get(f"/contracts/{bob.contract}")).status_code == 404
    assert len((await topic.office.get("/contracts")).json()["items"]) == 2


async def test_one_contract_for_an_expert_and_a_call(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    again = await topic.office.post(f"/calls/{topic.call}/contracts", {"expert_id": ada.id, "days": 2})
    assert codes(again) == ["uq-expert-contract-once-per-call"]


async def test_labels_of_a_proposal_are_unique(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    seats = [await invited(topic, await expert(topic), topic.proposals[0]) for _ in range(3)]
    labels = {(await topic.office.get(f"/assignments/{seat}")).json()["label"] for seat in seats}
    assert len(labels) == 3
    assert {label[:7] for label in labels} == {"Expert "}


async def test_a_person_of_the_consortium_is_refused_as_d1_and_of_a_competing_one_as_d9(world: World) -> None:
    topic = await world.prepared(in_evaluation, 2)
    own, other = topic.proposals
    ada = await expert(topic, "ada")
    await consortium(ada.actor, topic.topic_stage)
    tried = [
        await topic.office.post(f"/contracts/{ada.contract}/assignments", {"proposal_id": p.id})
        for p in (own, other)
    ]
    assert [codes(answer) for answer in tried] == [["D9"], ["D9"]]
    made = await topic.office.make("/experts", {"account_id": str(own.coordinator.id)})
    contract = await topic.office.make(f"/calls/{topic.call}/contracts", {"expert_id": made["id"], "days": 1})
    asked = [
        await topic.office.post(f"/contracts/{contract['id']}/assignments", {"proposal_id": p.id})
        for p in (own, other)
    ]
    assert [codes(answer) for answer in asked] == [["D1"], ["D9"]]
    assert "a person of Institute" in asked[0].json()["reasons"][0]["text"]
    assert (await topic.office.get("/assignments")).json()["items"] == []


async def test_who_is_only_invited_to_a_consortium_is_not_barred(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    lead = topic.proposals[0]
    asked = await organisation(lead.coordinator)
    given = {"organisation_id": asked["id"], "name": "Ada", "email": ada.actor.email}
    await lead.coordinator.make(f"/consortia/{lead.consortium}/partners", given)
    assert await invited(topic, ada, lead)


async def test_an_expert_employed_by_a_partner_is_refused_as_d5_for_that_proposal_alone(world: World) -> None:
    topic = await world.prepared(in_evaluation, 2)
    own, other = topic.proposals
    _, joined = await partner(world, own.coordinator, own.consortium)
    ada = await expert(topic, "ada", organisation_id=UUID(joined["organisation"]["id"]))
    refused = await topic.office.post(f"/contracts/{ada.contract}/assignments", {"proposal_id": own.id})
    assert codes(refused) == ["D5"]
    assert await invited(topic, ada, other)


async def test_a_seat_in_a_body_and_a_contract_exclude_each_other_both_ways(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    made = await topic.office.make("/experts", {"account_id": str(topic.members[1].id)})
    offered = await topic.office.post(f"/calls/{topic.call}/contracts", {"expert_id": made["id"], "days": 1})
    assert codes(offered) == ["D8"]
    ada, (body, _) = await expert(topic, "ada"), await committee(world, "chair")
    asked = {
        "account_id": str(ada.actor.id),
        "starts_at": machine_now().isoformat(),
        "appointing_act": "A vote",
    }
    seat = await topic.office.make(f"/bodies/{body}/mandates", asked)
    confirmed = await topic.second.post(f"/mandates/{seat['id']}/confirm")
    assert codes(confirmed) == ["D8"]
    after = (await topic.office.get(f"/mandates/{seat['id']}")).json()
    assert after["state"] == MandateState.PROPOSED


async def test_the_database_refuses_an_applicants_person_by_itself(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    handed = topic.proposals[0]
    ada = await expert(topic, "ada")
    await consortium(ada.actor, topic.topic_stage)
    async with world.sessions() as session:
        contract = await session.get_one(Contract, UUID(ada.contract))
        proposal = await session.get_one(Proposal, UUID(handed.id))
        seat = Assignment(
            id=uuid4(), created_at=machine_now(), state=AssignmentState.PROPOSED, label="Expert Z"
        )
        seat.contract, seat.expert_id, seat.proposal = contract, contract.expert_id, proposal
        seat.topic_id = proposal.topic_id
        session.add(seat)
        with pytest.raises(Exception, match="a person of an applicant is no expert of the same topic"):
            await session.flush()


async def test_a_declared_conflict_is_kept_for_the_office_and_the_seat_is_blocked(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    seat = await invited(topic, ada, topic.proposals[0])
    said = {"situation": "P2", "text": "We share a grant."}
    assert (await ada.actor.make(f"/assignments/{seat}/declare_conflict", said))["state"] == "blocked"
    (conflict,) = (await topic.office.get("/conflicts")).json()["items"]
    read = (await topic.office.get(f"/conflicts/{conflict['id']}")).json()
    assert (read["state"], read["situation"], read["path"]) == ("declared", "P2", "We share a grant.")
    assert (await ada.actor.get("/conflicts")).json()["items"] == []


async def test_two_officers_waive_a_potential_conflict_and_the_expert_may_be_proposed_again(
    world: World,
) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    seat = await invited(topic, ada, topic.proposals[0])
    await ada.actor.make(
        f"/assignments/{seat}/declare_conflict", {"situation": "P1", "text": "Two years ago."}
    )
    (conflict,) = (await topic.office.get("/conflicts")).json()["items"]
    await topic.office.make(f"/assignments/{seat}/void", {"reason": "Blocked."})
    again = await topic.office.post(
        f"/contracts/{ada.contract}/assignments", {"proposal_id": topic.proposals[0].id}
    )
    assert codes(again) == ["P1"]
    because = {"reason": "Another, autonomous department; the pool is small."}
    first = await topic.office.post(f"/conflicts/{conflict['id']}/waive", because)
    assert first.status_code == 202
    assert (await topic.second.make(f"/conflicts/{conflict['id']}/waive", because))["state"] == "waived"
    assert await invited(topic, ada, topic.proposals[0])


async def test_a_disqualifying_conflict_is_never_waived(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    seat = await invited(topic, ada, topic.proposals[0])
    await ada.actor.make(f"/assignments/{seat}/declare_conflict", {"situation": "D3", "text": "A cousin."})
    (conflict,) = (await topic.office.get("/conflicts")).json()["items"]
    refused = await topic.office.post(f"/conflicts/{conflict['id']}/waive", {"reason": "It will be fine."})
    assert codes(refused) == ["disqualifying"]
    confirmed = await topic.office.make(f"/conflicts/{conflict['id']}/confirm", {"reason": "So it is."})
    assert (confirmed["state"], confirmed["reason"]) == ("blocking", "So it is.")


async def test_d9_bars_every_proposal_of_the_topic_and_d5_its_own(world: World) -> None:
    topic = await world.prepared(in_evaluation, 2)
    ada, bob = await expert(topic, "ada"), await expert(topic, "bob")
    for who, situation, left in ((ada, "D9", 404), (bob, "D5", 200)):
        seats = [await seated(topic, who, proposal) for proposal in topic.proposals]
        assert (await who.actor.get(f"/proposals/{topic.proposals[1].id}")).status_code == 200
        said = {"situation": situation, "text": "It came to my mind."}
        await who.actor.make(f"/assignments/{seats[0]}/declare_conflict", said)
        assert (await who.actor.get(f"/proposals/{topic.proposals[0].id}")).status_code == 404
        assert (await who.actor.get(f"/proposals/{topic.proposals[1].id}")).status_code == left


async def test_a_conflict_that_the_office_finds_blocks_the_seat_and_voids_the_report(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    seat = await seated(topic, ada, topic.proposals[0])
    report = await reported(ada, seat)
    found = {"situation": "D4", "text": "A register of companies."}
    await topic.office.make(f"/assignments/{seat}/conflicts", found)
    states = [
        (await topic.office.get(path)).json()["state"]
        for path in (f"/assignments/{seat}", f"/reports/{report}")
    ]
    assert states == ["blocked", "voided"]
    assert (await ada.actor.get(f"/reports/{report}")).status_code == 404


async def test_an_assignment_needs_the_declaration_and_may_be_declined(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada, bob = await expert(topic, "ada"), await expert(topic, "bob")
    seat = await invited(topic, ada, topic.proposals[0])
    assert (await ada.actor.post(f"/assignments/{seat}/accept", {"clear": False})).status_code == 422
    assert (await ada.actor.make(f"/assignments/{seat}/accept", {"clear": True}))["declared_at"] is not None
    other = await invited(topic, bob, topic.proposals[0])
    assert (await bob.actor.make(f"/assignments/{other}/decline"))["state"] == "declined"
    async with world.sessions() as session:
        states = set(await session.scalars(select(Assignment.state)))
    assert states == {AssignmentState.ACCEPTED, AssignmentState.DECLINED}


async def test_nobody_but_the_office_runs_the_pool(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    stranger, ada = await person(world, "stranger"), await expert(topic, "ada")
    made = {"account_id": str(stranger.id)}
    assert (await stranger.post("/experts", made)).status_code == 403
    assert (
        await ada.actor.post(f"/contracts/{ada.contract}/terminate", {"reason": "No."})
    ).status_code == 403
