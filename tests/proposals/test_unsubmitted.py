"""A change made and not submitted: said loudly, part by part, to those who can still submit it (C-03)."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.consortia.models import Organisation, Partner
from app.proposals.models import Proposal
from app.proposals.unsubmitted import Unsubmitted, in_words, unsubmitted
from tests.build import person
from tests.conftest import Counting, World
from tests.consortia.build import open_stage, partner
from tests.proposals.build import Applied, complete, pdf, ready, started, submitted, under_check, upload

pytestmark = pytest.mark.anyio


async def told(applied: Applied) -> Any:
    return (await applied.lead.get(applied.path)).json()["unsubmitted"]


async def change(applied: Applied) -> None:
    """Another title, another text, another file."""
    lead, path = applied.lead, applied.path
    version = (await lead.get(path)).json()["version"]
    assert (await lead.patch(path, {"title": "Another"}, version)).status_code == 200
    section = (await lead.get(f"{path}/sections/impact")).json()
    answer = await lead.patch(f"{path}/sections/impact", {"text": "Better."}, section["version"])
    assert answer.status_code == 200
    assert (await upload(lead, applied.id, pdf(5))).status_code == 200


async def test_a_draft_has_nothing_to_differ_from(world: World) -> None:
    assert await told(await ready(world, countries=("DE",))) is None


async def test_what_was_changed_is_named_until_it_is_handed_in(world: World) -> None:
    applied = await ready(world, countries=("DE", "FR"))
    done = await applied.lead.make(f"{applied.path}/submit")
    assert done["unsubmitted"] is None
    await change(applied)
    assert await told(applied) == {
        "text": "CHANGED AND NOT SUBMITTED since version 1, which counts: "
        "fields: title; sections: impact; documents: part_b.",
        "fields": ["title"],
        "sections": ["impact"],
        "documents": ["part_b"],
        "partners": [],
    }
    assert (await applied.lead.make(f"{applied.path}/submit"))["unsubmitted"] is None


async def test_what_was_changed_back_does_not_differ(world: World) -> None:
    applied = await world.prepared(submitted, countries=("DE",))
    path = f"{applied.path}/sections/impact"
    assert (await applied.lead.patch(path, {"text": "Better."}, 2)).status_code == 200
    assert (await told(applied))["sections"] == ["impact"]
    assert (await applied.lead.patch(path, {"text": "On impact."}, 3)).status_code == 200
    assert await told(applied) is None


async def test_a_document_and_a_partner_that_came_later_are_named(world: World) -> None:
    applied = await started(world, countries=("DE", "FR"))
    await complete(applied, ["part_b"])
    await applied.lead.make(f"{applied.path}/submit")
    assert (await upload(applied.lead, applied.id, pdf(), "exploitation_plan")).status_code == 200
    _, joined = await partner(world, applied.lead, applied.consortium["id"], "IT")
    async with world.sessions() as session:
        name = await session.scalar(
            select(Organisation.legal_name).join(Partner).where(Partner.id == UUID(joined["id"]))
        )
    found = await told(applied)
    assert (found["documents"], found["partners"]) == (["exploitation_plan"], [name])


async def test_what_the_office_writes_on_an_organisation_is_no_change(world: World) -> None:
    applied = await submitted(world, countries=("DE", "FR"))
    async with world.sessions() as session, session.begin():
        await session.execute(update(Organisation).values(control_group="Holding", legal_name="Renamed"))
    assert await told(applied) is None


async def test_every_member_is_told_and_nobody_else(world: World) -> None:
    office = await person(world, "office", "office")
    applied = await submitted(world, countries=("DE", "FR"))
    (pat,) = applied.fellows
    await change(applied)
    assert (await pat.get(applied.path)).json()["unsubmitted"] == await told(applied) is not None
    read = await office.get(applied.path)
    assert (read.status_code, "unsubmitted" in read.json(), "Another" in read.text) == (200, False, False)


async def test_a_withdrawn_proposal_says_what_reviving_it_would_not_bring(world: World) -> None:
    applied = await world.prepared(submitted, countries=("DE",))
    await change(applied)
    before = await told(applied)
    await applied.lead.make(f"{applied.path}/withdraw")
    assert await told(applied) == before is not None


async def test_under_evaluation_the_draft_is_void_whatever_was_found(world: World) -> None:
    office = await person(world, "office", "office")
    applied = await submitted(world, countries=("DE", "FR", "IT"))
    await change(applied)
    await under_check(world)
    assert await told(applied) is not None
    await office.make(f"{applied.path}/check")
    await office.make(f"{applied.path}/find_eligible")
    assert await told(applied) is None
    async with world.sessions() as session:
        assert (await session.scalars(select(Proposal.title))).one() == "A title"


async def test_it_costs_as_many_statements_whatever_differs(world: World, counting: Counting) -> None:
    here = await open_stage(world)
    few = await submitted(world, here, countries=("DE",))
    many = await submitted(world, here, countries=("DE", "FR", "IT", "ES"))
    await change(many)
    await many.lead.make(f"{many.path}/submit")
    await change(many)
    costs = []
    for applied in (few, many):
        with counting() as sent:
            assert (await applied.lead.get(applied.path)).status_code == 200
        costs.append(sent)
    assert costs[0] == costs[1]


def test_of_a_partner_it_counts_what_the_consortium_has_in_hand() -> None:
    part = {"organisation_id": "1", "legal_name": "One", "coordinates": True, "requested": "1"}
    ann, bob = ({"name": name, "part": "contact"} for name in ("Ann", "Bob"))
    whole = part | {"people": [ann, bob], "country": "DE", "control_group": None, "signed": False}
    manifest = dict.fromkeys(("acronym", "title", "abstract", "requested"), "")
    before: dict[str, Any] = manifest | {"sections": [], "documents": [], "partners": [whole]}

    def found(**changes: Any) -> Unsubmitted:
        return unsubmitted(before, before | {"partners": [whole | changes]})

    same: list[dict[str, Any]] = [
        {"people": [bob, ann]},
        {"country": "FR"},
        {"control_group": "G"},
        {"signed": True},
    ]
    assert [found(**changes) for changes in same] == [Unsubmitted()] * 4
    other: list[dict[str, Any]] = [{"people": [ann]}, {"requested": "2"}, {"coordinates": False}]
    assert [found(**changes).partners for changes in other] == [["One"]] * 3
    assert unsubmitted(before, before | {"partners": []}).partners == ["One"]
    assert in_words(Unsubmitted(), 1) == ""
