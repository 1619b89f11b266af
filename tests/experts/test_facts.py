"""Employments and collaborations: stated and corrected by the expert and the office, read by nobody else."""

from uuid import UUID

import pytest

from app.consortia.organisations.models import Organisation, OrganisationState
from tests.build import fresh
from tests.conftest import World
from tests.consortia.build import organisation
from tests.evaluation.build import expert, in_evaluation
from tests.evaluation.hidden import same_as_missing
from tests.experts.test_experts import codes

pytestmark = pytest.mark.anyio


async def test_the_expert_and_the_office_state_correct_and_take_back(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    made = await ada.actor.make(f"/experts/{ada.id}/employments", {"organisation_name": "An institute"})
    path = f"/employments/{made['id']}"
    changed = await topic.office.patch(path, {"until": "2024-05-31"}, made["version"])
    assert (changed.json()["until"], changed.json()["version"]) == ("2024-05-31", 2)
    assert (await ada.actor.patch(path, {"since": "2020-01-01"}, 1)).status_code == 412
    listed = (await ada.actor.get("/employments", params={"expert": ada.id})).json()["items"]
    assert [one["organisation_name"] for one in listed] == ["An institute"]
    assert (await topic.office.make(f"{path}/withdraw"))["state"] == "withdrawn"
    assert (await ada.actor.patch(path, {"since": "2020-01-01"}, 2)).status_code == 409
    work = {"person_name": "Pia Roux", "kind": "research"}
    done = await topic.office.make(f"/experts/{ada.id}/collaborations", work)
    assert (await ada.actor.get(f"/collaborations/{done['id']}")).json()["person_name"] == "Pia Roux"


async def test_nobody_else_reads_or_states_them(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada, bob = await expert(topic, "ada"), await expert(topic, "bob")
    made = await ada.actor.make(f"/experts/{ada.id}/employments", {"organisation_name": "An institute"})
    for other in (bob.actor, topic.members[0], topic.proposals[0].coordinator):
        assert await same_as_missing(other, f"/employments/{made['id']}")
        assert (await other.get("/employments")).json()["items"] == []
        stated = {"organisation_name": "Another"}
        assert (await other.post(f"/experts/{ada.id}/employments", stated)).status_code == 404


async def test_what_cannot_be_is_refused(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    known = await organisation(topic.office)
    employments, collaborations = f"/experts/{ada.id}/employments", f"/experts/{ada.id}/collaborations"
    backwards = {"organisation_name": "A", "since": "2020-01-02", "until": "2020-01-01"}
    twice = {"organisation_name": "A", "organisation_id": known["id"]}
    tried = [
        await ada.actor.post(employments, {}),
        await ada.actor.post(employments, backwards),
        await ada.actor.post(employments, twice),
        await ada.actor.post(collaborations, {"kind": "grant"}),
    ]
    assert [codes(one) for one in tried] == [
        ["nowhere"],
        ["ends-too-early"],
        ["named-twice"],
        ["with-nobody"],
    ]
    assert (await ada.actor.post(employments, {"organisation_id": ada.id})).status_code == 404
    made = await ada.actor.make(employments, {"organisation_name": "A", "since": "2020-01-01"})
    path = f"/employments/{made['id']}"
    assert codes(await ada.actor.patch(path, {"until": "2019-12-31"}, 1)) == ["ends-too-early"]
    assert codes(await ada.actor.patch(path, {"organisation_name": None}, 1)) == ["nowhere"]
    matched = {"organisation_name": None, "organisation_id": known["id"]}
    assert (await topic.office.patch(path, matched, 1)).json()["organisation_id"] == known["id"]


async def test_they_follow_the_merge_of_an_organisation(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    async with world.sessions() as session, session.begin():
        both = [fresh(Organisation, OrganisationState.REGISTERED, legal_name=n, country="DE") for n in "AB"]
        for one in both:
            one.kind = "research"
        session.add_all(both)
    gone, stays = (str(one.id) for one in both)
    job = await ada.actor.make(f"/experts/{ada.id}/employments", {"organisation_id": gone})
    work = await ada.actor.make(f"/experts/{ada.id}/collaborations", {"organisation_id": gone})
    for officer in (topic.office, topic.second):
        merged = await officer.post(f"/organisations/{gone}/merge", {"into_id": stays})
        assert merged.status_code in (200, 202), merged.text
    for path in (f"/employments/{job['id']}", f"/collaborations/{work['id']}"):
        assert UUID((await ada.actor.get(path)).json()["organisation_id"]) == UUID(stays)
