"""What experts say of themselves: kept as they say it, read by themselves and the office alone."""

from typing import Any

import pytest
from sqlalchemy import select

from app.core.audit import AuditDetail, AuditEvent
from app.experts.models import Expert
from app.experts.profile.rules import doi, orcid
from tests.build import committee, person
from tests.conftest import World
from tests.evaluation.build import expert, group, in_evaluation
from tests.evaluation.hidden import same_as_missing

pytestmark = pytest.mark.anyio
PROFILE: dict[str, Any] = {
    "expertise": [
        {"scheme": "keyword", "code": "", "term": "biomarkers", "level": "leading"},
        {"scheme": "mesh", "code": "D000544", "term": "Alzheimer Disease", "level": "familiar"},
    ],
    "text": "Twenty years in dementia.",
    "languages": ["en", "fr"],
    "country": "FR",
    "nationality": "IT",
    "sector": "clinician",
    "gender": "female",
    "orcid": "0000-0002-1825-0097",
}
PAPER = {
    "title": "On plaques",
    "abstract": "We look.",
    "authors": ["Ada", "Eve Duval"],
    "year": 2019,
    "doi": "https://doi.org/10.1000/ABC",
}


@pytest.mark.parametrize("good", ["0000-0002-1825-0097", "https://orcid.org/0000-0001-5109-3700"])
def test_an_orcid_id_is_taken_as_digits_or_as_an_address(good: str) -> None:
    assert orcid(good) == good[-19:]


def test_an_orcid_id_may_end_in_ten() -> None:
    assert orcid("0000-0002-1694-233X") == "0000-0002-1694-233X"


@pytest.mark.parametrize(
    "bad", ["0000-0002-1825-0098", "0000-0002-1694-2330", "0000000218250097", "", "٠٠٠٠-0002-1825-0097"]
)
def test_an_orcid_id_with_a_wrong_digit_is_none(bad: str) -> None:
    with pytest.raises(ValueError, match="ORCID"):
        orcid(bad)


def test_a_doi_is_the_same_however_it_is_written() -> None:
    assert {doi(one) for one in ("10.1000/AbC", "doi:10.1000/abc", "https://doi.org/10.1000/ABC")} == {
        "10.1000/abc"
    }


async def test_anyone_may_offer_themself_and_say_who_they_are(world: World) -> None:
    ada = await person(world, "ada")
    made = await ada.make("/experts/oneself", PROFILE)
    assert {name: made[name] for name in PROFILE} == PROFILE
    assert (made["account_id"], made["newcomer"], made["publications"]) == (str(ada.id), True, [])
    assert (await ada.post("/experts/oneself", {})).status_code == 409


async def test_publications_are_a_list_that_is_replaced(world: World) -> None:
    ada = await person(world, "ada")
    path = f"/experts/{(await ada.make('/experts/oneself', {}))['id']}"
    other = {"title": "On mice"}
    listed = await ada.make(f"{path}/list_publications", {"items": [PAPER, other]})
    assert listed["publications"][0] == PAPER | {"doi": "10.1000/abc", "authors": ["Ada", "Eve Duval"]}
    again = await ada.make(f"{path}/list_publications", {"items": [other, PAPER]})
    assert [one["title"] for one in again["publications"]] == ["On mice", "On plaques"]
    twice = {"items": [PAPER, PAPER | {"title": "Again", "doi": "10.1000/aBc"}]}
    assert (await ada.post(f"{path}/list_publications", twice)).status_code == 422


@pytest.mark.parametrize(
    "wrong",
    [
        {"orcid": "0000-0002-1825-0098"},
        {"country": "France"},
        {"gender": "f"},
        {"sector": "bank"},
        {"languages": ["English"]},
        {"expertise": [{"term": "a", "level": "best"}]},
        {"expertise": [{"scheme": "mesh", "term": "a"}]},
        {"expertise": [{"term": "Ab"}, {"term": "aB"}]},
        {"expertise": [{"scheme": "imi", "code": "no-such-term", "term": "a"}]},
        {"newcomer": False},
    ],
)
async def test_a_profile_that_cannot_be_is_refused(world: World, wrong: dict[str, Any]) -> None:
    ada = await person(world, "ada")
    assert (await ada.post("/experts/oneself", wrong)).status_code == 422


async def test_a_term_of_the_programme_is_one_that_the_office_keeps(world: World) -> None:
    office, ada = await person(world, "office", "office"), await person(world, "ada")
    await office.make("/focus_areas", {"code": "dementia", "label": "Dementia"})
    field = {"scheme": "imi", "code": "dementia", "term": "Dementia", "level": "leading"}
    assert (await ada.make("/experts/oneself", {"expertise": [field]}))["expertise"] == [field]


async def test_whose_contract_ended_with_a_report_is_no_newcomer(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ((ada, _),) = await group(topic, topic.proposals[0], "a")
    bob = await expert(topic, "bob")
    for who in (ada, bob):
        await topic.office.make(f"/contracts/{who.contract}/end")
    read = [(await topic.office.get(f"/experts/{who.id}")).json()["newcomer"] for who in (ada, bob)]
    assert read == [False, True]
    for newcomer, who in ((False, ada), (True, bob)):
        listed = (await topic.office.get("/experts", params={"newcomer": newcomer})).json()["items"]
        assert [item["id"] for item in listed] == [who.id]


async def test_a_profile_is_read_by_its_expert_and_the_office_alone(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada, bob = await expert(topic, "ada", gender="female"), await expert(topic, "bob")
    _, (chair,) = await committee(world, "chair")
    others = [bob.actor, topic.proposals[0].coordinator, chair, *topic.members]
    others += [await person(world, role, role) for role in ("signatory", "admin", "observer", "auditor")]
    for reader in (ada.actor, topic.office):
        assert (await reader.get(f"/experts/{ada.id}")).json()["gender"] == "female"
    for reader in others:
        assert await same_as_missing(reader, f"/experts/{ada.id}")
        listed = (await reader.get("/experts", params={"newcomer": True})).json()["items"]
        assert ada.id not in [item["id"] for item in listed]


async def test_the_audit_keeps_that_a_profile_changed_and_not_what_it_says(world: World) -> None:
    ada = await person(world, "ada")
    made = await ada.make("/experts/oneself", PROFILE)
    await ada.make(f"/experts/{made['id']}/list_publications", {"items": [PAPER]})
    async with world.sessions() as session:
        ordered = select(AuditDetail.detail).join(AuditEvent, AuditEvent.id == AuditDetail.event_id)
        events = ordered.where(AuditEvent.entity == "expert").order_by(AuditEvent.seq)
        joined, listed = await session.scalars(events)
    assert joined == {"organisation_id": None, "changed": sorted(PROFILE)}
    assert listed == {"publications": 1}


async def test_an_expert_without_a_contract_has_no_role(world: World) -> None:
    ada = await person(world, "ada")
    await ada.make("/experts/oneself", {})
    async with world.sessions() as session:
        assert len(list(await session.scalars(select(Expert)))) == 1
    assert (await ada.get("/me")).json()["roles"] == []
