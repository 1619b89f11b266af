"""Industry is named beside the topics; who is invited merges with it, and the second stage is played."""

from dataclasses import replace
from typing import Any

from app.rehearsal.cast import DAY, HOUR, Cast, Entry, Field, at, euro
from app.rehearsal.driver import Person
from app.rehearsal.plan import Plan, judge

COMPANIES = 3
"""How many synthetic companies are the industry consortium of a topic; the first leads it."""
IN_KIND = 3_000_000


async def name_industry(cast: Cast) -> None:
    """The office names who brings contributions in kind to each topic (A-15)."""
    with cast.theatre.step("Industry is named beside the topics", len(cast.fields)) as step:
        for field in cast.fields:
            people = [await _company(cast, field, number) for number in range(COMPANIES)]
            field.lead = people[0]
            step.done += 1


async def _company(cast: Cast, field: Field, number: int) -> Person:
    person = await cast.theatre.enter(cast.synthetic.name())
    name = f"Synthetic Company {number + 1} on {field.reference}"
    made = await person.make("/organisations", legal_name=name, country="CH", kind="large_company")
    await cast.office.make(
        f"/topics/{field.topic}/industry_members",
        organisation_id=made["id"],
        name=person.name,
        email=person.address,
        leads=number == 0,
        in_kind=euro(IN_KIND),
    )
    return person


async def merge(cast: Cast) -> None:
    """Both sides of each invitation find each other, read what there is to read, and agree."""
    with cast.theatre.step("Invited consortia merge with industry"):
        await cast.theatre.clock(at(cast.wall("released_on")) + DAY)
        for field in cast.fields:
            assert field.lead is not None
            for invitation in await field.lead.all("/invitations", topic_id=field.topic):
                here = f"/invitations/{invitation['id']}"
                entry = next(e for e in field.evaluated if e.proposal == invitation["proposal_id"])
                read = await field.lead.get(f"/proposals/{entry.proposal}/sealed/{1 + entry.paper.resubmits}")
                assert read["manifest"]["acronym"] == entry.paper.acronym
                await entry.coordinator.act(f"{here}/propose_merger")
                await field.lead.act(f"{here}/join")


async def go_on(cast: Cast) -> None:
    """The second stage opens: what was merged is what comes in to it."""
    stage = cast.call_file.stages[1]
    fields = [await _merged(cast, field) for field in cast.fields]
    cast.number, cast.stage, cast.closes = 1, cast.stages[1], at(stage.deadline)
    cast.fields = fields
    assert stage.opens_on is not None
    await cast.theatre.clock(at(stage.opens_on) + HOUR)


async def _merged(cast: Cast, field: Field) -> Field:
    """The topic in the second stage, with each full proposal that has begun."""
    inflow = next(one for one in cast.call_file.stages[1].inflows if one.topic == field.reference)
    assert inflow.invited is not None
    entries = []
    for entry in field.evaluated:
        begun = await _begun(field, entry)
        if begun is None:
            continue
        paper = replace(entry.paper, resubmits=False, divided=False)
        judge(paper, inflow.invited, cast.call_file.experts_per_proposal, cast.synthetic, cast.criteria)
        full = Entry(paper, entry.coordinator, begun["consortium_id"], begun["id"], begun["reference"])
        entries.append(full)
    plan = Plan(field.plan.topic, inflow, [entry.paper for entry in entries], [])
    return Field(plan, field.topic, field.next_part, lead=field.lead, entries=entries)


async def _begun(field: Field, entry: Entry) -> dict[str, Any] | None:
    """The full proposal that follows a short one, as its coordinator reads it."""
    for item in await entry.coordinator.all("/proposals", topic_stage_id=field.next_part):
        found: dict[str, Any] = await entry.coordinator.get(f"/proposals/{item['id']}")
        if found["follows_id"] == entry.proposal:
            return found
    return None
