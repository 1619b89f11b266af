"""What industry brings is checked by what was sealed (E-08)."""

from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.calls.models import Stage
from app.calls.rule_set import named
from app.consortia.organisations.models import Organisation
from app.proposals.models import Proposal, SealedVersion
from tests.build import person
from tests.conftest import World
from tests.consortia.build import open_stage
from tests.proposals.build import Applied, complete, results, started, under_check

pytestmark = pytest.mark.anyio


async def brings(world: World, applied: Applied, amount: str) -> None:
    """The last partner is of the industry and brings so much of 20.00 that the action costs."""
    parts = (await applied.lead.get(f"/partners?consortium_id={applied.consortium['id']}")).json()["items"]
    lead = applied.consortium["partners"][0]["id"]
    mine = next(p for p in parts if p["id"] != lead)
    async with world.sessions() as session, session.begin():
        member = update(Organisation).where(Organisation.id == UUID(mine["organisation_id"]))
        await session.execute(member.values(industry_member="affiliated"))
    figures = {lead: {"subcontracting": "20.00"}, mine["id"]: {"in_kind_operational": amount}}
    for key, given in figures.items():
        body = {name: {"amount": euro, "currency": "EUR"} for name, euro in given.items()}
        version = (await applied.lead.get(f"/partners/{key}")).json()["version"]
        assert (await applied.lead.patch(f"/partners/{key}", body, version)).status_code == 200


async def under_ihi(world: World, amount: str | None) -> Applied:
    """A proposal for a stage of the rules that ask industry for its part, handed in."""
    applied = await started(world, await open_stage(world, "ihi"))
    papers = [one.key for one in named("ihi").documents if "full" in (one.stages or ("full",))]
    await complete(applied, papers)
    if amount is not None:
        await brings(world, applied, amount)
    await applied.lead.make(f"{applied.path}/submit")
    return applied


@pytest.mark.parametrize(
    ("amount", "passed", "told"),
    [
        ("9.00", True, "Industry brings 45.00 % of the costs; at least 45 % are needed."),
        ("8.99", False, "Industry brings 44.95 % of the costs; at least 45 % are needed."),
        (None, False, "No costs are given that industry could bring a part of."),
    ],
)
async def test_e_08_what_industry_brings_is_judged_by_the_sealed_figures(
    world: World, amount: str | None, passed: bool, told: str
) -> None:
    office, other = await person(world, "office", "office"), await person(world, "other", "office")
    applied = await under_ihi(world, amount)
    if amount is not None:
        await brings(world, applied, "1.00")  # in the draft alone
    await under_check(world)
    read = await office.make(f"{applied.path}/check")
    (check,) = [c for c in read["checks"] if c["rule"] == "E-08"]
    assert (check["passed"], check["kind"], check["text"]) == (passed, "eligibility", told)
    if passed:
        assert (await office.make(f"{applied.path}/find_eligible"))["state"] == "eligible"
        return
    refused = await office.post(f"{applied.path}/find_eligible")
    assert [r["code"] for r in refused.json()["reasons"]] == ["e-08-failed"]
    said = {"rule": "E-08", "reason": "The contributions stand in the annex."}
    assert (await office.post(f"{applied.path}/overrule", said)).status_code == 202
    assert (await other.make(f"{applied.path}/overrule", said))["state"] == "submitted"
    found = {"rule": "E-08", "text": "Industry brings too little."}
    assert (await office.post(f"{applied.path}/find_ineligible", found)).status_code == 202
    assert (await other.make(f"{applied.path}/find_ineligible", found))["finding"] == found


async def test_e_08_is_not_asked_of_short_proposals_nor_of_what_was_sealed_without_figures(
    world: World,
) -> None:
    office = await person(world, "office", "office")
    applied = await under_ihi(world, "1.00")
    await under_check(world)
    async with world.sessions() as session, session.begin():
        await session.execute(update(Stage).values(kind="short"))
    assert "E-08" not in results(await office.make(f"{applied.path}/check"))
    async with world.sessions() as session, session.begin():
        await session.execute(update(Stage).values(kind="full"))
        sealed = (await session.scalars(select(SealedVersion))).one()
        kept = ("organisation_id", "legal_name", "coordinates", "requested", "people", "signed")
        old = [{name: part[name] for name in kept} for part in sealed.manifest["partners"]]
        whole, number = sealed.manifest, sealed.number
        earlier = {"proposal_id": sealed.proposal_id, "received_at": sealed.received_at, "texts": {}}
        version = SealedVersion(**earlier, manifest=whole | {"partners": old}, number=number + 1)
        version.digest, version.receipt, version.answers = sealed.digest, sealed.receipt, {}
        session.add(version)
        await session.execute(update(Proposal).values(sealed=number + 1))
    fellow = await applied.fellows[1].get(f"{applied.path}/sealed/2")
    assert len([p for p in fellow.json()["manifest"]["partners"] if "requested" in p]) == 1
    assert "E-08" not in results(await office.make(f"{applied.path}/check"))
