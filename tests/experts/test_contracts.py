"""Contracts: signed with a load, the briefing acknowledged, suspended and ended, access with them."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.calls.models import Call, CallState
from app.core.outbox import Mail
from tests.conftest import World
from tests.evaluation.build import BRIEFED, SIGNED, Expert, Topic, expert, in_evaluation, seated, signed
from tests.evaluation.hidden import same_as_missing
from tests.experts.test_experts import codes

pytestmark = pytest.mark.anyio
BECAUSE = {"reason": "An inquiry."}


async def test_a_contract_shows_what_is_to_be_signed_and_keeps_what_was(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada", signs=False)
    path = f"/contracts/{ada.contract}"
    offered = (await ada.actor.get(path)).json()
    assert offered["terms"]["code_of_conduct"]["text"].startswith("I work alone")
    await signed(ada)
    read = (await ada.actor.get(path)).json()
    kept = {name: read[name] for name in ("least", "most", "code_of_conduct", "briefing", "place")}
    assert kept == {"least": 1, "most": 8, "code_of_conduct": "1", "briefing": "1", "place": "remote"}
    assert None not in (read["signed_at"], read["briefed_at"])


@pytest.mark.parametrize("version", ["2", None])
async def test_another_version_is_neither_signed_nor_acknowledged(world: World, version: str | None) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada", signs=False)
    path = f"/contracts/{ada.contract}"
    refused = await ada.actor.post(f"{path}/sign", SIGNED | {"code_of_conduct": version})
    assert codes(refused) == ["other-version"]
    await ada.actor.make(f"{path}/sign", SIGNED)
    assert codes(await ada.actor.post(f"{path}/acknowledge_briefing", {"briefing": version})) == [
        "other-version"
    ]
    await ada.actor.make(f"{path}/acknowledge_briefing", BRIEFED)
    assert codes(await ada.actor.post(f"{path}/acknowledge_briefing", BRIEFED)) == ["acknowledged"]


@pytest.mark.parametrize("load", [{"least": 3, "most": 2}, {"least": 0, "most": 2}, {"least": 1}])
async def test_a_load_that_is_no_range_is_refused(world: World, load: dict[str, Any]) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada", signs=False)
    given = {"code_of_conduct": "1"} | load
    assert (await ada.actor.post(f"/contracts/{ada.contract}/sign", given)).status_code == 422


async def test_a_load_may_be_corrected_by_the_expert_alone(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    path, load = f"/contracts/{ada.contract}/change_load", {"least": 2, "most": 4}
    assert (await ada.actor.make(path, load))["most"] == 4
    assert (await topic.office.post(path, load)).status_code == 403


async def test_who_declines_says_why_and_may_be_offered_another(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada", signs=False)
    declined = await ada.actor.make(f"/contracts/{ada.contract}/decline", {"reason": "No time."})
    assert declined["state"] == "declined"
    offered = {"expert_id": ada.id, "days": 2, "place": "central"}
    again = await topic.office.make(f"/calls/{topic.call}/contracts", offered)
    assert (again["state"], again["place"]) == ("offered", "central")


@pytest.mark.parametrize("state", CallState)
async def test_contracts_are_offered_from_the_publication_on_also_for_a_review_after_the_end(
    world: World, state: CallState
) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada", signs=False)
    await ada.actor.make(f"/contracts/{ada.contract}/decline", {"reason": "No time."})
    async with world.sessions() as session, session.begin():
        await session.execute(update(Call).where(Call.id == UUID(topic.call)).values(state=state))
    answer = await topic.office.post(f"/calls/{topic.call}/contracts", {"expert_id": ada.id, "days": 2})
    if state in (CallState.PUBLISHED, CallState.RUNNING, CallState.COMPLETED):
        assert answer.status_code == 201, answer.text
    else:
        assert codes(answer) == ["call-not-published"]


async def _sees(topic: Topic, who: Expert, seat: str) -> list[int]:
    paths = (f"/proposals/{topic.proposals[0].id}", f"/assignments/{seat}", f"/assignments/{seat}/card")
    return [(await who.actor.get(path)).status_code for path in paths]


async def _mails(world: World, who: Expert) -> list[str]:
    async with world.sessions() as session:
        wanted = select(Mail.subject).where(Mail.recipient == who.actor.email).order_by(Mail.written_at)
        return list(await session.scalars(wanted))


async def test_suspension_cuts_access_at_once_and_its_end_gives_it_back(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada, bob = await expert(topic, "ada"), await expert(topic, "bob")
    seat = await seated(topic, ada, topic.proposals[0])
    report = (await ada.actor.make(f"/assignments/{seat}/reports"))["id"]
    assert await _sees(topic, ada, seat) == [200] * 3
    path = f"/contracts/{ada.contract}"
    await topic.office.make(f"{path}/suspend", BECAUSE)
    assert await _sees(topic, ada, seat) == [404] * 3
    assert await same_as_missing(ada.actor, f"/reports/{report}")
    assert (await ada.actor.get("/me")).json()["roles"] == []
    assert (await ada.actor.get("/proposals")).json()["items"] == []
    assert (await ada.actor.post(f"{path}/resume", BECAUSE)).status_code == 403
    await topic.office.make(f"{path}/resume", BECAUSE)
    assert await _sees(topic, ada, seat) == [200] * 3
    told = [subject.rsplit(" is ", 1)[1] for subject in await _mails(world, ada) if " is " in subject]
    assert told == ["suspended", "in force again"]
    assert await _mails(world, bob) == []


@pytest.mark.parametrize("suspended", [False, True])
async def test_termination_cuts_access_for_good(world: World, suspended: bool) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    seat = await seated(topic, ada, topic.proposals[0])
    path = f"/contracts/{ada.contract}"
    if suspended:
        await topic.office.make(f"{path}/suspend", BECAUSE)
    ended = await topic.office.make(f"{path}/terminate", BECAUSE)
    assert (ended["state"], ended["ended_at"] is None) == ("terminated", False)
    assert await _sees(topic, ada, seat) == [404] * 3
    assert (await topic.office.post(f"{path}/resume", BECAUSE)).status_code == 409


async def test_nobody_is_seated_under_a_contract_that_is_suspended(world: World) -> None:
    topic = await world.prepared(in_evaluation)
    ada = await expert(topic, "ada")
    await topic.office.make(f"/contracts/{ada.contract}/suspend", BECAUSE)
    asked = {"proposal_id": topic.proposals[0].id}
    assert codes(await topic.office.post(f"/contracts/{ada.contract}/assignments", asked)) == ["no-contract"]
    again = await topic.office.post(f"/calls/{topic.call}/contracts", {"expert_id": ada.id, "days": 2})
    assert codes(again) == ["uq-expert-contract-once-per-call"]
