"""Consensus reports, through the API."""

import pytest

from tests.conftest import World
from tests.evaluation.build import approve, group, in_evaluation, joining, put_to_approval

pytestmark = pytest.mark.anyio


async def test_v10_the_group_meets_once_enough_reports_are_sealed(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    (_, seat), _ = await group(topic, topic.proposals[0], "ab")
    path, asked = f"/proposals/{topic.proposals[0].id}/consensus_reports", {"rapporteur_id": seat}
    refused = await topic.office.post(path, asked)
    assert [(r["code"], r["text"]) for r in refused.json()["reasons"]] == [
        ("too-few-reports", "2 of at least 3 reports are sealed.")
    ]
    await group(topic, topic.proposals[0], "c")
    assert (await topic.office.make(path, asked))["state"] == "drafting"


async def test_the_rapporteur_is_one_of_the_group(world: World) -> None:
    topic = await in_evaluation(world, 2)
    await group(topic, topic.proposals[0])
    ((_, elsewhere),) = await group(topic, topic.proposals[1], "d")
    asked = {"rapporteur_id": elsewhere}
    refused = await topic.office.post(f"/proposals/{topic.proposals[0].id}/consensus_reports", asked)
    assert [r["code"] for r in refused.json()["reasons"]] == ["no-report"]


async def test_another_expert_drafts_when_the_rapporteur_declares_a_conflict(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    (ada, seat), (bob, other), *_ = await group(topic, topic.proposals[0], "abcd")
    consensus = await put_to_approval(topic, topic.proposals[0], ada, seat)
    said = {"situation": "D2", "text": "I found out today."}
    await ada.actor.make(f"/assignments/{seat}/declare_conflict", said)
    path = f"/consensus_reports/{consensus}"
    assert (await bob.actor.get(path)).json()["rapporteur_label"] is None
    refused = await topic.office.post(f"{path}/appoint", {"rapporteur_id": seat})
    assert [r["code"] for r in refused.json()["reasons"]] == ["no-report"]
    assert (await topic.office.make(f"{path}/appoint", {"rapporteur_id": other}))["state"] == "drafting"
    assert (await bob.actor.patch(f"{path}/points/impact", {"score": "3"}, 2)).status_code == 200
    assert (await ada.actor.get(path)).status_code == 404


async def test_only_the_rapporteur_drafts_and_the_group_reads(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    (ada, seat), (bob, _), _ = await group(topic, topic.proposals[0])
    asked = {"rapporteur_id": seat}
    consensus = await topic.office.make(f"/proposals/{topic.proposals[0].id}/consensus_reports", asked)
    path = f"/consensus_reports/{consensus['id']}/points/impact"
    assert (await bob.actor.get(path)).status_code == 200
    refused = await bob.actor.patch(path, {"score": "3"}, 1)
    assert (refused.status_code, refused.json()["detail"]) == (
        403,
        "Only the rapporteur may draft this consensus report.",
    )
    assert (await ada.actor.patch(path, {"score": "2.75"}, 1)).status_code == 409
    assert (await ada.actor.patch(path, {"score": "3"}, 1)).status_code == 200
    unfinished = await ada.actor.post(f"/consensus_reports/{consensus['id']}/put_to_approval")
    assert [r["code"] for r in unfinished.json()["reasons"]] == [
        "score-missing", "statement-missing", "range-reason-missing", "statement-missing",
        "score-missing", "statement-missing",
    ]  # fmt: skip


async def test_v17_final_with_the_last_approval_of_this_round(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    proposal = topic.proposals[0]
    (ada, seat), (bob, _), (cas, _) = await group(topic, proposal)
    consensus = await put_to_approval(topic, proposal, ada, seat)
    await approve(consensus, ada, bob)
    await cas.actor.make(f"/consensus_reports/{consensus}/object", {"reason": "Impact is overrated."})
    await ada.actor.make(f"/consensus_reports/{consensus}/put_to_approval")
    await approve(consensus, cas, bob)
    assert (await topic.office.get(f"/consensus_reports/{consensus}")).json()["state"] == "approval"
    await approve(consensus, ada)
    final = (await topic.office.get(f"/consensus_reports/{consensus}")).json()
    assert (final["state"], final["round"]) == ("final", 2)
    assert (await topic.office.get(f"/proposals/{proposal.id}")).json()["state"] == "evaluated"


async def test_the_office_has_no_part_in_finishing_it(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    (ada, seat), *_ = await group(topic, topic.proposals[0])
    consensus = await put_to_approval(topic, topic.proposals[0], ada, seat)
    assert (await topic.office.post(f"/consensus_reports/{consensus}/finish")).status_code == 404
    refused = await topic.office.post(f"/consensus_reports/{consensus}/approve", {"round": 1})
    assert refused.status_code == 403


async def test_v17_approving_an_old_round_is_refused(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    (ada, seat), (bob, _), _ = await group(topic, topic.proposals[0])
    consensus = await put_to_approval(topic, topic.proposals[0], ada, seat)
    await ada.actor.make(f"/consensus_reports/{consensus}/redraft")
    await ada.actor.make(f"/consensus_reports/{consensus}/put_to_approval")
    refused = await bob.actor.post(f"/consensus_reports/{consensus}/approve", {"round": 1})
    assert [(r["code"], r["text"], r["path"]) for r in refused.json()["reasons"]] == [
        ("other-round", "You have read round 1; round 2 is before the group.", "/round")
    ]
    assert (await bob.actor.get(f"/consensus_reports/{consensus}")).json()["opinions"] == []
    assert (await bob.actor.post(f"/consensus_reports/{consensus}/approve")).status_code == 422


async def test_who_has_approved_may_still_object_and_a_second_approval_changes_nothing(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    (ada, seat), (bob, _), _ = await group(topic, topic.proposals[0])
    consensus = await put_to_approval(topic, topic.proposals[0], ada, seat)
    await approve(consensus, bob)
    read = await bob.actor.make(f"/consensus_reports/{consensus}/approve", {"round": 1})
    assert [opinion["kind"] for opinion in read["opinions"]] == ["approval"]
    read = await bob.actor.make(f"/consensus_reports/{consensus}/object", {"reason": "On second thoughts."})
    assert (read["state"], [o["kind"] for o in read["opinions"]]) == ("drafting", ["objection"])


async def test_a_draft_taken_back_voids_its_approvals(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    (ada, seat), (bob, _), (cas, _) = await group(topic, topic.proposals[0])
    consensus = await put_to_approval(topic, topic.proposals[0], ada, seat)
    await approve(consensus, bob, cas)
    await ada.actor.make(f"/consensus_reports/{consensus}/redraft")
    await ada.actor.make(f"/consensus_reports/{consensus}/put_to_approval")
    await approve(consensus, ada)
    assert (await topic.office.get(f"/consensus_reports/{consensus}")).json()["state"] == "approval"


async def test_a_report_voided_after_approval_voids_it_and_leaves_too_few(world: World) -> None:
    """V-10 is asked again: what those who stay approve is final once there are enough of them."""
    topic = await world.prepared(in_evaluation)
    (ada, seat), (bob, other), (cas, _) = await group(topic, topic.proposals[0])
    consensus = await put_to_approval(topic, topic.proposals[0], ada, seat)
    await approve(consensus, ada, bob)
    said = {"situation": "D2", "text": "I found out today."}
    await bob.actor.make(f"/assignments/{other}/declare_conflict", said)
    read = (await cas.actor.get(f"/consensus_reports/{consensus}")).json()
    assert read["state"] == "drafting"
    await ada.actor.make(f"/consensus_reports/{consensus}/put_to_approval")
    await approve(consensus, ada, cas)
    assert (await topic.office.get(f"/consensus_reports/{consensus}")).json()["state"] == "approval"
    assert (await bob.actor.get(f"/consensus_reports/{consensus}")).status_code == 404
    dan, _ = await joining(topic, topic.proposals[0], "d")
    await approve(consensus, dan)
    assert (await topic.office.get(f"/consensus_reports/{consensus}")).json()["state"] == "final"


async def test_experts_go_by_their_labels(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    experts = await group(topic, topic.proposals[0])
    (ada, seat), (bob, _), _ = experts
    consensus = await put_to_approval(topic, topic.proposals[0], ada, seat)
    await approve(consensus, ada, bob)
    read = await ada.actor.get(f"/consensus_reports/{consensus}")
    assert len({opinion["label"] for opinion in read.json()["opinions"]}) == 2
    for who, _ in experts:
        for told in (str(who.actor.id), who.actor.email, who.id):
            assert told not in read.text
