"""Industry is named beside the topics; who is invited merges with it, and the second stage is played."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.rehearsal.cast import DAY, HOUR, Cast, Entry, Field, at, euro
from app.rehearsal.driver import Person
from app.rehearsal.plan import Plan, judge

COMPANIES = 3
"""How many synthetic companies are the industry consortium of a topic; the first leads it."""


async def name_industry(cast: Cast) -> None:
    """The office names who brings contributions in kind to each topic (A-15)."""
    with cast.theatre.step("Industry is named beside the topics", len(cast.fields)) as step:
        for field in cast.fields:
            field.companies = dict([await _company(cast, field, number) for number in range(COMPANIES)])
            step.done += 1


def _brings(field: Field) -> int:
    """What each company brings in kind: together as much as there is of public money."""
    return field.plan.topic.envelope // COMPANIES


async def _company(cast: Cast, field: Field, number: int) -> tuple[str, Person]:
    person = await cast.theatre.enter(cast.synthetic.name())
    name = f"Synthetic Company {number + 1} on {field.reference}"
    made = await person.make("/organisations", legal_name=name, country="CH", kind="large_company")
    await cast.office.change(f"/organisations/{made['id']}", industry_member="constituent")
    await cast.office.make(
        f"/topics/{field.topic}/industry_members",
        organisation_id=made["id"],
        name=person.name,
        email=person.address,
        leads=number == 0,
        in_kind=euro(_brings(field)),
    )
    return made["id"], person


async def merge(cast: Cast) -> None:
    """Both sides of each invitation find each other, read what there is to read, and agree."""
    with cast.theatre.step("Invited consortia merge with industry"):
        await cast.theatre.clock(at(cast.wall("released_on")) + DAY)
        for field in cast.fields:
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


async def say_figures(cast: Cast) -> None:
    """Each company says what it brings, the coordinating partner what is asked for (E-08)."""
    with cast.theatre.step("Both sides say their figures"):
        for field in cast.fields:
            for entry in field.entries:
                asked, brought = entry.paper.asks, _brings(field)
                for part in await entry.coordinator.all("/partners", consortium_id=entry.consortium):
                    here = f"/partners/{part['id']}"
                    if part["coordinates"]:
                        await entry.coordinator.change(here, personnel=_direct(asked), requested=euro(asked))
                    elif (company := field.companies.get(part["organisation_id"])) is not None:
                        given = {"personnel": _direct(brought), "in_kind_operational": euro(brought)}
                        await company.change(here, **given)


def _direct(costs: Decimal | int) -> dict[str, str]:
    """The personnel of which, with the flat rate of a quarter on it, these costs are made."""
    return euro(Decimal(costs) * 4 / 5)


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
    return Field(plan, field.topic, field.next_part, companies=field.companies, entries=entries)


async def _begun(field: Field, entry: Entry) -> dict[str, Any] | None:
    """The full proposal that follows a short one, as its coordinator reads it."""
    for item in await entry.coordinator.all("/proposals", topic_stage_id=field.next_part):
        found: dict[str, Any] = await entry.coordinator.get(f"/proposals/{item['id']}")
        if found["follows_id"] == entry.proposal:
            return found
    return None
