"""Walls between people, written by hand from the rules of access: plain HTTP, nothing of the engine.

Each first shows that there is something to see or to do. Stages have more of their own (`test_walls.py`).
"""

from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.consortia.models import Partner
from app.proposals.models import Proposal, ProposalState
from tests.build import EUR45M, Actor, person
from tests.conftest import World
from tests.consortia.build import give_part
from tests.decisions.build import decided, motion_on, ranked, release_by
from tests.evaluation import build as evaluation
from tests.proposals.build import ready, started, submitted, under_check
from tests.walls import NEW_TOPIC, is_hidden, is_there, plain

pytestmark = pytest.mark.anyio


async def in_state(world: World, proposal: str, state: ProposalState) -> None:
    async with world.sessions() as session, session.begin():
        await session.execute(update(Proposal).where(Proposal.id == UUID(proposal)).values(state=state))


async def test_a_stranger_reads_no_draft_topic(world: World) -> None:
    office, stranger = await person(world, "office", "office"), await person(world, "stranger")
    topic = await office.make("/topics", NEW_TOPIC)
    await is_there(office, f"/topics/{topic['id']}")
    await is_hidden(stranger, f"/topics/{topic['id']}")


async def test_the_office_reads_no_draft_proposal(world: World) -> None:
    office, applied = await person(world, "office", "office"), await ready(world)
    await is_there(applied.lead, applied.path)
    for path in (applied.path, f"{applied.path}/sections/impact", f"{applied.path}/documents/part_b"):
        await is_hidden(office, path)
    await applied.lead.make(f"{applied.path}/submit")
    await is_there(office, applied.path)
    for path in (f"{applied.path}/sections/impact", f"{applied.path}/documents/part_b"):
        assert (await office.get(path)).status_code == 404


async def test_a_rival_of_the_same_topic_reads_nothing(world: World) -> None:
    applied = await submitted(world)
    rival = await started(world, applied.topic_stage)
    await is_there(rival.lead, rival.path)
    for path in (applied.path, f"{applied.path}/sealed/1", f"/consortia/{applied.consortium['id']}"):
        await is_there(applied.lead, path)
        await is_hidden(rival.lead, path)
    receipt = f"{applied.path}/versions/1/receipt.pdf"
    assert (await applied.lead.get(receipt)).status_code == 200
    await is_hidden(rival.lead, receipt)


async def test_an_applicant_filters_by_no_hidden_state(world: World) -> None:
    applied, office = await submitted(world), await person(world, "office", "office")
    await under_check(world)
    await in_state(world, applied.id, ProposalState.ELIGIBLE)

    async def found(actor: Actor, state: str) -> list[str]:
        return [item["id"] for item in (await is_there(actor, f"/proposals?state={state}"))["items"]]

    assert await found(office, "eligible") == [applied.id]
    assert await found(applied.lead, "under_evaluation") == [applied.id]
    for state in ("eligible", "ineligible", "in_evaluation", "evaluated", "selected", "rejected"):
        assert await found(applied.lead, state) == []


async def test_an_applicant_filters_and_sorts_by_no_hidden_field(world: World) -> None:
    applied = await submitted(world)
    await is_there(applied.lead, "/proposals?sort=reference")
    nonsense = plain(await applied.lead.get("/proposals?nonsense=1"))
    assert nonsense[0] == 422
    for column in ("reason", "sealed", "requested", "released_at", "submitted_at", "audit_seq", "handed_in"):
        wrong = plain(await applied.lead.get(f"/proposals?{column}=1"))
        told = wrong[1].pop("reasons"), nonsense[1].get("reasons")
        assert wrong[0] == 422
        assert told[0][0]["code"] == told[1][0]["code"] == "unknown-field"
        for sign in ("", "-"):
            assert (await applied.lead.get(f"/proposals?sort={sign}{column}")).status_code == 422


async def test_an_applicant_reads_the_same_bytes_whatever_is_found(world: World) -> None:
    applied = await submitted(world)
    await under_check(world)
    read = set()
    for state in (ProposalState.ELIGIBLE, ProposalState.INELIGIBLE, ProposalState.IN_EVALUATION):
        await in_state(world, applied.id, state)
        answer = await applied.lead.get(applied.path)
        read.add((answer.text, answer.headers.get("etag")))
        assert answer.json()["state"] == "under_evaluation"
    assert len(read) == 1


