"""Experts for the story: half of them work at organisations that apply, and too few speak for patients."""

from math import ceil

from app.rehearsal.acts.experts import LOAD, engage_all
from app.rehearsal.cast import Cast

FOR_EACH = 1.7
"""Experts for each proposal, beside those who speak for patients."""
PATIENT = "patient_representative"


def wanted(cast: Cast) -> int:
    """Proposals that are to have a panel."""
    return sum(len(field.evaluated) for field in cast.fields)


def speakers(cast: Cast) -> int:
    """How many speak for patients: one fewer than every panel would need."""
    return ceil(wanted(cast) / LOAD) - 1


async def engage(cast: Cast) -> None:
    await patients(cast, speakers(cast))
    employers = [cast.organisations[key] for key in sorted(cast.organisations)]
    cast.synthetic.random.shuffle(employers)
    count = round(FOR_EACH * wanted(cast))
    where = [employers[n % len(employers)] if n % 2 else None for n in range(count)]
    await engage_all(cast, [(cast.synthetic.name(), employer) for employer in where])


async def patients(cast: Cast, count: int) -> None:
    """So many who speak for patients, of no organisation."""
    await engage_all(cast, [(cast.synthetic.name(), None) for _ in range(count)], PATIENT)
