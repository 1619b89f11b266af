"""Experts come under contract and take their seats; conflicts of interest occur and are handled."""

from math import ceil
from random import Random

from app.rehearsal.cast import Cast, Chair, Entry, Expert, Field

LOAD = 3
"""Proposals for each expert."""
SPARE = 1.1
FIELDS = ("virology", "immunology", "diagnostics", "clinical trials", "statistics", "patient involvement")
KNOWS = 0.02
"""How often a card names somebody whom the expert knows."""


async def engage(cast: Cast) -> None:
    """As many as the work needs; each belongs to an organisation and signs before anything is shown."""
    needed = cast.call_file.experts_per_proposal * sum(len(field.evaluated) for field in cast.fields)
    employers = [cast.organisations[key] for key in sorted(cast.organisations)]
    cast.synthetic.random.shuffle(employers)
    hired = [
        (cast.synthetic.name(), employers[n % len(employers)]) for n in range(ceil(needed * SPARE / LOAD))
    ]
    work = [_engage(cast, name, employer) for name, employer in hired]
    cast.experts = await cast.theatre.together("Experts sign their contracts", work)


async def _engage(cast: Cast, name: str, employer: str | None) -> Expert:
    person = await cast.theatre.enter(name)
    known = await cast.office.make(
        "/experts",
        account_id=await person.id(),
        organisation_id=employer,
        expertise=[{"term": FIELDS[len(name) % len(FIELDS)]}],
    )
    contract = await cast.office.make(f"/calls/{cast.call}/contracts", expert_id=known["id"], days=LOAD)
    here, terms = f"/contracts/{contract['id']}", contract["terms"]
    await person.act(f"{here}/sign", least=1, most=LOAD, code_of_conduct=terms["code_of_conduct"]["version"])
    await person.act(f"{here}/acknowledge_briefing", briefing=terms["briefing"]["version"])
    return Expert(person, contract["id"])


async def assign(cast: Cast) -> None:
    """Enough experts on every proposal, each after a conflict card and a declaration."""

    async def one(field: Field, entry: Entry) -> None:
        chance = Random(f"{entry.paper.acronym} {entry.coordinator.name}")
        chairs = field.chairs[entry.proposal] = []
        for views in entry.paper.views:
            chairs.append(await seat(cast, entry, views, chairs, chance))

    work = [one(field, entry) for field in cast.fields for entry in field.evaluated]
    await cast.theatre.together("Experts declare and take their seats", work)


async def seat(cast: Cast, entry: Entry, views: object, chairs: list[Chair], chance: Random) -> Chair:
    """The expert with the fewest seats who is free of any conflict here; a new one if nobody is."""
    tried = {chair.expert.contract for chair in chairs}
    while True:
        free = [expert for expert in cast.experts if expert.contract not in tried]
        if not free:
            free = [await _engage(cast, cast.synthetic.name(), None)]
            cast.experts += free
        expert = min(free, key=lambda expert: expert.seats)
        tried.add(expert.contract)
        expert.seats += 1
        found = await _declare(cast, expert, entry, views, chance)
        if found is not None:
            return found
        expert.seats -= 1


async def _declare(cast: Cast, expert: Expert, entry: Entry, views: object, chance: Random) -> Chair | None:
    """Ask one expert: nobody whom the data bar, and nobody who knows a person on the card."""
    proposed, reasons = await cast.office.may(
        f"/contracts/{expert.contract}/assignments", proposal_id=entry.proposal
    )
    if proposed is None:
        for reason in reasons:
            cast.note(f"conflict found ({reason['code']})")
        return None
    here = f"/assignments/{proposed['id']}"
    await cast.office.act(f"{here}/invite")
    card = await expert.person.get(f"{here}/card")
    if chance.random() < KNOWS:
        people = [person for body in card["organisations"] for person in body["people"]]
        text = f"I have published with {chance.choice(people)} within the last three years."
        await expert.person.act(f"{here}/declare_conflict", situation="P2", text=text)
        await _confirm(cast, entry)
        cast.note("conflict declared (P2)")
        return None
    await expert.person.act(f"{here}/accept", clear=True)
    return Chair(expert, proposed["id"], entry, views)


async def _confirm(cast: Cast, entry: Entry) -> None:
    """The office confirms every conflict with the proposal that is still to be decided."""
    for conflict in await cast.office.all("/conflicts", proposal_id=entry.proposal):
        if conflict["state"] in ("declared", "found"):
            reason = "The expert is not to judge this proposal."
            await cast.office.act(f"/conflicts/{conflict['id']}/confirm", reason=reason)


async def discover(cast: Cast) -> None:
    """A conflict comes to light after a report was sealed: the report is void, another expert takes over."""
    with cast.theatre.step("A conflict comes to light late"):
        for field in cast.fields:
            if not field.evaluated:
                continue
            entry = field.evaluated[-1]
            chairs = field.chairs[entry.proposal]
            gone = chairs.pop()
            text = "The office learns that the expert advised a partner of this proposal last year."
            here = f"/assignments/{gone.assignment}/conflicts"
            await cast.office.make(here, situation="P2", text=text)
            await _confirm(cast, entry)
            cast.note("conflict found late (P2)")
            others = [*chairs, gone]
            chairs.append(await seat(cast, entry, gone.views, others, Random(entry.paper.acronym)))
