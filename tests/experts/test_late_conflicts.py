"""A conflict that comes up later: access is cut, the report is void, what stood on it begins anew."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.calls.models import TopicStageState
from app.consortia.models import Person
from app.consortia.organisations.models import Organisation, OrganisationState
from app.core.clock import machine_now
from app.core.invariants import broken
from app.core.outbox import Mail
from app.evaluation.consensus.models import Consensus
from app.evaluation.report.models import Report
from app.experts.models import Assignment, AssignmentState
from app.process import INVARIANTS
from tests.build import Actor, fresh
from tests.conftest import Counting, World
from tests.consortia.build import close, consortium, organisation, partner, token_to
from tests.evaluation.build import (
    Handed,
    Topic,
    approve,
    evaluated,
    expert,
    group,
    in_evaluation,
    invited,
    put_to_approval,
    reported,
    seated,
)
from tests.evaluation.hidden import same_as_missing
from tests.experts.test_conflicts import joined
from tests.experts.test_experts import codes

pytestmark = pytest.mark.anyio
FOUND = {"situation": "D4", "text": "A register of companies."}


async def waits(actor: Actor) -> list[str]:
    """The proposals for which a replacement is asked."""
    return [one["title"] for one in (await actor.get("/me")).json()["waiting"] if one["kind"] == "replace"]


async def state(topic: Topic, path: str) -> str:
    return str((await topic.office.get(path)).json()["state"])


async def nothing_is_broken(world: World) -> None:
    async with world.sessions() as session:
        assert [one async for one in broken(session, INVARIANTS)] == []


async def test_the_approval_is_void_with_the_report_and_a_replacement_is_asked_for(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    (proposal,) = topic.proposals
    experts = await group(topic, proposal)
    consensus = await put_to_approval(topic, proposal, *experts[0])
    (gone, seat), (stays, _) = experts[1], experts[2]
    assert await waits(topic.office) == []
    assert (await gone.actor.get(f"/consensus_reports/{consensus}")).status_code == 200
    await topic.office.make(f"/assignments/{seat}/conflicts", FOUND)
    assert await same_as_missing(gone.actor, f"/consensus_reports/{consensus}")
    assert await same_as_missing(gone.actor, f"/proposals/{proposal.id}")
    assert await state(topic, f"/consensus_reports/{consensus}") == "drafting"
    assert (await stays.actor.get(f"/consensus_reports/{consensus}")).status_code == 200
    assert await waits(topic.office) == [proposal.reference]
    assert await waits(stays.actor) == []
    rapporteur = experts[0][0].actor
    await rapporteur.make(f"/consensus_reports/{consensus}/put_to_approval")
    await approve(consensus, experts[0][0], stays)
    assert await state(topic, f"/consensus_reports/{consensus}") == "approval"  # too few reports (V-10)
    another = await expert(topic, "dan")
    await reported(another, await seated(topic, another, proposal))
    assert await waits(topic.office) == []
    async with world.sessions() as session:
        kept = (await session.scalars(select(Report.state).where(Report.assignment_id == UUID(seat)))).one()
    assert kept == "voided"
    await nothing_is_broken(world)


async def test_a_final_report_and_the_list_begin_anew_while_the_list_is_open(world: World) -> None:
    topic = await evaluated(world, ("4", "4", "4"), ("3", "3", "3"))
    panel = await topic.office.make(f"/topic_stages/{topic.topic_stage}/panels")
    await topic.office.make(f"/panels/{panel['id']}/rank")
    first, second = topic.proposals
    async with world.sessions() as session:
        seats = select(Assignment.id).where(Assignment.proposal_id == UUID(first.id))
        seat = (await session.scalars(seats)).first()
    await topic.office.make(f"/assignments/{seat}/conflicts", FOUND)
    assert [await state(topic, f"/proposals/{one.id}") for one in (first, second)] == [
        "in_evaluation", "evaluated",
    ]  # fmt: skip
    assert await state(topic, f"/panels/{panel['id']}") == "open"
    assert codes(await topic.office.post(f"/panels/{panel['id']}/rank")) == ["no-consensus"]
    async with world.sessions() as session:
        found = select(Consensus.state).where(Consensus.proposal_id == UUID(first.id))
        assert (await session.scalars(found)).all() == ["voided"]
        held = select(Assignment.id).where(Assignment.proposal_id == UUID(first.id))
        left = (await session.scalars(held.where(Assignment.state == AssignmentState.REPORTED))).all()
    assert await waits(topic.office) == [first.reference]
    another = await expert(topic, "dan")
    await reported(another, await seated(topic, another, first))
    opened = {"rapporteur_id": str(left[0])}
    await topic.office.make(f"/proposals/{first.id}/consensus_reports", opened)
    await nothing_is_broken(world)


async def test_a_closed_list_is_not_touched(world: World) -> None:
    topic = await evaluated(world, ("4", "4", "4"))
    panel = await topic.office.make(f"/topic_stages/{topic.topic_stage}/panels")
    await topic.office.make(f"/panels/{panel['id']}/rank")
    await topic.office.make(f"/panels/{panel['id']}/close")
    async with world.sessions() as session:
        seat = (await session.scalars(select(Assignment.id))).first()
    await topic.office.make(f"/assignments/{seat}/conflicts", FOUND)
    assert await state(topic, f"/panels/{panel['id']}") == "closed"
    assert await state(topic, f"/proposals/{topic.proposals[0].id}") == "evaluated"


async def test_a_competitor_loses_the_seats_of_the_topic_a_contact_point_of_the_call(
    world: World,
) -> None:
    topic = await world.prepared(in_evaluation, 3)
    for name, situation in (("ada", "D9"), ("bob", "D7")):
        who = await expert(topic, name)
        seats = [await seated(topic, who, proposal) for proposal in topic.proposals[:2]]
        report = await reported(who, seats[1])
        said = {"situation": situation, "text": "It came to my mind."}
        await who.actor.make(f"/assignments/{seats[0]}/declare_conflict", said)
        assert [await state(topic, f"/assignments/{seat}") for seat in seats] == ["blocked"] * 2
        assert await state(topic, f"/reports/{report}") == "voided"


async def test_an_employment_stated_later_is_detected_at_once(world: World) -> None:
    topic = await world.prepared(in_evaluation, 2)
    _, organisation = await joined(topic, legal_name="Institut Curie")
    ada = await expert(topic, "ada")
    seats = [await seated(topic, ada, proposal) for proposal in topic.proposals]
    job = {"organisation_id": str(organisation), "until": "2049-01-01"}
    await ada.actor.make(f"/experts/{ada.id}/employments", job)
    assert [await state(topic, f"/assignments/{seat}") for seat in seats] == ["blocked", "accepted"]
    (conflict,) = (await topic.office.get("/conflicts")).json()["items"]
    read = (await topic.office.get(f"/conflicts/{conflict['id']}")).json()
    assert (read["state"], read["situation"]) == ("found", "D5")
    assert read["path"] == "employed by Institut Curie, partner 2 of this proposal"
    assert await same_as_missing(ada.actor, f"/proposals/{topic.proposals[0].id}")


async def test_one_who_is_settled_to_be_a_partners_person_loses_the_seats(world: World) -> None:
    topic = await world.prepared(in_evaluation, 2)
    part, _ = await joined(topic)
    ada = await expert(topic, "ada")
    seat = await seated(topic, ada, topic.proposals[1])
    async with world.sessions() as session:
        person = (await session.scalars(select(Person.id).where(Person.partner_id == part))).one()
    settled = {"person_id": str(person), "same": True, "reason": "She said so."}
    await topic.office.make(f"/experts/{ada.id}/identities", settled)
    assert await state(topic, f"/assignments/{seat}") == "blocked"
    (conflict,) = (await topic.office.get("/conflicts")).json()["items"]
    assert conflict["situation"] == "D9"


async def test_a_control_group_that_becomes_known_later_is_looked_for(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    async with world.sessions() as session, session.begin():
        there = fresh(Organisation, OrganisationState.VALIDATED, legal_name="Daughter", country="FR")
        there.kind, there.control_group = "large_company", "A holding"
        session.add(there)
    ada = await expert(topic, "ada", organisation_id=there.id)
    _, applies = await joined(topic, legal_name="Mother")
    seat = await invited(topic, ada, topic.proposals[0])
    await topic.office.make(f"/organisations/{applies}/reopen", {"reason": "Its group is not known."})
    version = (await topic.office.get(f"/organisations/{applies}")).json()["version"]
    known = await topic.office.patch(f"/organisations/{applies}", {"control_group": "A holding"}, version)
    assert known.status_code == 200, known.text
    assert await state(topic, f"/assignments/{seat}") == "blocked"
    (found,) = (await topic.office.get("/conflicts")).json()["items"]
    assert (found["situation"], found["state"]) == ("D5", "found")


async def reopened(topic: Topic) -> None:
    """The call takes proposals again, while experts keep their seats of before."""
    await close(topic.world, TopicStageState.SCHEDULED, machine_now() + timedelta(days=30))


async def asked_to_join(topic: Topic, proposal: Handed, email: str, there: str) -> str:
    """Where somebody answers for an organisation that this proposal's consortium invites."""
    given = {"organisation_id": there, "name": "Pat Partner", "email": email}
    await proposal.coordinator.make(f"/consortia/{proposal.consortium}/partners", given)
    return f"/v1/partner_invitations/{await token_to(topic.world, email)}/accept"


