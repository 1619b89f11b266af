"""Finding an organisation as one types."""

from typing import Any

import pytest
from sqlalchemy import func, select

from app.consortia.organisations.cli import load_into
from app.consortia.organisations.models import Organisation, OrganisationState
from tests.build import Actor, person
from tests.conftest import Counting, World
from tests.consortia.build import organisation

pytestmark = pytest.mark.anyio


async def found(who: Actor, q: str, **more: Any) -> list[str]:
    """The names by which a search finds, best first."""
    answer = await who.get("/organisations/suggestions", params={"q": q} | more)
    assert answer.status_code == 200, answer.text
    return [item["found_by"] for item in answer.json()["items"]]


async def published(world: World) -> Actor:
    """Somebody signed in before a register of all published organisations."""
    async with world.sessions() as session, session.begin():
        assert await load_into(session) == (1034, 0)
    return await person(world, "somebody")


async def test_the_published_organisations_are_found_as_one_types(world: World, counting: Counting) -> None:
    somebody = await published(world)
    oxford = "THE CHANCELLOR, MASTERS AND SCHOLARS OF THE UNIVERSITY OF OXFORD"
    assert (await found(somebody, "pfiz"))[0] == "PFIZER LIMITED"
    assert (await found(somebody, "univ oxf"))[0] == oxford
    assert (await found(somebody, "oxford university"))[0] == oxford
    assert (await found(somebody, "universitiy of oxford"))[0] == oxford
    assert await found(somebody, "karolinksa") == ["KAROLINSKA INSTITUTET"]
    assert await found(somebody, "Hofmann-La Roche") == ["F. HOFFMANN-LA ROCHE AG"]
    assert "UNIVERSITAET zu LUEBECK" in await found(somebody, "Lübeck")
    assert await found(somebody, "999997930") == ["CENTRE NATIONAL DE LA RECHERCHE SCIENTIFIQUE CNRS"]
    with counting() as sent:
        assert len(await found(somebody, "univ")) == 10
    assert len(sent) == 2  # who asks, and the search


async def test_loading_again_registers_none_and_leaves_what_was_corrected(world: World) -> None:
    await published(world)
    async with world.sessions() as session, session.begin():
        theirs = Organisation.pic == "999997930"
        one = (await session.scalars(select(Organisation).where(theirs))).one()
        assert (one.state, one.kind, one.country) == (OrganisationState.REGISTERED, "other", "FR")
        one.legal_name = "Corrected"
    async with world.sessions() as session, session.begin():
        assert await load_into(session) == (0, 1034)
        assert await session.scalar(select(Organisation.legal_name).where(theirs)) == "Corrected"
        assert await session.scalar(select(func.count()).select_from(Organisation)) == 1034


async def test_a_pic_comes_before_a_name_that_before_its_beginning_and_that_before_likeness(
    world: World,
) -> None:
    somebody = await person(world, "somebody")
    for name, pic in (("Lantern", None), ("Lantern Labs", None), ("The Lantern", None), ("Lanternx", None)):
        await organisation(somebody, legal_name=name, pic=pic)
    await organisation(somebody, legal_name="Quite another", pic="123456789")
    await organisation(somebody, legal_name="Works 1234567", pic="999999999")
    assert await found(somebody, "lantern") == ["Lantern", "Lanternx", "Lantern Labs", "The Lantern"]
    assert await found(somebody, "lantenr") == ["Lantern", "Lanternx", "The Lantern", "Lantern Labs"]
    assert await found(somebody, "1234567") == ["Quite another", "Works 1234567"]


async def test_it_is_found_by_its_short_name_and_aliases_and_told_by_which(world: World) -> None:
    somebody = await person(world, "somebody")
    made = await organisation(
        somebody, legal_name="Katholieke Universiteit", short_name="KUL", aliases=["Leuven University"]
    )
    assert (await found(somebody, "kul"), await found(somebody, "leuv")) == (["KUL"], ["Leuven University"])
    office = await person(world, "office", "office")
    path = f"/organisations/{made['id']}"
    renamed = {"aliases": ["Louvain"], "short_name": ""}
    assert (await office.patch(path, renamed, made["version"])).status_code == 200
    assert await found(somebody, "leuv") == []
    assert (await found(somebody, "kul"), await found(somebody, "louvain")) == ([], ["Louvain"])


async def test_a_search_is_bounded_and_may_keep_to_a_country(world: World) -> None:
    somebody = await person(world, "somebody")
    for number in range(12):
        await organisation(somebody, "FR" if number else "DE", legal_name=f"Harbour {number:02}")
    assert len(await found(somebody, "harbour")) == 10
    assert await found(somebody, "harbour", country="DE") == ["Harbour 00"]
    assert await found(somebody, "harbour", most=2) == ["Harbour 00", "Harbour 01"]
    for wrong in ({"most": 21}, {"most": 0}, {"country": "DEU"}, {"q": "x" * 201}, {"q": "a\x00b"}):
        answer = await somebody.get("/organisations/suggestions", params={"q": "harbour"} | wrong)
        assert answer.status_code == 422, wrong


@pytest.mark.parametrize("typed", ["", "h", "%", "%%", "_ _", "' OR 1=1 --x", "{}", "\\\\"])
async def test_signs_are_no_patterns_and_too_little_finds_nothing(world: World, typed: str) -> None:
    somebody = await person(world, "somebody")
    await organisation(somebody, legal_name="Harbour")
    assert await found(somebody, "harb") == ["Harbour"]
    assert await found(somebody, typed) == []


async def test_nobody_searches_without_signing_in(world: World) -> None:
    await organisation(await person(world, "somebody"), legal_name="Harbour")
    async with world.client() as anyone:
        answer = await anyone.get("/v1/organisations/suggestions", params={"q": "harbour"})
    assert answer.status_code == 401
