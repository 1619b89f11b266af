"""The public check of a receipt: it tells what the receipt says, and whether, and nothing of any proposal."""

import pytest

from app.core import receipts
from app.people.desk import desk
from app.people.limits import Limit
from tests.conftest import Counting, World
from tests.people.test_limits import with_limits
from tests.proposals.build import submitted

pytestmark = pytest.mark.anyio
VERIFY = "/v1/public/receipts/verify"


async def test_whoever_holds_a_receipt_learns_whether_it_is_genuine(world: World, counting: Counting) -> None:
    applied = await world.prepared(submitted, countries=("DE", "FR"))
    given = (await applied.lead.get(applied.path)).json()["receipt"]
    async with world.client() as anyone:
        with counting() as sent:
            told = (await anyone.post(VERIFY, json={"receipt": f" {given['receipt']}\n"})).json()
        key = await anyone.get("/v1/public/receipts/key")
    assert (told["genuine"], told["why"], sent) == (True, None, [])
    assert set(told["says"]) == {"iss", "reference", "version", "digest", "received_at"}
    assert (told["says"]["version"], told["says"]["digest"]) == (given["number"], given["digest"])
    assert receipts.read(key.text, given["receipt"]).digest == given["digest"]
    assert "PRIVATE" not in key.text


async def test_a_proposal_that_is_there_and_one_that_is_not_are_told_alike(world: World) -> None:
    """The signature alone is looked at: what it says of is never asked for."""
    applied = await world.prepared(submitted, countries=("DE", "FR"))
    given = (await applied.lead.get(applied.path)).json()["receipt"]
    facts = receipts.read(receipts.public_key(desk().tokens.pem), given["receipt"])
    nowhere = receipts.sign(desk().tokens.pem, facts.model_copy(update={"reference": "NOWHERE-000001"}))
    head, _, tail = given["receipt"].partition(".")
    async with world.client() as anyone:
        answers = [
            (await anyone.post(VERIFY, json={"receipt": r})).json() for r in (given["receipt"], nowhere)
        ]
        broken = (await anyone.post(VERIFY, json={"receipt": f"{head}.A{tail}"})).json()
        wrong = [
            await anyone.post(VERIFY, json=body) for body in ({}, {"receipt": ""}, {"receipt": "x" * 4097})
        ]
    assert [told["genuine"] for told in answers] == [True, True]
    assert (broken["genuine"], broken["says"]) == (False, None)
    assert [answer.status_code for answer in wrong] == [422] * 3


async def test_copied_with_line_breaks_it_is_the_same_receipt(world: World) -> None:
    applied = await submitted(world, countries=("DE",))
    given = (await applied.lead.get(applied.path)).json()["receipt"]["receipt"]
    async with world.client() as anyone:
        answer = await anyone.post(VERIFY, json={"receipt": f"{given[:80]}\n{given[80:]}"})
    assert answer.json()["genuine"] is True


async def test_verifying_is_limited_and_takes_nothing_from_signing_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_limits(monkeypatch, receipts=Limit(2, 60_000), client=Limit(1, 60_000))
    async with world.client() as anyone:
        tries = [await anyone.post(VERIFY, json={"receipt": "none"}) for _ in range(3)]
        signing_in = await anyone.post("/v1/auth/sign_in", json={})
    assert [each.status_code for each in tries] == [200, 200, 429]
    assert 1 <= int(tries[2].headers["Retry-After"]) <= 60
    assert signing_in.status_code == 422
