"""Organisations: registered by anyone, corrected and validated by the office."""

import pytest

from tests.build import person
from tests.conftest import World
from tests.consortia.build import organisation

pytestmark = pytest.mark.anyio


async def test_anyone_signed_in_registers_an_organisation_and_the_office_validates_it(world: World) -> None:
    office, somebody = await person(world, "office", "office"), await person(world, "somebody")
    made = await organisation(somebody, "FR", pic="999999999", short_name="Inst")
    assert (made["state"], made["country"], made["pic"]) == ("registered", "FR", "999999999")
    assert [act["name"] for act in made["actions"]] == []
    assert (await somebody.post(f"/organisations/{made['id']}/validate")).status_code == 403
    edited = await office.patch(f"/organisations/{made['id']}", {"control_group": "G"}, made["version"])
    assert (edited.json()["control_group"], edited.json()["version"]) == ("G", 2)
    assert (await office.make(f"/organisations/{made['id']}/validate"))["state"] == "validated"


async def test_nobody_reads_organisations_without_signing_in(world: World) -> None:
    made = await organisation(await person(world, "somebody"))
    async with world.client() as anyone:
        assert (await anyone.get(f"/v1/organisations/{made['id']}")).status_code == 404
        assert (await anyone.get("/v1/organisations")).json()["items"] == []


@pytest.mark.parametrize("code", ["EL", "UK", "de", "DEU", "", "D\u0000"])
async def test_a_country_is_an_iso_code(world: World, code: str) -> None:
    somebody = await person(world, "somebody")
    given = {"legal_name": "Institute", "country": code, "kind": "sme"}
    assert (await somebody.post("/organisations", given)).status_code == 422


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"search": "acme"}, ["Acme 50% Labs", "The ACME_x House"]),
        ({"search": "0%"}, ["Acme 50% Labs"]),
        ({"search": "e_x"}, ["The ACME_x House"]),
        ({"search": "%"}, ["Acme 50% Labs"]),
        ({"search": "short/one"}, ["Third"]),
        ({"name": "acme"}, ["Acme 50% Labs"]),
        ({"name": "ACME", "country": "FR"}, []),
        ({"country": "FR"}, ["Third"]),
    ],
)
async def test_searching_takes_every_sign_as_itself(
    world: World, query: dict[str, str], found: list[str]
) -> None:
    somebody = await person(world, "somebody")
    await organisation(somebody, "DE", legal_name="Acme 50% Labs")
    await organisation(somebody, "DE", legal_name="The ACME_x House")
    await organisation(somebody, "FR", legal_name="Third", short_name="Short/one")
    answer = await somebody.get("/organisations", params=query | {"sort": "legal_name"})
    assert [item["legal_name"] for item in answer.json()["items"]] == found


async def test_a_search_that_no_text_can_hold_is_malformed(world: World) -> None:
    somebody = await person(world, "somebody")
    assert (await somebody.get("/organisations", params={"search": "a\x00"})).status_code == 422
