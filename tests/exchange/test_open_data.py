"""Open data: signed grants alone, in the columns of CORDIS, and never a formula."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from app.consortia.organisations.models import Organisation
from app.exchange.cordis import ORGANIZATION, PROJECT, last_day
from app.exchange.table import line, safe
from tests.conftest import World
from tests.grants.build import prepared, signed

pytestmark = pytest.mark.anyio


def parsed(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


async def files(world: World) -> dict[str, list[dict[str, str]]]:
    found = {}
    async with world.client() as anyone:
        for name in ("projects", "organizations"):
            answer = await anyone.get(f"/v1/open_data/{name}.csv")
            assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
            header, *rows = parsed(answer.text)
            assert tuple(header) == (PROJECT if name == "projects" else ORGANIZATION)
            found[name] = [dict(zip(header, row, strict=True)) for row in rows]
    return found


async def test_a_signed_grant_and_its_organisations(world: World) -> None:
    made = await signed(world)
    async with world.sessions() as session, session.begin():
        await session.execute(update(Organisation).where(Organisation.country == "FR").values(country="GR"))
    found = await files(world)
    (project,) = found["projects"]
    kept = (
        "id",
        "status",
        "startDate",
        "endDate",
        "ecMaxContribution",
        "masterCall",
        "fundingScheme",
        "totalCost",
    )
    call = made.there.made["call"]["reference"]
    assert [project[name] for name in kept] == [
        "101005077", "SIGNED", "2050-05-01", "2052-04-30", "30000000.00", call, "RIA", "",
    ]  # fmt: skip
    told = [(o["projectID"], o["role"], o["country"], o["activityType"]) for o in found["organizations"]]
    assert told == [
        ("101005077", "coordinator", "BE", "REC"),
        ("101005077", "participant", "DE", "REC"),
        ("101005077", "participant", "EL", "REC"),
    ]


async def test_a_grant_in_preparation_is_in_no_file(world: World) -> None:
    await prepared(world)
    assert await files(world) == {"projects": [], "organizations": []}


async def test_a_name_that_is_a_formula_is_only_a_name(world: World) -> None:
    await signed(world)
    named = '=HYPERLINK("http://example.org");\''
    async with world.sessions() as session, session.begin():
        await session.execute(
            update(Organisation).where(Organisation.country == "BE").values(legal_name=named)
        )
    assert (await files(world))["organizations"][0]["name"] == "'" + named


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_no_field_starts_a_formula_and_every_field_comes_back(row: list[str]) -> None:
    (read,) = parsed(line(row))
    assert read == [safe(field) for field in row]
    for field, was in zip(read, row, strict=True):
        assert not field.startswith(("=", "+", "-", "@", "\t", "\r"))
        assert field.removeprefix("'") == was or field == was


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2020, 4, 1), 12, date(2021, 3, 31)),
        (date(2020, 1, 15), 1, date(2020, 2, 14)),
        (date(2020, 1, 31), 1, date(2020, 2, 29)),
        (date(2020, 12, 1), 1, date(2020, 12, 31)),
        (date(9999, 11, 1), 1, date(9999, 11, 30)),
        (date(9999, 12, 1), 120, date(9999, 12, 31)),
    ],
)
def test_thelast_day_of_a_project(start: date, months: int, end: date) -> None:
    assert last_day(start, months) == end
