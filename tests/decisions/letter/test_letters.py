"""Letters as they are kept, sent and opened, through the API."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from app.consortia.models import Partner
from app.core import letters, receipts
from app.core.outbox import Mail
from app.decisions.letter.models import Letter
from app.people.desk import desk
from app.proposals.models import ProposalState
from tests.build import Actor, person
from tests.conftest import World
from tests.consortia.build import give_part
from tests.decisions.build import Ranked, decided, proposal, ranked, released
from tests.decisions.money import apply
from tests.walls import is_hidden

pytestmark = pytest.mark.anyio
SENT = datetime(2021, 3, 1, 12, tzinfo=UTC)


async def sent(world: World) -> None:
    """Every mail has left at noon of 1 March 2021."""
    async with world.sessions() as session, session.begin():
        await session.execute(update(Mail).values(sent_at=SENT))


async def of(actor: Actor) -> list[dict[str, Any]]:
    return list((await actor.get("/letters")).json()["items"])


async def read(actor: Actor, key: str) -> dict[str, Any]:
    answer = await actor.get(f"/letters/{key}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def deputy_of(world: World, there: Ranked, number: int) -> Actor:
    """A further contact of the coordinator."""
    found = await person(world, "deputy")
    async with world.sessions() as session:
        here = Partner.consortium_id == there.proposals[number].consortium_id
        key = await session.scalar(select(Partner.id).where(here, Partner.coordinates))
    await give_part(world, str(key), found, "deputy_contact")
    return found


async def test_every_outcome_and_finding_is_a_letter_signed_and_never_changed(world: World) -> None:
    there = await ranked(world, "30000000.00", "20000000.00", below=("1.00",))
    out = await proposal(world, there.made, "1.00", await person(world, "out"), ProposalState.INELIGIBLE)
    assert await of(there.office) == []
    await released(there)
    kinds = {one["proposal_id"]: one["kind"] for one in await of(there.office)}
    names = [str(one.id) for one in (*there.proposals, out)]
    assert kinds == dict(zip(names, ("outcome", "reserve", "outcome", "finding"), strict=True))
    for listed in await of(there.office):
        whole = await read(there.office, listed["id"])
        assert whole["digest"] == letters.digest_of(whole["subject"], whole["text"])
        said = letters.read(receipts.public_key(desk().tokens.pem), whole["signature"])
        assert (said.digest, said.kind) == (whole["digest"], whole["kind"])
        with pytest.raises(receipts.NotGenuine):
            receipts.read(receipts.public_key(desk().tokens.pem), whole["signature"])
    async with world.sessions() as session:
        with pytest.raises(DBAPIError, match="never changed"):
            await session.execute(update(Letter).values(text="Another."))


async def test_its_signed_form_is_for_whoever_reads_it_and_is_verified_without_us(world: World) -> None:
    """To take it is to open it, as to read it is; nobody else is told that there is a letter."""
    there = await world.prepared(ranked, "30000000.00", "20000000.00")
    await released(there)
    first, second = there.proposals
    (mine,) = await of(second.coordinator)
    path, public = f"/letters/{mine['id']}/signed", receipts.public_key(desk().tokens.pem)
    auditor = await person(world, "auditor", "auditor")
    for staff in (there.office, auditor):
        letters.verified(public, (await staff.get(path)).text)
    assert (await read(there.office, mine["id"]))["state"] == "sent"
    taken = await second.coordinator.get(path)
    assert (taken.status_code, taken.headers["content-type"]) == (200, "application/json")
    letter, facts = letters.verified(public, taken.text)
    whole = await read(there.office, mine["id"])
    assert (letter.subject, letter.text) == (whole["subject"], whole["text"])
    assert facts.digest == whole["digest"]
    assert (whole["state"], len(whole["openings"])) == ("opened", 1)
    for stranger in (first.coordinator, await person(world, "stranger"), *there.members):
        await is_hidden(stranger, path)
    async with world.client() as anyone:
        hidden = [await anyone.get(f"/v1/letters/{mine['id']}{more}") for more in ("", "/signed")]
        assert [one.status_code for one in hidden] == [404, 404]
        published = await anyone.get("/v1/public/receipts/key")
    assert published.text == public


async def test_reading_it_is_opening_it_and_starts_the_period(world: World) -> None:
    there = await world.prepared(ranked, "30000000.00", "20000000.00")
    await released(there)
    await sent(world)
    _, second = there.proposals
    deputy = await deputy_of(world, there, 1)
    (mine,) = await of(second.coordinator)
    as_office = await read(there.office, mine["id"])
    assert (as_office["state"], as_office["openings"]) == ("sent", [])
    assert (as_office["received_on"], as_office["last_day"]) == ("2021-03-11", "2021-04-12")
    proposal_ = f"/proposals/{second.id}"
    assert (await second.coordinator.get(proposal_)).json()["review_until"] == "2021-04-12"
    assert (await read(there.office, mine["id"]))["openings"] == []
    async with world.sessions() as session, session.begin():
        await session.execute(update(Mail).values(sent_at=datetime(2090, 3, 1, 12, tzinfo=UTC)))
    opened = await read(second.coordinator, mine["id"])
    assert (opened["state"], opened["received_on"]) == ("opened", opened["opened_at"][:10])
    assert {"copies", "openings"} & set(opened) == set()
    assert (await read(second.coordinator, mine["id"])) == opened
    await read(deputy, mine["id"])
    by = [one["account_id"] for one in (await read(there.office, mine["id"]))["openings"]]
    assert by == [str(second.coordinator.id), str(deputy.id)]
    assert (await read(there.office, mine["id"]))["opened_at"] == opened["opened_at"]


async def test_the_selected_have_nothing_to_be_reviewed(world: World) -> None:
    there = await world.prepared(ranked, "30000000.00")
    await released(there)
    (mine,) = await of(there.proposals[0].coordinator)
    assert (await read(there.proposals[0].coordinator, mine["id"]))["last_day"] is None


async def test_no_other_reads_it_neither_partner_nor_rival(world: World) -> None:
    there = await world.prepared(ranked, "30000000.00", "20000000.00")
    partner, signatory = await person(world, "partner"), await person(world, "s", "signatory")
    await apply(world, there, partner)
    auditor = await person(world, "a", "auditor")
    await released(there)
    first, second = there.proposals
    (mine,) = await of(first.coordinator)
    assert (await partner.get(f"/proposals/{first.id}")).json()["state"] == "selected"
    for actor in (partner, signatory, second.coordinator, *there.members):
        assert (await actor.get(f"/letters/{mine['id']}")).status_code == 404
        assert mine["id"] not in {one["id"] for one in await of(actor)}
    assert (await read(auditor, mine["id"]))["openings"] == []


async def test_before_the_release_there_is_none_and_no_date(world: World) -> None:
    there = await ranked(world, "30000000.00", below=("1.00",))
    await decided(there)
    weak = there.proposals[1]
    assert await of(there.office) == []
    assert (await weak.coordinator.get(f"/proposals/{weak.id}")).json()["review_until"] is None


async def test_each_copy_is_one_mail_of_the_outbox(world: World) -> None:
    there = await world.prepared(ranked, "30000000.00")
    deputy = await deputy_of(world, there, 0)
    await released(there)
    (mine,) = await of(there.office)
    whole = await read(there.office, mine["id"])
    people = sorted((there.proposals[0].coordinator.email, deputy.email))
    assert sorted(one["recipient"] for one in whole["copies"]) == people
    async with world.sessions() as session:
        found = await session.scalars(select(Mail.text).where(Mail.entity_id == UUID(mine["proposal_id"])))
        assert {whole["text"]} == set(found.all())
        assert await session.scalar(text("SELECT count(*) FROM letter")) == 1