async def test_a_partner_does_not_submit_nor_withdraw(world: World) -> None:
    applied = await ready(world)
    partner = applied.fellows[0]
    await is_there(partner, applied.path)
    assert (await partner.post(f"{applied.path}/submit")).status_code == 403
    assert (await applied.lead.get(applied.path)).json()["state"] == "draft"
    await applied.lead.make(f"{applied.path}/submit")
    assert (await partner.post(f"{applied.path}/withdraw")).status_code == 403
    assert (await applied.lead.get(applied.path)).json()["state"] == "submitted"


async def test_a_partner_invites_and_removes_nobody(world: World) -> None:
    applied = await started(world)
    partner, here = applied.fellows[0], applied.consortium["id"]
    parts = (await is_there(partner, f"/partners?consortium_id={here}"))["items"]
    body = {"organisation_id": parts[0]["organisation_id"], "name": "N", "email": "n@example.org"}
    assert (await partner.post(f"/consortia/{here}/partners", body)).status_code == 403
    for part in parts:
        assert (await partner.post(f"/partners/{part['id']}/remove")).status_code == 403
    assert len((await is_there(partner, f"/partners?consortium_id={here}"))["items"]) == len(parts)


async def test_a_partner_changes_no_other_partners_part(world: World) -> None:
    applied = await started(world)
    one, other = applied.fellows
    parts = (await is_there(one, f"/partners?consortium_id={applied.consortium['id']}"))["items"]
    body, done = {"requested": {"amount": "1.00", "currency": "EUR"}}, []
    for part in parts:
        read = await is_there(one, f"/partners/{part['id']}")
        answers = [await who.patch(f"/partners/{part['id']}", body, read["version"]) for who in (one, other)]
        done.append(sorted(answer.status_code for answer in answers))
    assert sorted(done) == [[200, 403], [200, 403], [403, 403]]


async def test_a_removed_partner_reads_404_at_once(world: World) -> None:
    applied = await ready(world)
    partner = applied.fellows[0]
    parts = (await is_there(partner, f"/partners?consortium_id={applied.consortium['id']}"))["items"]
    mine = next(p["id"] for p in parts if "leave" in p["actions"])
    paths = (applied.path, f"{applied.path}/sections/impact", f"/consortia/{applied.consortium['id']}")
    for path in (*paths, f"/partners/{mine}"):
        await is_there(partner, path)
    await applied.lead.make(f"/partners/{mine}/remove")
    for path in (*paths, f"/partners/{mine}"):
        await is_hidden(partner, path)
    assert (await partner.patch(f"{applied.path}/sections/impact", {"text": "Mine."}, 1)).status_code == 404


async def test_an_expert_opens_no_unassigned_proposal(world: World) -> None:
    topic = await evaluation.in_evaluation(world, proposals=2)
    who, (assigned, other) = await evaluation.expert(topic), topic.proposals
    await evaluation.seated(topic, who, assigned)
    for path in ("", "/sealed/1"):
        await is_there(who.actor, f"/proposals/{assigned.id}{path}")
        await is_hidden(who.actor, f"/proposals/{other.id}{path}")
    receipt = "versions/1/receipt.pdf"
    assert (await who.actor.get(f"/proposals/{assigned.id}/{receipt}")).status_code == 200
    await is_hidden(who.actor, f"/proposals/{other.id}/{receipt}")


async def test_an_applicant_never_reads_an_experts_name(world: World) -> None:
    topic = await evaluation.in_evaluation(world)
    who, (proposal,) = await evaluation.expert(topic, "nominata"), topic.proposals
    seat = await evaluation.seated(topic, who, proposal)
    report = await evaluation.reported(who, seat)
    told = (await topic.office.get(f"/assignments/{seat}")).text
    assert who.id in told
    lists = "proposals assignments reports experts contracts conflicts consensus_reports panels accounts"
    hidden = {"assignments": seat, "reports": report, "experts": who.id, "contracts": who.contract}
    paths = ["/me", f"/proposals/{proposal.id}", f"/proposals/{proposal.id}/sealed/1"]
    paths += [f"/{plural}" for plural in lists.split()] + [
        f"/{plural}/{key}" for plural, key in hidden.items()
    ]
    read = [await proposal.coordinator.get(path) for path in paths]
    secrets = ("nominata", who.id, str(who.actor.id), who.actor.email, seat, report, who.contract)
    for answer in read:
        assert [secret for secret in secrets if secret in answer.text] == []
        assert [secret for secret in secrets if secret in str(answer.headers)] == []


