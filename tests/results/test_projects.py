"""Public pages of projects: signed grants alone, without sign-in."""

from uuid import uuid4

import pytest

from app.grants.models import Grant, GrantState
from tests.conftest import World
from tests.grants.build import prepared, signed

pytestmark = pytest.mark.anyio


async def test_anyone_reads_a_signed_grant_and_nothing_but_what_is_public(world: World) -> None:
    made = await signed(world)
    proposal = made.there.proposals[0]
    word = proposal.reference[2:]
    async with world.client() as anyone:
        found = await anyone.get("/v1/projects/101005077")
        listed = await anyone.get("/v1/projects")
    assert found.json() == {
        "number": "101005077",
        "acronym": f"ACR{word}",
        "title": f"The title {word}",
        "abstract": f"The abstract {word}.",
        "call": made.there.made["call"]["reference"],
        "topic": made.there.made["topic"]["reference"],
        "trail_url": f"/v1/topics/{made.there.made['topic']['id']}/trail",
        "starts_on": "2050-05-01",
        "months": 24,
        "coordinator": {"name": f"Institute 0 {word}", "country": "BE"},
        "partners": [
            {"name": f"Institute 1 {word}", "country": "DE"},
            {"name": f"Institute 2 {word}", "country": "FR"},
        ],
        "amount": {"amount": "30000000.00", "currency": "EUR"},
    }
    assert listed.json() == {"items": [found.json()], "next_page_token": None}


async def test_a_grant_in_preparation_is_not_there_for_anybody(world: World) -> None:
    made = await prepared(world)
    assert (await made.there.office.get(made.path)).status_code == 200
    async with world.client() as anyone:
        hidden, missing = [
            await anyone.get(f"/v1/projects/{number}") for number in ("101005077", "101005078")
        ]
        assert hidden.status_code == missing.status_code == 404
        assert {**hidden.json(), "instance": ""} == {**missing.json(), "instance": ""}
        assert (await anyone.get("/v1/projects")).json() == {"items": [], "next_page_token": None}
    assert (await made.there.office.get("/projects")).json()["items"] == []


async def test_the_list_is_paged_by_number_and_a_foreign_token_is_refused(world: World) -> None:
    made = await signed(world, "1.00", "2.00", "3.00")
    async with world.sessions() as session, session.begin():
        first = await session.get_one(Grant, made.grant["id"])
        facts = {c.key: getattr(first, c.key) for c in Grant.__table__.columns}
        for proposal, number in zip(made.there.proposals[1:], ("101005001", "101005900"), strict=True):
            session.add(Grant(**facts | {"id": uuid4(), "number": number, "proposal_id": proposal.id}))
    numbers, token = [], None
    async with world.client() as anyone:
        for _ in range(3):
            query = {"page_size": 1} | ({"page_token": token} if token else {})
            page = (await anyone.get("/v1/projects", params=query)).json()
            numbers += [item["number"] for item in page["items"]]
            token = page["next_page_token"]
        assert (numbers, token) == (["101005001", "101005077", "101005900"], None)
        assert (await anyone.get("/v1/projects", params={"page_token": "e30"})).status_code == 422
        assert (await anyone.get("/v1/projects", params={"amount": "1"})).status_code == 422
    assert facts["state"] == GrantState.SIGNED