async def test_who_works_for_a_partner_or_is_its_person_is_found_when_it_accepts(world: World) -> None:
    topic = await world.prepared(in_evaluation, 3)
    ada, bob, cat = [await expert(topic, name) for name in ("ada", "bob", "cat")]
    seats = {
        who.id: [await seated(topic, who, proposal) for proposal in topic.proposals]
        for who in (ada, bob, cat)
    }
    first = topic.proposals[0]
    there = await organisation(first.coordinator, "FR", legal_name="Institut Curie")
    await bob.actor.make(f"/experts/{bob.id}/employments", {"organisation_id": there["id"]})
    await reopened(topic)
    here = await asked_to_join(topic, first, ada.actor.email, there["id"])
    assert (await topic.office.get("/conflicts")).json()["items"] == []
    async with world.client() as anyone:
        assert (await anyone.post(here)).status_code == 200
    states = [
        [await state(topic, f"/assignments/{seat}") for seat in seats[who.id]] for who in (ada, bob, cat)
    ]
    assert states == [["blocked"] * 3, ["blocked", "accepted", "accepted"], ["accepted"] * 3]
    found = [
        (await topic.office.get(f"/conflicts/{one['id']}")).json()
        for one in (await topic.office.get("/conflicts")).json()["items"]
    ]
    assert sorted((one["situation"], one["path"]) for one in found) == [
        ("D1", "Pat Partner, a person of Institut Curie, partner 2 of this proposal"),
        ("D5", "employed by Institut Curie, partner 2 of this proposal"),
        ("D9", "Pat Partner, a person of Institut Curie in another consortium"),
        ("D9", "Pat Partner, a person of Institut Curie in another consortium"),
    ]
    await nothing_is_broken(world)