async def test_a_member_who_applies_sees_no_motion_of_that_topic(world: World) -> None:
    there = await ranked(world, "1000000.00", names=("ann", "bob", "cas"))
    ann, bob, _ = there.members
    motion = await motion_on(there)
    for member in (ann, bob):
        await is_there(member, f"/motions/{motion['id']}")
    await joins(world, there.proposals[0].consortium_id, bob)
    await is_hidden(bob, f"/motions/{motion['id']}")
    assert (await bob.post(f"/motions/{motion['id']}/vote", {"choice": "yes"})).status_code == 404
    await is_there(ann, f"/motions/{motion['id']}")


async def joins(world: World, consortium: UUID, who: Actor) -> None:
    """Somebody joins a partner of the consortium."""
    async with world.sessions() as session:
        wanted = select(Partner.id).where(Partner.consortium_id == consortium).limit(1)
        key = await session.scalar(wanted)
    await give_part(world, str(key), who, "contributor")


async def test_an_embargoed_decision_is_there_for_no_applicant(world: World) -> None:
    there = await ranked(world, "1000000.00")
    decision, coordinator = await decided(there), there.proposals[0].coordinator
    await is_there(there.members[0], f"/decisions/{decision['id']}")
    await is_hidden(coordinator, f"/decisions/{decision['id']}")
    state = (await is_there(coordinator, f"/proposals/{there.proposals[0].id}"))["state"]
    part = (await is_there(coordinator, f"/topic_stages/{there.topic_stage}"))["state"]
    assert (state, part) == ("under_evaluation", "under_evaluation")


async def test_the_office_does_not_vote(world: World) -> None:
    there = await ranked(world, "1000000.00")
    motion = await motion_on(there)
    await there.office.make(f"/motions/{motion['id']}/put_to_vote")
    refused = await there.office.post(f"/motions/{motion['id']}/vote", {"choice": "yes"})
    assert refused.status_code == 403
    await there.members[0].make(f"/motions/{motion['id']}/vote", {"choice": "yes"})
    chosen = [b["choice"] for b in (await is_there(there.office, f"/motions/{motion['id']}"))["ballots"]]
    assert sorted(chosen, key=str) == [None, None, "yes"]


async def test_one_officer_releases_nothing(world: World) -> None:
    there = await ranked(world, "1000000.00")
    key = (await decided(there))["id"]
    assert [(await release_by(there.office, key)).status_code for _ in range(2)] == [202, 409]
    assert (await is_there(there.office, f"/decisions/{key}"))["state"] == "adopted"
    assert (await release_by(there.second, key)).json()["state"] == "released"


async def test_an_administrator_reads_no_content(world: World) -> None:
    admin, office = await person(world, "admin", "admin"), await person(world, "office", "office")
    topic = await evaluation.in_evaluation(world)
    who, (proposal,) = await evaluation.expert(topic), topic.proposals
    report = await evaluation.reported(who, await evaluation.seated(topic, who, proposal))
    draft = await office.make("/topics", NEW_TOPIC)
    for path in (f"/proposals/{proposal.id}", f"/reports/{report}", f"/topics/{draft['id']}"):
        await is_there(topic.office, path)
        await is_hidden(admin, path)
    await is_there(admin, f"/accounts/{who.actor.id}")


async def test_an_auditor_writes_nothing(world: World) -> None:
    auditor, office = await person(world, "auditor", "auditor"), await person(world, "office", "office")
    topic, applied = await office.make("/topics", NEW_TOPIC), await submitted(world)
    await under_check(world)
    before = [(await is_there(auditor, path)) for path in (f"/topics/{topic['id']}", applied.path)]
    assert (await auditor.patch(f"/topics/{topic['id']}", {"title": "Mine"}, 1)).status_code == 403
    assert (await auditor.post("/topics", NEW_TOPIC | {"reference": "T-2"})).status_code == 403
    call = {"reference": "C-9", "title": "A call", "rule_set": "imi2", "budget": EUR45M}
    assert (await auditor.post("/calls", call)).status_code == 403
    for act in ("check", "find_eligible", "submit", "withdraw", "find_inadmissible", "find_ineligible"):
        body = {"rule": "M-04", "text": "It cannot be read."} if act.startswith("find_in") else None
        assert (await auditor.post(f"{applied.path}/{act}", body)).status_code == 403
    assert [(await is_there(auditor, path)) for path in (f"/topics/{topic['id']}", applied.path)] == before
    assert [item["actions"] for item in before] == [[], []]
