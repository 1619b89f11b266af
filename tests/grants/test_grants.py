"""From a selected proposal to a signed agreement, and who may do what."""

import pytest
from sqlalchemy import update

from app.consortia.organisations.models import Organisation, OrganisationState
from tests.build import person
from tests.conftest import World
from tests.decisions.build import ranked, released
from tests.grants.build import ENTRY, prepared

pytestmark = pytest.mark.anyio


def codes(answer: object) -> list[str]:
    return [reason["code"] for reason in answer.json()["reasons"]]  # type: ignore[attr-defined]


async def test_another_than_who_prepared_it_signs_and_the_amount_is_what_was_asked_for(world: World) -> None:
    made = await world.prepared(prepared)
    assert made.grant["state"] == "preparation"
    assert made.grant["amount"] == {"amount": "30000000.00", "currency": "EUR"}
    signed = await made.signatory.make(f"{made.path}/sign")
    assert (signed["state"], signed["signed_by"]) == ("signed", str(made.signatory.id))
    assert (await made.signatory.post(f"{made.path}/sign")).status_code == 409


async def test_the_officer_who_prepared_it_cannot_sign_it(world: World) -> None:
    there = await world.prepared(ranked, "1.00")
    await released(there)
    both = await person(world, "both", "office", "signatory")
    grant = await both.make(f"/proposals/{there.proposals[0].id}/grants", ENTRY)
    refused = await both.post(f"/grants/{grant['id']}/sign")
    assert (refused.status_code, codes(refused)) == (409, ["prepared-it"])
    assert (await there.office.post(f"/grants/{grant['id']}/sign")).status_code == 403


async def test_who_may_sign_does_not_change_what_another_prepared(world: World) -> None:
    made = await world.prepared(prepared)
    both = await person(world, "both", "office", "signatory")
    refused = await both.patch(made.path, {"months": 36}, made.grant["version"])
    assert (refused.status_code, codes(refused)) == (409, ["signs-it"])
    edited = await made.there.second.patch(made.path, {"months": 36}, made.grant["version"])
    assert (edited.status_code, edited.json()["months"], edited.json()["number"]) == (
        200,
        36,
        ENTRY["number"],
    )


async def test_only_a_selected_proposal_becomes_a_grant_and_once(world: World) -> None:
    there = await ranked(world, "30000000.00", "20000000.00")
    await released(there)
    first, reserve = there.proposals
    refused = await there.office.post(f"/proposals/{reserve.id}/grants", ENTRY)
    assert (refused.status_code, codes(refused)) == (409, ["not-selected"])
    await there.office.make(f"/proposals/{first.id}/grants", ENTRY)
    again = await there.office.post(f"/proposals/{first.id}/grants", ENTRY | {"number": "101005078"})
    assert again.status_code == 409


async def test_every_reason_against_a_signature_is_named_at_once(world: World) -> None:
    made = await prepared(world, starts_on="2020-05-01", months=None)
    async with world.sessions() as session, session.begin():
        await session.execute(update(Organisation).where(Organisation.country == "DE").values(pic=None))
        await session.execute(
            update(Organisation)
            .where(Organisation.country == "FR")
            .values(state=OrganisationState.REGISTERED)
        )
    refused = await made.signatory.post(f"{made.path}/sign")
    assert (refused.status_code, codes(refused)) == (
        409,
        ["no-duration", "early-start", "no-pic", "not-validated"],
    )
    offered = {a["name"]: a for a in (await made.signatory.get(made.path)).json()["actions"]}
    assert [r["code"] for r in offered["sign"]["blocked_by"]] == codes(refused)


async def test_a_start_before_signature_has_its_reason(world: World) -> None:
    made = await prepared(world, starts_on="2020-05-01", early_start_reason="The pandemic does not wait.")
    assert (await made.signatory.make(f"{made.path}/sign"))["state"] == "signed"


async def test_its_consortium_sees_it_without_the_officers_and_nobody_else_does(world: World) -> None:
    made = await prepared(world, "20000000.00", "10000000.00")
    mine, other = (p.coordinator for p in made.there.proposals)
    seen = (await mine.get(made.path)).json()
    assert (seen["number"], seen["reference"]) == (ENTRY["number"], made.there.proposals[0].reference)
    assert str(made.there.office.id) not in str(seen)
    assert "prepared_by" not in seen
    assert [g["id"] for g in (await mine.get("/grants")).json()["items"]] == [made.grant["id"]]
    for actor in (other, made.there.members[0], await person(world, "stranger")):
        assert (await actor.get(made.path)).status_code == 404
        assert (await actor.get("/grants")).json()["items"] == []
    assert (await mine.post(f"{made.path}/sign")).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"starts_on": 0},
        {"starts_on": "2020-02-30"},
        {"starts_on": "1588291200"},
        {"starts_on": "2020-05-01T00:00:00"},
        {"starts_on": "0001-01-01"},
        {"starts_on": "9999-12-01", "months": 120},
        {"months": 0},
        {"number": "12a456"},
    ],
)
async def test_what_is_no_day_number_or_duration_is_refused(world: World, wrong: dict[str, object]) -> None:
    there = await world.prepared(ranked, "1.00")
    await released(there)
    refused = await there.office.post(f"/proposals/{there.proposals[0].id}/grants", ENTRY | wrong)
    assert refused.status_code == 422
