"""Organisations that may be the same are pointed out, and nothing follows from it."""

from typing import Any

import pytest

from tests.build import person
from tests.conftest import Counting, World
from tests.consortia.build import organisation

pytestmark = pytest.mark.anyio
ROR = "https://ror.org/05dxps055"


def told(read: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(one["legal_name"], one["because"]) for one in read["duplicates"]]


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        pytest.param({"pic": "999999999"}, {"pic": "999999999"}, "same_pic", id="pic"),
        pytest.param({"ror": ROR}, {"ror": "05DXPS055"}, "same_ror", id="ror"),
        pytest.param({"vat": "BE0123456789"}, {"vat": "BE 0123.456.789"}, "same_vat", id="vat"),
    ],
)
async def test_the_same_code_is_told_to_who_registers_and_to_who_reads(
    world: World, first: dict[str, Any], second: dict[str, Any], why: str
) -> None:
    ann, eve = await person(world, "ann"), await person(world, "eve")
    made = await organisation(ann, "DE", legal_name="Harbour", **first)
    assert made["duplicates"] == []
    again = await organisation(eve, "FR", legal_name="Quite another", **second)
    assert told(again) == [("Harbour", [why])]
    assert told((await ann.get(f"/organisations/{made['id']}")).json()) == [("Quite another", [why])]


async def test_nearly_the_same_name_is_told_in_the_same_country_alone(world: World) -> None:
    ann = await person(world, "ann")
    await organisation(ann, "DE", legal_name="Technische Universität München", aliases=["Isar School"])
    near = await organisation(ann, "DE", legal_name="TECHNISCHE UNIVERSITAET MUENCHEN")
    assert told(near) == [("Technische Universität München", ["similar_name"])]
    alias = await organisation(ann, "DE", legal_name="Isar Schools")
    assert told(alias) == [("Technische Universität München", ["similar_name"])]
    assert told(await organisation(ann, "AT", legal_name="Technische Universität München")) == []
    assert told(await organisation(ann, "DE", legal_name="Technische Universität Dresden")) == []


async def test_every_reason_is_told_those_with_a_code_first(world: World) -> None:
    ann = await person(world, "ann")
    await organisation(ann, "DE", legal_name="Harbour Institute")
    await organisation(ann, "FR", legal_name="Other", vat="DE123456789")
    both = {"legal_name": "Harbour Institut", "pic": "999999999", "vat": "DE123456789"}
    await organisation(ann, "DE", **both)
    read = await organisation(ann, "DE", **both)
    found = told(read)
    assert sorted(found[:2]) == [
        ("Harbour Institut", ["same_pic", "same_vat", "similar_name"]),
        ("Other", ["same_vat"]),
    ]
    assert found[2:] == [("Harbour Institute", ["similar_name"])]


async def test_at_most_ten_are_told_in_as_many_statements_as_none(world: World, counting: Counting) -> None:
    ann = await person(world, "ann")
    costs = []
    for number in range(12):
        made = await organisation(ann, "DE", legal_name="Harbour", pic="999999999")
        with counting() as sent:
            read = (await ann.get(f"/organisations/{made['id']}")).json()
        assert len(read["duplicates"]) == min(number, 10)
        costs.append(len(sent))
    assert set(costs) == {5}  # who asks, the organisation, its names, those merged into it, those like it
