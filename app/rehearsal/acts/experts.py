"""Experts come into the pool and under contract, with what they know; nothing is shown before they sign."""

from collections.abc import Sequence
from math import ceil

from app.rehearsal.cast import Cast, Expert
from app.rehearsal.knowledge import profile_of, publications_of

LOAD = 3
"""Proposals for each expert, at the most."""
SPARE = 1.1


async def engage(cast: Cast) -> None:
    """As many as the work needs and are not there yet; each belongs to an organisation."""
    seats = cast.call_file.experts_per_proposal * sum(len(field.evaluated) for field in cast.fields)
    missing = ceil(seats * SPARE / LOAD) - len(cast.experts)
    employers = [cast.organisations[key] for key in sorted(cast.organisations)]
    cast.synthetic.random.shuffle(employers)
    hired = [(cast.synthetic.name(), employers[n % len(employers)]) for n in range(missing)]
    await engage_all(cast, hired)


async def engage_all(
    cast: Cast, hired: Sequence[tuple[str, str | None]], sector: str | None = None
) -> list[Expert]:
    """These, by name, each with an employer or with none."""
    work = [_engage(cast, name, employer, sector) for name, employer in hired]
    new = await cast.theatre.together("Experts sign their contracts", work)
    cast.experts += new
    return new


async def _engage(cast: Cast, name: str, employer: str | None, sector: str | None) -> Expert:
    person = await cast.theatre.enter(name)
    profile = profile_of(name, sector)
    known = await cast.office.make(
        "/experts", account_id=await person.id(), organisation_id=employer, **profile
    )
    await person.act(f"/experts/{known['id']}/list_publications", items=publications_of(name))
    contract = await cast.office.make(f"/calls/{cast.call}/contracts", expert_id=known["id"], days=LOAD)
    here, terms = f"/contracts/{contract['id']}", contract["terms"]
    await person.act(f"{here}/sign", least=1, most=LOAD, code_of_conduct=terms["code_of_conduct"]["version"])
    await person.act(f"{here}/acknowledge_briefing", briefing=terms["briefing"]["version"])
    return Expert(person, known["id"], contract["id"], employer, sector)
