"""The first people: two, by command; after them nobody without two others."""

import asyncio

import pytest

from app.core.fault import Fault
from app.people.cli import first_office
from tests.conftest import World
from tests.people.given import GOOD

pytestmark = pytest.mark.anyio


async def found(world: World, email: str, name: str = "", second: bool = False) -> None:
    await asyncio.to_thread(first_office, world.settings, world.database, email, name, second)


async def test_two_people_are_appointed_and_no_third(live: World, capsys: pytest.CaptureFixture[str]) -> None:
    await found(live, "first@example.org")
    first, hint = capsys.readouterr().out.splitlines()
    assert hint == "Appointments need two people; add the second with: imi people office ADDRESS --second"
    with pytest.raises(Fault, match=r"^The programme office has its first account\."):
        await found(live, "second@example.org")
    await found(live, "second@example.org", "Sam", True)
    with pytest.raises(Fault, match=r"^Two people were appointed to begin with"):
        await found(live, "third@example.org", "", True)
    async with live.client() as client:
        link = first.split()[-1]
        body = {"link": link, "name": "First", "password": GOOD}
        token = (await client.post("/v1/auth/activate", json=body)).json()["access_token"]
        me = (await client.get("/v1/me", headers={"Authorization": f"Bearer {token}"})).json()
    assert (me["account"]["name"], me["roles"]) == ("First", ["admin", "office"])


async def test_link_may_be_asked_for_again_until_it_is_followed(
    live: World, capsys: pytest.CaptureFixture[str]
) -> None:
    await found(live, "first@example.org")
    await found(live, "FIRST@example.org")
    link = capsys.readouterr().out.splitlines()[-1].split()[-1]
    async with live.client() as client:
        body = {"link": link, "name": "First", "password": GOOD}
        assert (await client.post("/v1/auth/activate", json=body)).status_code == 200
    with pytest.raises(Fault, match=r"^first@example.org is appointed and has a password\.$"):
        await found(live, "first@example.org")
