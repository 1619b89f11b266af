"""A case before a court or the ombudsman: noted by two officers, read by who is named, nothing forgotten."""

from typing import Any
from uuid import UUID

import pytest

from app.core.clock import machine_now
from app.experts.models import Assignment, AssignmentState, Contract, ContractState, Expert, ExpertState
from tests.build import LONG_AGO, Actor, fresh, person
from tests.conftest import World
from tests.decisions.build import Ranked, ranked, released
from tests.decisions.redress.build import codes

pytestmark = pytest.mark.anyio
CASE = {"forum": "court", "reference": "T-1/21", "lodged_on": "2021-03-01"}
END = {"closed_on": "2021-09-01", "reason": "The action was dismissed."}


async def noted(there: Ranked, **more: Any) -> str:
    key = there.proposals[0].id
    made = await there.office.make(f"/proposals/{key}/external_cases", CASE | more)
    return f"/external_cases/{made['id']}"


async def expert_on(world: World, there: Ranked) -> tuple[Actor, str]:
    """An expert who sat on the first proposal; the contract ended long ago."""
    who = await person(world, "expert")
    async with world.sessions() as session, session.begin():
        expert = fresh(Expert, ExpertState.ACTIVE, account_id=who.id)
        over = {"signed_at": LONG_AGO, "briefed_at": LONG_AGO, "ended_at": LONG_AGO, "days": 5}
        call = UUID(there.made["call"]["id"])
        contract = fresh(Contract, ContractState.ENDED, expert=expert, call_id=call, **over)
        seat = fresh(Assignment, AssignmentState.REPORTED, expert=expert, contract=contract, label="Expert A")
        seat.proposal_id, seat.topic_id = there.proposals[0].id, UUID(there.made["topic"]["id"])
        seat.declared_at = LONG_AGO
        session.add(seat)
    return who, str(expert.id)


async def test_two_officers_open_it_and_two_close_it(world: World) -> None:
    there = await ranked(world, "1000000.00")
    path = await noted(there)
    assert codes(await there.office.post(f"{path}/confirm")) == ["second-officer"]
    assert (await there.second.make(f"{path}/confirm"))["state"] == "open"
    early = END | {"closed_on": "2021-02-28"}
    assert codes(await there.office.post(f"{path}/close", early)) == ["closed-when"]
    assert (await there.office.post(f"{path}/close", END)).status_code == 202
    closed = await there.second.make(f"{path}/close", END)
    assert (closed["state"], closed["closed_on"]) == ("closed", "2021-09-01")


async def test_a_case_of_tomorrow_is_none(world: World) -> None:
    there = await ranked(world, "1000000.00")
    key, tomorrow = there.proposals[0].id, machine_now().date().replace(year=2090).isoformat()
    refused = await there.office.post(f"/proposals/{key}/external_cases", CASE | {"lodged_on": tomorrow})
    assert codes(refused) == ["not-yet"]


async def test_who_is_named_reads_the_one_file_while_it_is_open(world: World) -> None:
    there = await ranked(world, "1000000.00", "2000000.00")
    await released(there)
    named = await person(world, "named")
    first, second = (f"/proposals/{one.id}" for one in there.proposals)
    path = await noted(there, auditor_id=str(named.id))
    assert [(await named.get(one)).status_code for one in (path, first)] == [404, 404]
    await there.second.make(f"{path}/confirm")
    read = await named.get(first)
    assert (read.status_code, read.json()["reference"]) == (200, there.proposals[0].reference)
    assert [(await named.get(one)).status_code for one in (path, second)] == [200, 404]
    assert [one["id"] for one in (await named.get("/proposals")).json()["items"]] == [
        str(there.proposals[0].id)
    ]
    await there.office.post(f"{path}/close", END)
    await there.second.make(f"{path}/close", END)
    assert [(await named.get(one)).status_code for one in (path, first)] == [404, 404]


async def test_no_applicant_and_no_member_reads_of_it(world: World) -> None:
    there = await ranked(world, "1000000.00")
    path = await noted(there)
    for actor in (there.proposals[0].coordinator, *there.members):
        assert (await actor.get(path)).status_code == 404
        assert (await actor.get("/external_cases")).json()["items"] == []


async def test_nothing_of_its_experts_is_forgotten_while_it_goes_on(world: World) -> None:
    there = await ranked(world, "1000000.00")
    await released(there)
    _, key = await expert_on(world, there)
    path = await noted(there)
    act = f"/experts/{key}/anonymise"
    first = await there.office.post(act)
    refused = await there.second.post(act) if first.status_code == 202 else first
    assert codes(refused) == ["case-open"]
    assert (await there.office.get(f"/experts/{key}")).json()["state"] == "active"
    await there.second.make(f"{path}/confirm")
    await there.office.post(f"{path}/close", END)
    await there.second.make(f"{path}/close", END)
    again = await there.second.post(act)
    assert again.status_code in (200, 204), again.text