async def test_accepting_costs_the_same_however_many_apply_and_however_many_experts_are_seated(
    world: World, counting: Counting
) -> None:
    async def cost(topic: Topic) -> list[str]:
        there = await organisation(topic.proposals[0].coordinator, "FR")
        here = await asked_to_join(
            topic, topic.proposals[0], f"{there['id'][:8]}@partners.example", there["id"]
        )
        async with world.client() as anyone:
            with counting() as sent:
                assert (await anyone.post(here)).status_code == 200
        return sent

    topic = await in_evaluation(world, 4)
    await reopened(topic)
    alone = await cost(topic)
    for _ in range(3):
        await partner(world, topic.proposals[0].coordinator, topic.proposals[0].consortium)
    assert await cost(topic) == alone
    kinds = [line.split()[0] for line in alone]
    assert kinds[:5] == ["SELECT"] * 4 + ["UPDATE"]  # who, lock, the partner, its people, their accounts
    assert sorted(kinds[5:8]) == ["INSERT", "INSERT", "UPDATE"]
    assert kinds[8:] == ["SELECT"] * 3  # is anybody seated, does anybody moderate, or screen ethics

    await seated(topic, await expert(topic, "ada"), topic.proposals[0])
    one = await cost(topic)
    for name in ("bob", "cat"):
        who = await expert(topic, name)
        for proposal in topic.proposals:
            await seated(topic, who, proposal)
    for n in range(3):
        await partner(world, topic.proposals[n].coordinator, topic.proposals[n].consortium)
        await consortium(topic.proposals[n].coordinator, topic.topic_stage)
    assert await cost(topic) == one


