"""A case before a court or the ombudsman: noted by two officers, read by who is named, nothing forgotten."""

from typing import Any
from uuid import UUID

import pytest

from app.core.clock import machine_now
from app.experts.models import Assignment, AssignmentState, Contract, ContractState, Expert, ExpertState
from tests.build import LONG_AGO, Actor, fresh, person
from tests.conftest import World
from tests.decisions.build import Ranked, ranked, released
from tests.decisions.money import apply
from tests.decisions.redress.build import codes
from tests.walls import is_hidden, is_there

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
    there = await world.prepared(ranked, "1000000.00")
    path = await noted(there)
    assert codes(await there.office.post(f"{path}/confirm")) == ["second-officer"]
    assert (await there.second.make(f"{path}/confirm"))["state"] == "open"
    early = END | {"closed_on": "2021-02-28"}
    assert codes(await there.office.post(f"{path}/close", early)) == ["closed-when"]
    assert (await there.office.post(f"{path}/close", END)).status_code == 202
    closed = await there.second.make(f"{path}/close", END)
    assert (closed["state"], closed["closed_on"]) == ("closed", "2021-09-01")


async def test_a_case_of_tomorrow_is_none(world: World) -> None:
    there = await world.prepared(ranked, "1000000.00")
    key, tomorrow = there.proposals[0].id, machine_now().date().replace(year=2090).isoformat()
    refused = await there.office.post(f"/proposals/{key}/external_cases", CASE | {"lodged_on": tomorrow})
    assert codes(refused) == ["not-yet"]


async def test_who_is_named_reads_the_one_file_while_it_is_open(world: World) -> None:
    there = await world.prepared(ranked, "1000000.00", "2000000.00")
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


async def test_who_ever_applied_notes_none_confirms_none_and_is_named_to_none(world: World) -> None:
    """Also once the results are out, which ends the interest of applicants otherwise."""
    there = await world.prepared(ranked, "1000000.00", "2000000.00")
    await released(there)
    officer, auditor = await person(world, "o", "office"), await person(world, "a", "auditor")
    await apply(world, there, officer)
    await apply(world, there, auditor)
    own, rivals = (f"/proposals/{one.id}" for one in there.proposals)
    for path in (own, rivals):
        await is_there(officer, path)
        assert codes(await officer.post(f"{path}/external_cases", CASE)) == ["has-applied"]
        for who in (there.proposals[0].coordinator, auditor):
            sent = CASE | {"auditor_id": str(who.id)}
            refused = await there.office.post(f"{path}/external_cases", sent)
            assert codes(refused) == ["auditor-has-applied"]
        assert (await auditor.get(f"{path}/file")).status_code == 404
    assert (await there.office.get("/external_cases")).json()["items"] == []
    case = await noted(there)
    for who in (officer, auditor):
        await is_hidden(who, case)
    assert (await officer.post(f"{case}/confirm")).status_code == 404
    await there.second.make(f"{case}/confirm")
    assert (await officer.post(f"{case}/close", END)).status_code == 404


async def test_who_is_named_and_applies_later_reads_the_file_no_more(world: World) -> None:
    there = await world.prepared(ranked, "1000000.00")
    await released(there)
    named = await person(world, "named")
    case = await noted(there, auditor_id=str(named.id))
    await there.second.make(f"{case}/confirm")
    file = f"/proposals/{there.proposals[0].id}"
    for path in (file, f"{file}/file", case):
        await is_there(named, path)
    await apply(world, there, named)
    assert (await named.get(f"{file}/file")).status_code == 404
    assert (await named.get(case)).status_code == 404


async def test_nobody_names_or_confirms_themself_to_a_file(world: World) -> None:
    there = await world.prepared(ranked, "1000000.00")
    path = f"/proposals/{there.proposals[0].id}/external_cases"
    own = await there.office.post(path, CASE | {"auditor_id": str(there.office.id)})
    assert codes(own) == ["names-oneself"]
    nobody = await there.office.post(path, CASE | {"auditor_id": str(UUID(int=7))})
    assert (nobody.status_code, nobody.json()["reasons"][0]["code"]) == (422, "no-such-person")
    case = await noted(there, auditor_id=str(there.second.id))
    assert codes(await there.second.post(f"{case}/confirm")) == ["named-to-it"]
    third = await person(world, "third", "office")
    assert (await third.make(f"{case}/confirm"))["state"] == "open"


async def test_no_applicant_and_no_member_reads_of_it(world: World) -> None:
    there = await world.prepared(ranked, "1000000.00")
    path = await noted(there)
    for actor in (there.proposals[0].coordinator, *there.members):
        assert (await actor.get(path)).status_code == 404
        assert (await actor.get("/external_cases")).json()["items"] == []


async def test_nothing_of_its_experts_is_forgotten_while_it_goes_on(world: World) -> None:
    there = await world.prepared(ranked, "1000000.00")
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
