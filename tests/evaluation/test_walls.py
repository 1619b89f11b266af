"""What nobody may see of an evaluation: each wall with something behind it."""

from uuid import uuid4

import pytest

from tests.build import Actor, person
from tests.conftest import World
from tests.consortia.build import consortium
from tests.evaluation.build import (
    Topic,
    evaluated,
    expert,
    group,
    in_evaluation,
    invited,
    mark,
    put_to_approval,
    reported,
    seated,
)
from tests.evaluation.hidden import same_as_missing

pytestmark = pytest.mark.anyio


async def nothing_listed(who: Actor) -> bool:
    """Whether every list of the evaluation is empty."""
    kinds = ("experts", "contracts", "assignments", "conflicts", "reports", "consensus_reports", "panels")
    answers = [await who.get(f"/{kind}") for kind in kinds]
    return [a.json() for a in answers] == [{"items": [], "next_page_token": None}] * len(kinds)


async def everything(topic: Topic) -> list[str]:
    """One of each thing of an evaluation, with its path; the office reads them all."""
    proposal = topic.proposals[0]
    experts = await group(topic, proposal)
    (ada, seat), *_ = experts
    consensus = await put_to_approval(topic, proposal, ada, seat)
    panel = await topic.office.make(f"/topic_stages/{topic.topic_stage}/panels")
    dora = await expert(topic, "dora")
    late = await invited(topic, dora, proposal)
    await dora.actor.make(f"/assignments/{late}/declare_conflict", {"situation": "P3", "text": "Hm."})
    (conflict,) = (await topic.office.get("/conflicts")).json()["items"]
    report = (await topic.office.get("/reports")).json()["items"][0]["id"]
    paths = [
        f"/experts/{ada.id}",
        f"/contracts/{ada.contract}",
        f"/assignments/{seat}",
        f"/conflicts/{conflict['id']}",
        f"/reports/{report}",
        f"/reports/{report}/marks/impact",
        f"/consensus_reports/{consensus}",
        f"/consensus_reports/{consensus}/points/impact",
        f"/consensus_reports/{consensus}/workbench",
        f"/panels/{panel['id']}",
    ]
    assert [(await topic.office.get(path)).status_code for path in paths] == [200] * len(paths)
    return paths


