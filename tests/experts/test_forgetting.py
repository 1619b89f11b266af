"""Forgetting an expert: after the time of keeping, by two officers; what was done stays, of nobody."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from app.calls.periods import years_later
from app.core.clock import machine_now
from app.core.db import Base
from app.experts.models import Contract
from app.people.models import Account
from tests.build import person
from tests.conftest import World
from tests.consortia.build import consortium
from tests.evaluation.build import Topic, expert, in_evaluation
from tests.exchange.build import ask, told
from tests.experts.test_after_the_work import certified, released, worked
from tests.experts.test_campaigns import LOAD, link, nobody, sent
from tests.experts.test_conflicts import joined
from tests.experts.test_experts import codes
from tests.experts.test_identities import called, listed
from tests.experts.test_profile import PAPER, PROFILE

pytestmark = pytest.mark.anyio


def test_years_end_on_the_same_day() -> None:
    assert years_later(datetime(2024, 2, 29, 12, tzinfo=UTC), 5) == datetime(2029, 2, 28, 12, tzinfo=UTC)
    assert years_later(datetime(2024, 3, 1, tzinfo=UTC), 4) == datetime(2028, 3, 1, tzinfo=UTC)


async def long_ago(topic: Topic, contract: str, days: int) -> None:
    """The contract ended so many days ago."""
    then = machine_now() - timedelta(days=days)
    async with topic.world.sessions() as session, session.begin():
        here = update(Contract).where(Contract.id == UUID(contract))
        await session.execute(here.values(signed_at=then, ended_at=then, briefed_at=then))


async def anonymised(topic: Topic, key: str) -> dict[str, Any]:
    assert (await topic.office.post(f"/experts/{key}/anonymise")).status_code == 202
    return await topic.second.make(f"/experts/{key}/anonymise")


async def rows_with(world: World, word: str) -> list[str]:
    """The tables in which a word stands, the details of the audit included."""
    found = []
    async with world.sessions() as session:
        for table in Base.metadata.sorted_tables:
            asked = text(f'SELECT count(*) FROM "{table.name}" AS row WHERE row::text ILIKE :word')
            if await session.scalar(asked, {"word": f"%{word}%"}):
                found.append(table.name)
    return found


async def test_nobody_is_forgotten_while_a_contract_runs_or_the_data_are_kept(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    path = f"/experts/{ada.id}/anonymise"
    assert codes(await topic.office.post(path)) == ["contract-runs"]
    await topic.office.make(f"/contracts/{ada.contract}/end")
    assert codes(await topic.office.post(path)) == ["kept"]
    await long_ago(topic, ada.contract, 5 * 365)
    assert codes(await topic.office.post(path)) == ["kept"]
    await long_ago(topic, ada.contract, 5 * 366)
    assert (await topic.office.post(path)).status_code == 202
    assert codes(await topic.office.post(path)) == ["second-officer"]
    assert (await ada.actor.post(path)).status_code == 403


async def test_what_was_done_stays_and_the_name_goes_everywhere(world: World) -> None:
    topic, ada, bob = await worked(world)
    await ada.actor.patch(f"/experts/{ada.id}", PROFILE, 1)
    await ada.actor.make(f"/experts/{ada.id}/list_publications", {"items": [PAPER]})
    async with world.sessions() as session, session.begin():
        account = await session.get_one(Account, ada.actor.id)
        account.name = "Nominata Rara"
    made = await certified(topic, ada)
    await topic.office.make(f"/calls/{topic.call}/expert_name_lists")
    await topic.office.make(f"/contracts/{bob.contract}/end")
    reference = await released(topic)
    assert "Nominata Rara" in (await told(world, f"/calls/{reference}/experts"))["names"]
    assert sorted(await rows_with(world, "Nominata")) == [
        "account",
        "expert_certificate",
        "expert_listed_name",
    ]
    await long_ago(topic, ada.contract, 5 * 366)
    after = await anonymised(topic, ada.id)
    left = [after[name] for name in ("state", "account_id", "gender", "text")]
    assert left == ["anonymised", None, None, ""]
    assert (after["publications"], after["newcomer"]) == ([], False)
    assert (await told(world, f"/calls/{reference}/experts"))["names"] == ["bob"]
    assert (await ask(world, f"/certificates/{made['code']}")).status_code == 404
    for word in ("Nominata", ada.actor.email, "Twenty years", "plaques", PROFILE["orcid"]):
        assert await rows_with(world, word) == []
    assert (await topic.office.get(f"/contracts/{ada.contract}")).json()["state"] == "ended"
    (seat,) = (await topic.office.get("/assignments")).json()["items"]
    assert seat["expert_id"] == ada.id
    assert (await ada.actor.get("/me")).status_code == 401


async def test_what_tied_the_expert_to_others_names_nobody_any_more(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    _, organisation = await joined(topic, legal_name="Institut Rarissime")
    employed = {"organisation_id": str(organisation), "until": "2030-01-01"}
    await ada.actor.make(f"/experts/{ada.id}/employments", employed)
    worked_with = {"person_name": "Nominata Rara", "person_email": "rara@example.org"}
    await ada.actor.make(f"/experts/{ada.id}/collaborations", worked_with)
    await called(topic, ada, "Pia Roux")
    (one,) = await listed(topic)
    settled = {"person_id": one["person_id"], "same": False, "reason": "Nominata says so."}
    await topic.office.make(f"/experts/{ada.id}/identities", settled)
    recorded = {"account_id": str(ada.actor.id), "situation": "D5", "text": "Nominata told us."}
    await topic.office.make(f"/proposals/{topic.proposals[0].id}/conflicts", recorded)
    await topic.office.make(f"/contracts/{ada.contract}/end")
    await long_ago(topic, ada.contract, 5 * 366)
    assert await rows_with(world, "Nominata") != []
    await anonymised(topic, ada.id)
    assert await rows_with(world, "Nominata") == []
    assert await rows_with(world, "rara@example.org") == []
    (conflict,) = (await topic.office.get("/conflicts")).json()["items"]
    assert (conflict["situation"], conflict["account_id"], conflict["expert_id"]) == ("D5", None, ada.id)
    read = (await topic.office.get(f"/conflicts/{conflict['id']}")).json()
    assert read["path"] == ""
    (settled,) = (await topic.office.get("/identities")).json()["items"]
    assert settled["expert_id"] is None
    (place,) = (await topic.office.get("/employments")).json()["items"]
    assert (place["organisation_id"], place["organisation_name"]) == (None, "Somewhere")


async def test_an_account_that_is_needed_elsewhere_stays(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await person(world, "ada")
    key = (await ada.make("/experts/oneself", PROFILE))["id"]
    await consortium(ada, topic.topic_stage)
    await anonymised(topic, key)
    me = (await ada.get("/me")).json()
    assert (me["account"]["name"], me["account"]["state"]) == ("ada", "active")
    assert (await ada.get("/experts")).json()["items"] == []
    again = await ada.make("/experts/oneself", {})
    assert again["id"] != key


async def test_who_is_forgotten_gets_no_contract_and_is_not_edited(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await person(world, "ada")
    key = (await ada.make("/experts/oneself", PROFILE))["id"]
    await anonymised(topic, key)
    offered = await topic.office.post(f"/calls/{topic.call}/contracts", {"expert_id": key, "days": 1})
    assert offered.status_code == 404
    assert (await topic.office.patch(f"/experts/{key}", {"text": "Back."}, 1)).status_code == 409


async def test_an_invitation_forgets_whom_it_invited(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    await sent(topic, csv="email,name\nada@example.org,Nominata\n")
    await nobody(world).make(f"{await link(world, 'ada@example.org')}/accept", LOAD)
    (contract,) = (await topic.office.get("/contracts")).json()["items"]
    await topic.office.make(f"/contracts/{contract['id']}/terminate", {"reason": "No."})
    await anonymised(topic, contract["expert_id"])
    assert [await rows_with(world, word) for word in ("Nominata", "ada@example.org")] == [[], []]
    async with world.sessions() as session:
        accounts = list(await session.scalars(select(Account.name)))
    assert "Somebody" in accounts


async def test_the_database_erases_nothing_of_whoever_is_not_forgotten(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    for name, key in (("expert", ada.id), ("account", str(ada.actor.id))):
        async with world.sessions() as session:
            with pytest.raises(IntegrityError, match="details are erased of"):
                await session.execute(text(f"SELECT erase_details_of_{name}(:key)"), {"key": UUID(key)})
