"""What an expert may not see, before the contract, before declaring, and afterwards."""

import pytest

from tests.conftest import World
from tests.consortia.build import consortium
from tests.evaluation.build import BRIEFED, SIGNED, expert, in_evaluation, invited, seated
from tests.evaluation.hidden import same_as_missing

pytestmark = pytest.mark.anyio


async def test_an_invited_expert_sees_nothing_before_contract_and_briefing(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada", signs=False)
    seat = await invited(topic, ada, topic.proposals[0])
    paths = [f"/assignments/{seat}", f"/assignments/{seat}/card", f"/proposals/{topic.proposals[0].id}"]
    assert [await same_as_missing(ada.actor, path) for path in paths] == [True] * 3
    assert (await ada.actor.get("/assignments")).json()["items"] == []
    assert (await ada.actor.post(f"/assignments/{seat}/accept", {"clear": True})).status_code == 404
    await ada.actor.make(f"/contracts/{ada.contract}/sign", SIGNED)
    assert [await same_as_missing(ada.actor, path) for path in paths] == [True] * 3
    assert (await ada.actor.get("/assignments")).json()["items"] == []
    await ada.actor.make(f"/contracts/{ada.contract}/acknowledge_briefing", BRIEFED)
    assert (await ada.actor.get(f"/assignments/{seat}/card")).status_code == 200


async def test_an_invited_expert_sees_the_card_alone_before_declaring(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    proposal = topic.proposals[0]
    seat = await invited(topic, ada, proposal)
    card = (await ada.actor.get(f"/assignments/{seat}/card")).json()
    assert card == {
        "reference": proposal.reference,
        "title": "Title 1",
        "abstract": "Abstract 1.",
        "organisations": [
            {"legal_name": "Lead", "country": "DE", "people": ["Cora"]},
            {"legal_name": "Second", "country": "FR", "people": []},
        ],
    }
    paths = [f"/proposals/{proposal.id}", f"/proposals/{proposal.id}/sealed/1"]
    assert [await same_as_missing(ada.actor, path) for path in paths] == [True] * 2
    assert (await ada.actor.get("/proposals")).json()["items"] == []
    assert (await ada.actor.post(f"/assignments/{seat}/reports")).status_code == 403
    await ada.actor.make(f"/assignments/{seat}/accept", {"clear": True})
    assert [(await ada.actor.get(path)).status_code for path in paths] == [200] * 2


async def test_a_seat_that_is_only_proposed_is_not_there_for_the_expert(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    asked = {"proposal_id": topic.proposals[0].id}
    seat = await topic.office.make(f"/contracts/{ada.contract}/assignments", asked)
    paths = [f"/assignments/{seat['id']}", f"/assignments/{seat['id']}/card"]
    assert [await same_as_missing(ada.actor, path) for path in paths] == [True] * 2


async def test_an_expert_sees_no_proposal_but_the_assigned_one(world: World) -> None:
    topic = await in_evaluation(world, 2)
    ada = await expert(topic, "ada")
    await seated(topic, ada, topic.proposals[0])
    listed = (await ada.actor.get("/proposals")).json()["items"]
    assert [item["id"] for item in listed] == [topic.proposals[0].id]
    assert await same_as_missing(ada.actor, f"/proposals/{topic.proposals[1].id}")
    assert (await topic.office.get(f"/proposals/{topic.proposals[1].id}")).status_code == 200


async def test_a_terminated_contract_ends_all_access_at_once(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    seat = await seated(topic, ada, topic.proposals[0])
    report = (await ada.actor.make(f"/assignments/{seat}/reports"))["id"]
    paths = [f"/proposals/{topic.proposals[0].id}", f"/assignments/{seat}", f"/reports/{report}"]
    assert [(await ada.actor.get(path)).status_code for path in paths] == [200] * 3
    await topic.office.make(f"/contracts/{ada.contract}/terminate", {"reason": "A breach."})
    assert [await same_as_missing(ada.actor, path) for path in paths] == [True] * 3


async def test_an_expert_who_becomes_a_partner_keeps_an_applicants_rights_alone(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    seat = await seated(topic, ada, topic.proposals[0])
    report = (await ada.actor.make(f"/assignments/{seat}/reports"))["id"]
    paths = [f"/proposals/{topic.proposals[0].id}", f"/assignments/{seat}", f"/reports/{report}"]
    assert [(await ada.actor.get(path)).status_code for path in paths] == [200] * 3
    await consortium(ada.actor, topic.topic_stage)
    assert [await same_as_missing(ada.actor, path) for path in paths] == [True] * 3
    assert (await ada.actor.get("/assignments")).json()["items"] == []
