"""Organisations: registered by anyone, corrected and validated by the office."""

from typing import Any

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
    validated = await office.make(f"/organisations/{made['id']}/validate")
    assert (validated["state"], validated["validated_by_id"]) == ("validated", str(office.id))
    read = (await somebody.get(f"/organisations/{made['id']}")).json()
    assert read["validated_at"] == validated["validated_at"]
    assert {"turnover", "validated_by_id"} & set(read) == set()


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
        ({"search": "ACME", "country": "FR"}, []),
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


FULL = {
    "aliases": ["The Institute"],
    "pic": "999999999",
    "ror": "05DXPS055",
    "vat": "fr 12 345678901",
    "non_profit": True,
    "public_body": True,
    "turnover": "up_to_50m",
    "control_group": "Group",
}


async def test_all_that_is_known_of_it_is_registered_and_its_turnover_is_for_the_office(world: World) -> None:
    office, somebody = await person(world, "office", "office"), await person(world, "somebody")
    made = await organisation(somebody, "FR", **FULL)
    kept = FULL | {"ror": "https://ror.org/05dxps055", "vat": "FR12345678901"}
    assert {name: made.get(name) for name in kept} == kept | {"turnover": None}
    inside = (await office.get(f"/organisations/{made['id']}")).json()
    assert {name: inside[name] for name in kept} == kept


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"pic": "12345678"}, "A participant identification code (PIC) has nine digits."),
        ({"pic": "12345678x"}, "A participant identification code (PIC) has nine digits."),
        ({"ror": "https://ror.org/05dxps056"}, "check digits of this ROR id are wrong"),
        ({"ror": "grid.20861.3d"}, "A ROR id looks like https://ror.org/05dxps055."),
        ({"vat": "!"}, "A VAT number has 4 to 20 letters and digits"),
        ({"country": "UK"}, "The ISO 3166 code of this country is GB."),
        ({"legal_name": " -- "}, "A name has at least one letter or digit."),
        ({"aliases": ["Good", "*"]}, "A name has at least one letter or digit."),
        ({"aliases": ["Name"] * 11}, "at most 10 items"),
        ({"legal_name": "x" * 201}, "at most 200 characters"),
        ({"legal_name": "a\x00b"}, "A text holds a NUL character."),
        ({"kind": "club"}, "Input should be"),
        ({"turnover": "12"}, "Input should be"),
        ({"non_profit": "yes"}, "valid boolean"),
        ({"industry_member": "constituent"}, "Extra inputs are not permitted"),
        ({"state": "validated"}, "Extra inputs are not permitted"),
        ({"validated_by_id": None}, "Extra inputs are not permitted"),
    ],
)
async def test_what_is_wrong_is_told_in_a_sentence_and_nothing_is_kept(
    world: World, wrong: dict[str, Any], told: str
) -> None:
    somebody = await person(world, "somebody")
    given = {"legal_name": "Institute", "country": "DE", "kind": "sme"} | wrong
    refused = await somebody.post("/organisations", given)
    assert refused.status_code == 422
    assert [told in reason["text"] for reason in refused.json()["reasons"]] == [True]
    assert (await somebody.get("/organisations")).json()["items"] == []


async def test_what_was_validated_is_corrected_once_the_validation_is_taken_back(world: World) -> None:
    office = await person(world, "office", "office")
    made = await organisation(office, "FR", pic="999999999")
    path = f"/organisations/{made['id']}"
    await office.make(f"{path}/validate")
    refused = await office.patch(path, {"pic": "888888888", "country": "FR", "kind": "sme"}, 1)
    assert refused.status_code == 409
    assert [(r["code"], r["path"]) for r in refused.json()["reasons"]] == [
        ("was-validated", "/body/kind"),
        ("was-validated", "/body/pic"),
    ]
    assert (await office.patch(path, {"short_name": "I", "aliases": ["Inst"]}, 1)).status_code == 200
    assert (await office.post(f"{path}/reopen", {"reason": ""})).status_code == 422
    reopened = await office.make(f"{path}/reopen", {"reason": "It has another code."})
    assert (reopened["state"], reopened["validated_at"]) == ("registered", None)
    assert (await office.patch(path, {"pic": "888888888"}, 2)).status_code == 200


async def test_of_one_pic_one_organisation_is_validated(world: World) -> None:
    office = await person(world, "office", "office")
    first, second = [await organisation(office, pic="999999999") for _ in range(2)]
    await office.make(f"/organisations/{first['id']}/validate")
    refused = await office.post(f"/organisations/{second['id']}/validate")
    assert refused.status_code == 409
    assert [r["code"] for r in refused.json()["reasons"]] == ["uq-organisation-one-validated-per-pic"]


async def test_the_office_says_who_is_a_member_of_the_industry_side_and_since_when(world: World) -> None:
    office = await person(world, "office", "office")
    made = await organisation(office, pic="999999999")
    path = f"/organisations/{made['id']}"
    await office.make(f"{path}/validate")
    for wrong, code in (
        ({"industry_member_since": "2020-01-01"}, "no-member"),
        ({"industry_member": "affiliated", "industry_member_since": "2090-01-01"}, "in-the-future"),
    ):
        refused = await office.patch(path, wrong, 1)
        assert (refused.status_code, refused.json()["reasons"][0]["code"]) == (409, code)
    for wrong in (
        {"industry_member": "friend"},
        {"industry_member_since": 20},
        {"industry_member_since": "x"},
    ):
        assert (await office.patch(path, wrong, 1)).status_code == 422
    member = {"industry_member": "affiliated", "industry_member_since": "2020-01-01"}
    assert (await office.patch(path, member, 1)).status_code == 200
    assert (await office.patch(path, {"industry_member": None}, 2)).status_code == 409
    somebody = await person(world, "somebody")
    read = (await somebody.get(path)).json()
    assert {name: read[name] for name in member} == member
    assert (await office.patch(path, dict.fromkeys(member), 2)).status_code == 200


async def test_nobody_but_the_office_corrects_or_validates(world: World) -> None:
    somebody = await person(world, "somebody")
    made = await organisation(somebody)
    path = f"/organisations/{made['id']}"
    for role in ((), ("signatory",), ("admin",), ("auditor",), ("observer",)):
        other = await person(world, "other", *role)
        answers = [
            await other.patch(path, {"short_name": "X"}, 1),
            await other.post(f"{path}/validate"),
            await other.post(f"{path}/reopen", {"reason": "R."}),
        ]
        assert [a.status_code for a in answers] == [403, 403, 403], role
    assert (await somebody.patch(path, {"short_name": "X"}, 1)).status_code == 403
    async with world.client() as anyone:
        given = {"legal_name": "Institute", "country": "DE", "kind": "sme"}
        assert (await anyone.post("/v1/organisations", json=given)).status_code == 401
    assert (await somebody.get(path)).json()["short_name"] == ""


async def test_an_edit_needs_the_version_that_was_read(world: World) -> None:
    office = await person(world, "office", "office")
    made = await organisation(office)
    path = f"/organisations/{made['id']}"
    assert (await office.patch(path, {"short_name": "A"}, 1)).status_code == 200
    stale = await office.patch(path, {"short_name": "B"}, 1)
    assert (stale.status_code, stale.json()["current"]["short_name"]) == (412, "A")