async def test_what_was_waived_stays_waived_by_its_fact_and_another_is_found(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    (proposal,) = topic.proposals
    _, organisation = await joined(topic, legal_name="Institut Curie")
    ada = await expert(topic, "ada")
    work = {"organisation_id": str(organisation), "kind": "grant"}
    await ada.actor.make(f"/experts/{ada.id}/collaborations", work)
    proposed = await topic.office.post(f"/contracts/{ada.contract}/assignments", {"proposal_id": proposal.id})
    assert codes(proposed) == ["P2"]
    recorded = {"account_id": str(ada.actor.id), "situation": "P2"}
    conflict = await topic.office.make(f"/proposals/{proposal.id}/conflicts", recorded)
    assert conflict["path"] == "a collaboration (grant) with Institut Curie, partner 2 of this proposal"
    because: dict[str, Any] = {"reason": "Ten others share the grant."}
    assert (await topic.office.post(f"/conflicts/{conflict['id']}/waive", because)).status_code == 202
    await topic.second.make(f"/conflicts/{conflict['id']}/waive", because)
    await invited(topic, ada, proposal)
    await ada.actor.make(f"/experts/{ada.id}/collaborations", work | {"kind": "advisory"})
    assert [one["state"] for one in (await topic.office.get("/conflicts")).json()["items"]] == [
        "found", "waived",
    ]  # fmt: skip


async def test_an_error_is_withdrawn_by_two_officers_with_the_reason(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    (proposal,) = topic.proposals
    ada = await expert(topic, "ada")
    path = f"/proposals/{proposal.id}/conflicts"
    recorded = {"account_id": str(ada.actor.id), "situation": "D4"}
    assert codes(await topic.office.post(path, recorded)) == ["nothing-found"]
    conflict = await topic.office.make(path, recorded | {"text": "Somebody wrote so."})
    proposed = await topic.office.post(f"/contracts/{ada.contract}/assignments", {"proposal_id": proposal.id})
    assert codes(proposed) == ["D4"]
    because = {"reason": "It is another Ada."}
    assert (await topic.office.post(f"/conflicts/{conflict['id']}/withdraw", because)).status_code == 202
    assert (await topic.office.post(f"/conflicts/{conflict['id']}/confirm")).status_code == 422
    done = await topic.second.make(f"/conflicts/{conflict['id']}/withdraw", because)
    assert (done["state"], done["reason"]) == ("withdrawn", "It is another Ada.")
    await invited(topic, ada, proposal)


async def test_nobody_decides_on_a_conflict_of_their_own(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    path = f"/proposals/{topic.proposals[0].id}/conflicts"
    recorded = {"account_id": str(topic.second.id), "situation": "P3", "text": "We went to school together."}
    conflict = await topic.office.make(path, recorded)
    because = {"reason": "So it is."}
    refused = await topic.second.post(f"/conflicts/{conflict['id']}/confirm", because)
    assert refused.status_code in (404, 409)
    assert (await topic.office.make(f"/conflicts/{conflict['id']}/confirm", because))["state"] == "blocking"


async def test_an_expert_barred_from_many_seats_at_once_gets_one_mail_that_names_nobody(world: World) -> None:
    topic = await world.prepared(in_evaluation, 3)
    who = await expert(topic, "cleo")
    first = await seated(topic, who, topic.proposals[0])
    await invited(topic, who, topic.proposals[1])
    proposed = {"proposal_id": topic.proposals[2].id}
    last = await topic.office.make(f"/contracts/{who.contract}/assignments", proposed)
    await topic.office.make(f"/assignments/{first}/conflicts", FOUND | {"situation": "D7"})
    assert await state(topic, f"/assignments/{last['id']}") == "blocked"
    async with world.sessions() as session:
        mails = (await session.scalars(select(Mail).where(Mail.kind == "seats_blocked"))).all()
    assert [mail.recipient for mail in mails] == [who.actor.email]
    assert not any(one.reference in mails[0].text for one in topic.proposals)