async def test_another_expert_has_no_card_no_declaration_and_no_report_of_a_seat(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada, bob = await expert(topic, "ada"), await expert(topic, "bob")
    seat = await seated(topic, ada, topic.proposals[0])
    assert await same_as_missing(bob.actor, f"/assignments/{seat}")
    assert await same_as_missing(bob.actor, f"/assignments/{seat}/card")
    assert (await bob.actor.post(f"/assignments/{seat}/reports")).status_code == 404


async def test_v13_other_reports_are_hidden_until_the_own_one_is_sealed(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada, bob = await expert(topic, "ada"), await expert(topic, "bob")
    theirs = await reported(ada, await seated(topic, ada, topic.proposals[0]))
    seat = await seated(topic, bob, topic.proposals[0])
    own = (await bob.actor.make(f"/assignments/{seat}/reports"))["id"]
    hidden = [f"/reports/{theirs}", f"/reports/{theirs}/marks/impact"]
    assert [await same_as_missing(bob.actor, path) for path in hidden] == [True] * 2
    assert [item["id"] for item in (await bob.actor.get("/reports")).json()["items"]] == [own]
    await mark(bob.actor, f"/reports/{own}/marks", ("3", "3", "4"))
    await bob.actor.make(f"/reports/{own}/seal")
    read = await bob.actor.get(f"/reports/{theirs}")
    known = ["actions", "flags", "id", "label", "marks", "name", "proposal_id", "state"]
    assert (sorted(read.json()), read.json()["name"]) == (known, None)
    assert {str(ada.actor.id), ada.id, ada.actor.email, "ada"} & set(read.text.split('"')) == set()


async def test_a_draft_is_for_its_author_even_when_others_have_sealed(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada, bob = await expert(topic, "ada"), await expert(topic, "bob")
    await reported(ada, await seated(topic, ada, topic.proposals[0]))
    seat = await seated(topic, bob, topic.proposals[0])
    draft = (await bob.actor.make(f"/assignments/{seat}/reports"))["id"]
    assert (await bob.actor.get(f"/reports/{draft}")).status_code == 200
    assert await same_as_missing(ada.actor, f"/reports/{draft}")


async def test_reports_of_another_proposal_stay_hidden_after_sealing(world: World) -> None:
    topic = await in_evaluation(world, 2)
    ada, bob = await expert(topic, "ada"), await expert(topic, "bob")
    await reported(ada, await seated(topic, ada, topic.proposals[0]))
    elsewhere = await reported(bob, await seated(topic, bob, topic.proposals[1]))
    assert await same_as_missing(ada.actor, f"/reports/{elsewhere}")


async def test_the_consensus_is_hidden_from_an_expert_who_has_not_sealed(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    (ada, seat), *_ = await group(topic, topic.proposals[0])
    consensus = await put_to_approval(topic, topic.proposals[0], ada, seat)
    dora = await expert(topic, "dora")
    await seated(topic, dora, topic.proposals[0])
    assert (await ada.actor.get(f"/consensus_reports/{consensus}")).status_code == 200
    assert await same_as_missing(dora.actor, f"/consensus_reports/{consensus}")


async def test_applicants_find_nothing_of_the_evaluation(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    paths = await everything(topic)
    applicant = topic.proposals[0].coordinator
    assert [await same_as_missing(applicant, path) for path in paths] == [True] * len(paths)
    assert await nothing_listed(applicant)
    own = (await applicant.get(f"/proposals/{topic.proposals[0].id}")).json()
    assert own["state"] == "under_evaluation"
    asked = await applicant.post(
        f"/proposals/{topic.proposals[0].id}/consensus_reports", {"rapporteur_id": str(uuid4())}
    )
    assert asked.status_code == 403


async def test_a_stranger_and_somebody_not_signed_in_find_nothing(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    paths = await everything(topic)
    stranger = await person(world, "stranger")
    assert [await same_as_missing(stranger, path) for path in paths] == [True] * len(paths)
    assert await nothing_listed(stranger)
    async with world.client() as anyone:
        answers = [(await anyone.get(f"/v1{path}")).status_code for path in paths]
    assert answers == [404] * len(paths)


async def test_the_committee_finds_no_expert_no_report_and_no_list_before_it_is_closed(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    paths = await everything(topic)
    for member in topic.members:
        assert [await same_as_missing(member, path) for path in paths] == [True] * len(paths)
        assert await nothing_listed(member)


async def test_the_committee_finds_no_name_no_report_and_no_discussion_after_it_is_closed(
    world: World,
) -> None:
    """It reads the list and the number below it; never who reviewed, what each said, or the whole text."""
    topic = await evaluated(world, ("3", "3", "4"), ("5", "5", "2.5"))
    path = f"/panels/{(await topic.office.make(f'/topic_stages/{topic.topic_stage}/panels'))['id']}"
    await topic.office.make(f"{path}/rank")
    await topic.office.make(f"{path}/close")
    kinds = ("experts", "contracts", "assignments", "reports", "consensus_reports")
    found = {kind: (await topic.office.get(f"/{kind}")).json()["items"] for kind in kinds}
    paths = [f"/{kind}/{item['id']}" for kind, items in found.items() for item in items]
    paths += [f"/proposals/{p.id}{more}" for p in topic.proposals for more in ("", "/sealed/1")]
    assert [(await topic.office.get(path)).status_code for path in paths] == [200] * len(paths)
    assert all(found.values())
    secrets = {str(item[key]) for item in found["assignments"] for key in ("id", "expert_id", "label")}
    secrets |= {str(item["account_id"]) for item in found["experts"]} | {topic.proposals[1].reference}
    for member in topic.members:
        read = await member.get(path)
        assert (read.status_code, read.json()["below"]) == (200, 1)
        assert [secret for secret in secrets if secret in read.text] == []
        assert [await same_as_missing(member, hidden) for hidden in paths] == [True] * len(paths)


async def test_experts_find_no_panel(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    (ada, _), *_ = await group(topic, topic.proposals[0])
    panel = await topic.office.make(f"/topic_stages/{topic.topic_stage}/panels")
    assert await same_as_missing(ada.actor, f"/panels/{panel['id']}")
    assert (await ada.actor.get("/panels")).json()["items"] == []


async def test_a_conflict_declared_after_the_report_ends_all_access_at_once(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    (ada, seat), (bob, other), _ = await group(topic, topic.proposals[0])
    consensus = await put_to_approval(topic, topic.proposals[0], ada, seat)
    mine = [item["id"] for item in (await bob.actor.get("/reports")).json()["items"]]
    paths = [f"/proposals/{topic.proposals[0].id}", f"/proposals/{topic.proposals[0].id}/sealed/1"]
    paths += [f"/assignments/{other}/card", f"/consensus_reports/{consensus}"]
    paths += [f"/reports/{key}" for key in mine]
    assert [(await bob.actor.get(path)).status_code for path in paths] == [200] * 7
    said = {"situation": "D3", "text": "My sister has joined them."}
    await bob.actor.make(f"/assignments/{other}/declare_conflict", said)
    assert [await same_as_missing(bob.actor, path) for path in paths] == [True] * 7
    assert (await bob.actor.get("/reports")).json()["items"] == []
    assert (await bob.actor.post(f"/consensus_reports/{consensus}/approve", {"round": 1})).status_code == 404
    assert (await ada.actor.get(f"/consensus_reports/{consensus}")).status_code == 200


async def test_an_officer_who_applies_runs_no_evaluation_of_the_topic(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    seat = await seated(topic, ada, topic.proposals[0])
    assert (await topic.second.get(f"/assignments/{seat}")).status_code == 200
    await consortium(topic.second, topic.topic_stage)
    assert await same_as_missing(topic.second, f"/assignments/{seat}")
    assert (await topic.second.post(f"/assignments/{seat}/void", {"reason": "Mine."})).status_code == 404
    assert (await topic.second.post(f"/topic_stages/{topic.topic_stage}/panels")).status_code == 403


async def test_the_office_cannot_write_for_an_expert(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    seat = await seated(topic, ada, topic.proposals[0])
    report = (await ada.actor.make(f"/assignments/{seat}/reports"))["id"]
    assert (await topic.office.get(f"/reports/{report}")).status_code == 200
    marked = await topic.office.patch(f"/reports/{report}/marks/impact", {"score": "5"}, 1)
    sealed = await topic.office.post(f"/reports/{report}/seal")
    said = {"situation": "D1", "text": "Instead of them."}
    declared = await topic.office.post(f"/assignments/{seat}/declare_conflict", said)
    assert [answer.status_code for answer in (marked, sealed, declared)] == [403, 403, 403]
