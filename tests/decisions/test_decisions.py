"""From the closed list to the decision under embargo, through the API."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from app.calls.models import TopicStage, TopicStageState
from app.committee.models import Mandate
from app.consortia.models import Partner, Person
from app.core.clock import machine_now
from app.core.outbox import Mail
from app.evaluation.ethics.models import EthicsScreening, EthicsState
from app.evaluation.panel.models import Panel, Place
from app.proposals.models import Proposal, ProposalState
from tests.build import adopted_topic, fresh, person
from tests.conftest import World
from tests.decisions.build import decided, motion_on, proposal, ranked, release_by, released
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio


async def test_the_vote_draws_the_line_and_keeps_it_under_embargo(world: World) -> None:
    there = await ranked(world, "30000000.00", "20000000.00", "1000000.00", below=("1.00",))
    decision = await decided(there)
    assert decision["state"] == "adopted"
    lines = [(line["reference"], line["rank"], line["outcome"], line["reason"]) for line in decision["lines"]]
    names = [one.reference for one in there.proposals]
    assert lines == [
        (names[0], 1, "selected", None),
        (names[1], 2, "reserve", "INSUFFICIENT_BUDGET"),
        (names[2], 3, "reserve", "INSUFFICIENT_BUDGET"),
        (names[3], None, "rejected", "BELOW_CRITERION_THRESHOLD"),
    ]
    part = (await there.office.get(f"/topic_stages/{there.topic_stage}")).json()
    assert part["state"] == "decided"


async def test_what_ethics_stands_against_keeps_its_rank_and_takes_no_money(world: World) -> None:
    """X-03: the next one on the list has it."""
    there = await ranked(world, "30000000.00", "20000000.00")
    first, second = there.proposals
    async with world.sessions() as session, session.begin():
        found = fresh(
            EthicsScreening, EthicsState.NOT_CLEARED, proposal_id=first.id, concluded_at=machine_now()
        )
        panel = (await session.scalars(select(Panel))).one()
        found.panel_id, found.topic_id, found.consortium_id = panel.id, panel.topic_id, first.consortium_id
        found.refused_for = "Animals would suffer more than the aim is worth."
        session.add(found)
    lines = (await decided(there))["lines"]
    assert [(line["reference"], line["rank"], line["outcome"], line["reason"]) for line in lines] == [
        (first.reference, 1, "rejected", "ETHICS"),
        (second.reference, 2, "selected", None),
    ]


async def test_members_see_the_ranked_lines_and_only_the_number_below(world: World) -> None:
    there = await ranked(world, "30000000.00", below=("1.00", "2.00"))
    decision = await decided(there)
    assert len(decision["lines"]) == 3
    seen = (await there.members[1].get(f"/decisions/{decision['id']}")).json()
    assert [line["reference"] for line in seen["lines"]] == [there.proposals[0].reference]
    assert seen["below"] == 2
    assert there.proposals[1].reference not in str(seen)


async def test_before_release_a_decision_is_not_there_for_anybody_else(world: World) -> None:
    there = await world.prepared(ranked, "30000000.00")
    decision = await decided(there)
    assert (await there.office.get("/decisions")).json()["items"][0]["id"] == decision["id"]
    others = [
        await person(world, name, *roles)
        for name, roles in (("x", ()), ("a", ("admin",)), ("o", ("observer",)))
    ]
    for actor in (*others, there.proposals[0].coordinator):
        assert (await actor.get(f"/decisions/{decision['id']}")).status_code == 404
        assert (await actor.get("/decisions")).json()["items"] == []
    async with world.client() as anyone:
        assert (await anyone.get(f"/v1/decisions/{decision['id']}")).status_code == 404


async def test_whose_mandate_has_ended_reads_no_decision_under_embargo(world: World) -> None:
    there = await world.prepared(ranked, "30000000.00")
    path = f"/decisions/{(await decided(there))['id']}"
    bob = there.members[1]
    await is_there(bob, path)
    async with world.sessions() as session, session.begin():
        mine = update(Mandate).where(Mandate.account_id == bob.id)
        await session.execute(mine.values(ends_at=machine_now()))
    await is_hidden(bob, path)
    await is_there(there.members[0], path)


async def test_a_motion_on_a_list_needs_a_closed_panel(world: World) -> None:
    there = await world.prepared(ranked, "1.00")
    await decided(there)
    with pytest.raises(AssertionError, match="no-closed-list"):
        await motion_on(there)


async def mails(world: World, kind: str) -> list[tuple[str, str]]:
    async with world.sessions() as session:
        found = await session.execute(select(Mail.recipient, Mail.text).where(Mail.kind == kind))
        return sorted((to, text) for to, text in found)


async def test_a_vote_on_a_list_that_can_be_decided_is_not_adjourned(world: World) -> None:
    there = await ranked(world, "1000000.00")
    motion = f"/motions/{(await motion_on(there))['id']}"
    await there.office.make(f"{motion}/put_to_vote")
    for member in there.members:
        await member.make(f"{motion}/vote", {"choice": "no"})
    refused = await there.office.post(f"{motion}/adjourn", {"reason": "No."})
    assert [reason["code"] for reason in refused.json()["reasons"]] == ["can-be-decided"]


async def test_release_sets_every_outcome_closes_the_call_and_writes_one_letter_each(world: World) -> None:
    there = await ranked(world, "30000000.00", "20000000.00", below=("1.00",))
    who = await person(world, "ineligible")
    out = await proposal(world, there.made, "1.00", who, ProposalState.INELIGIBLE)
    decision = await released(there)
    assert decision["state"] == "released"
    everyone = [*there.proposals, out]
    async with world.sessions() as session:
        rows = await session.execute(
            select(Proposal.id, Proposal.state, Proposal.reason, Proposal.released_at)
        )
        found = {row.id: row for row in rows}
    assert [(str(found[p.id].state), found[p.id].reason) for p in everyone] == [
        ("selected", None),
        ("reserve", "INSUFFICIENT_BUDGET"),
        ("rejected", "BELOW_CRITERION_THRESHOLD"),
        ("ineligible", "INELIGIBLE"),
    ]
    assert {found[p.id].released_at.isoformat() for p in everyone} == {
        datetime.fromisoformat(decision["released_at"]).isoformat()
    }
    places = ("topic_stages", "topics", "stages", "calls")
    keys = [there.made[name]["id"] for name in ("topic_stage", "topic", "stage", "call")]
    states = [
        (await there.office.get(f"/{place}/{key}")).json()["state"]
        for place, key in zip(places, keys, strict=True)
    ]
    assert states == ["released", "closed", "completed", "completed"]
    letters = await mails(world, "outcome")
    assert [to for to, _ in letters] == sorted(p.coordinator.email for p in everyone)
    by_address = dict(letters)
    for mine in everyone:
        mentioned = [p.reference for p in everyone if p.reference in by_address[mine.coordinator.email]]
        assert mentioned == [mine.reference]


async def test_one_officer_alone_cannot_release_and_nobody_twice(world: World) -> None:
    there = await world.prepared(ranked, "1.00")
    path = f"/decisions/{(await decided(there))['id']}"
    key = path.rsplit("/", 1)[1]
    first = await release_by(there.office, key)
    assert (first.status_code, first.json()["awaiting"]) == (202, "another officer")
    again = await release_by(there.office, key)
    assert (again.status_code, again.json()["reasons"][0]["code"]) == (409, "second-officer")
    assert await mails(world, "outcome") == []
    chair = await there.members[0].post(f"{path}/release", {"digest": "0" * 64})
    assert chair.status_code == 403
    assert (await release_by(there.second, key)).status_code == 200
    assert (await release_by(there.second, key)).status_code == 409
    assert len(await mails(world, "outcome")) == 1


async def test_a_list_changed_after_the_vote_is_not_released(world: World) -> None:
    there = await ranked(world, "1.00", "2.00")
    decision = await decided(there)
    async with world.sessions() as session, session.begin():
        await session.execute(update(Place).values(total=Place.total - 1))
    await release_by(there.office, decision["id"])
    refused = await release_by(there.second, decision["id"])
    assert (refused.status_code, refused.json()["reasons"][0]["code"]) == (409, "list-changed")
    assert (await there.office.get(f"/decisions/{decision['id']}")).json()["state"] == "adopted"


async def test_a_call_is_not_complete_before_its_last_topic_is_released(world: World) -> None:
    there = await world.prepared(ranked, "1.00")
    other = await adopted_topic(there.office, there.body, there.members)
    part = TopicStage(
        id=uuid4(), created_at=machine_now(), state=TopicStageState.EVALUATION, budget=Decimal(1)
    )
    part.stage_id, part.topic_id = UUID(there.made["stage"]["id"]), UUID(other["id"])
    async with world.sessions() as session, session.begin():
        session.add(part)
    await released(there)
    names = ("topic_stage", "topic", "stage", "call")
    states = [(await there.office.get(f"/{n}s/{there.made[n]['id']}")).json()["state"] for n in names]
    assert states == ["released", "in_call", "scheduled", "running"]


async def test_every_contact_of_the_coordinator_gets_a_letter_and_nobody_who_has_left(world: World) -> None:
    there = await world.prepared(ranked, "1.00")
    people = (("deputy_contact", None), ("reader", None), ("contact", machine_now()))
    async with world.sessions() as session, session.begin():
        key = there.proposals[0].consortium_id
        of = select(Partner).where(Partner.consortium_id == key).order_by(Partner.coordinates)
        *others, coordinating = await session.scalars(of)
        for part, until in people:
            gone = "gone" if until else part
            session.add(
                Person(id=uuid4(), partner=coordinating, email=f"{gone}@example.org", name="P", part=part)
            )
        session.add(
            Person(id=uuid4(), partner=others[0], email="other@example.org", name="P", part="contact")
        )
        await session.flush()
        left = update(Person).where(Person.email == "gone@example.org").values(until=machine_now())
        await session.execute(left)
    await released(there)
    written = [to for to, _ in await mails(world, "outcome")]
    assert written == sorted([there.proposals[0].coordinator.email, "deputy_contact@example.org"])
