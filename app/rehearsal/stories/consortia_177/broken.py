"""Thirty synthetic consortia: each breaks exactly one rule, and its coordinator is told which."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.rehearsal.cast import Cast, Entry, euro
from app.rehearsal.plan import Paper, Plan, Seat
from app.rehearsal.synthetic import Synthetic

RESEARCH, COORDINATION = 1, 2
"""The topics, by their place in the call, that these apply for: research, and a coordination action."""
COSTS = {"lead": Decimal(44_000), "member": Decimal(36_000)}
"""Direct personnel costs; with a quarter of indirect costs they make 55,000 and 45,000."""
ASKED, BROUGHT = Decimal(55_000), Decimal(45_000)
"""All that the lead may ask for; what the member of industry brings, which is 45 % of 100,000 exactly."""
CENT = Decimal("0.01")
KINDS = ("higher_education", "research", "large_company")


@dataclass(frozen=True)
class Breach:
    """A way to break one rule and no other: where the partners are, and what is a cent beyond."""

    rule: str
    how: str
    countries: Sequence[tuple[str, ...]]
    topic: int = RESEARCH
    one_control: bool = False
    asked: Decimal = ASKED
    brought: Decimal = BROUGHT


FINE = (("DE", "FR", "IT"), ("ES", "NO", "NL"), ("BE", "IL", "AT"), ("SE", "CH", "PL"), ("PT", "GB", "DK"))
BREACHES = (
    Breach(
        "E-03",
        "two countries that count",
        (("DE", "FR", "US"), ("ES", "NO", "BR"), ("BE", "BE", "AT"), ("SE", "CH", "JP"), ("PT", "GB", "GB")),
    ),
    Breach(
        "E-03",
        "nobody of a member state",
        (("NO", "IS", "IL"), ("CH", "GB", "NO"), ("IL", "TR", "RS"), ("UA", "GE", "MD"), ("IS", "CH", "KR")),
    ),
    Breach(
        "E-04",
        "nobody of a country that counts",
        (("US", "BR", "JP"), ("JP", "US", "AU"), ("AU", "BR", "US"), ("BR", "AU", "JP"), ("US", "US", "US")),
        topic=COORDINATION,
        asked=Decimal(0),
    ),
    Breach("E-06", "two of three under one control", FINE, one_control=True),
    Breach("E-08", "industry brings a cent less than 45 %", FINE, brought=BROUGHT - CENT),
    Breach("F-05", "the lead asks for a cent more than its rate", FINE, asked=ASKED + CENT),
)


async def gather(cast: Cast) -> None:
    """Five for each way."""
    await gather_so_many(cast, 5)


async def gather_so_many(cast: Cast, count: int) -> None:
    papers: dict[int, list[Paper]] = {RESEARCH: [], COORDINATION: []}
    for number, breach in enumerate(BREACHES):
        for n, countries in enumerate(breach.countries[:count]):
            acronym = f"SYN-BREAKS-{breach.rule}-{number + 1}{n + 1}"
            seats = _seats(acronym, breach, countries, cast.synthetic)
            told = f"Synthetic: {breach.how}"
            papers[breach.topic].append(Paper(acronym, told, told, seats, breach.asked, None))
    for topic, found in papers.items():
        field = cast.fields[topic]
        field.plan = Plan(field.plan.topic, field.plan.inflow, found, ())


def _seats(acronym: str, breach: Breach, countries: tuple[str, ...], synthetic: Synthetic) -> list[Seat]:
    """A university that leads, an institute, and a company of the industry side."""
    owner = f"Synthetic Holding of {acronym}" if breach.one_control else ""
    return [
        Seat(f"Synthetic {kind} of {acronym}", country, kind, synthetic.name(), control_group=group)
        for kind, country, group in zip(KINDS, countries, ("", owner, owner), strict=True)
    ]


async def join_industry(cast: Cast) -> None:
    """The office says which companies are constituent members of the industry side."""
    companies = [
        cast.organisation(entry.paper.seats[-1])
        for field in (cast.fields[RESEARCH], cast.fields[COORDINATION])
        for entry in field.entries
    ]
    joining = [
        cast.office.change(f"/organisations/{key}", industry_member="constituent") for key in companies
    ]
    await cast.theatre.together("Companies are members of the industry side", joining)


async def be_told(cast: Cast) -> None:
    """Each consortium has its figures and a proposal, whose list of problems names the rule."""
    work = [
        _told(entry, breach)
        for topic in (RESEARCH, COORDINATION)
        for entry in cast.fields[topic].entries
        for breach in BREACHES
        if (breach.topic, f"Synthetic: {breach.how}") == (topic, entry.paper.title)
    ]
    for breach, acronym, rules in await cast.theatre.together("Told which rule is broken", work):
        cast.tell("Told which rule is broken", acronym, breach.how, breach.rule, ", ".join(rules))


async def _told(entry: Entry, breach: Breach) -> tuple[Breach, str, list[str]]:
    """The ids of the rules of eligibility and money that its coordinator reads."""
    lead = entry.coordinator
    parts = (await lead.get(f"/consortia/{entry.consortium}"))["partners"]
    company = entry.paper.seats[-1].name
    (first,) = [part["id"] for part in parts if part["coordinates"]]
    (member,) = [part["id"] for part in parts if part["organisation"]["legal_name"] == company]
    await lead.change(f"/partners/{first}", personnel=euro(COSTS["lead"]), requested=euro(breach.asked))
    brings = {"personnel": euro(COSTS["member"]), "in_kind_operational": euro(breach.brought)}
    await lead.change(f"/partners/{member}", **brings)
    made = await lead.make(f"/consortia/{entry.consortium}/proposals", acronym=entry.paper.acronym[:40])
    read = await lead.edit(f"/proposals/{made['id']}", 1, requested=euro(breach.asked))
    rules = [entry["rule"] for entry in read["problems"] if entry["rule"].startswith(("E", "F"))]
    return breach, entry.paper.acronym, rules
