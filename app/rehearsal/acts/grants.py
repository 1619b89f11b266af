"""Grants are prepared by the office and signed by another, with a reason for whatever is unusual."""

from datetime import timedelta
from typing import Any

from app.rehearsal.acts import ethics
from app.rehearsal.cast import Cast, Entry, at
from app.rehearsal.driver import expect

UNPUBLISHED = 999_000_001
"""The first grant number of those that have no published one."""
MONTHS = 36
WHY = {
    "early-start": ("early_start_reason", "Work began before the signature, at the consortium's own risk."),
    "no-pic": ("unidentified_reason", "The participant code of this partner was never published."),
    "not-validated": ("unidentified_reason", "The participant code of this partner was never published."),
}
"""What the office answers, by the code of the reason against a signature: the field, and the text."""


async def sign(cast: Cast) -> None:
    """A grant for each selected proposal, with its published number and dates where there are some."""
    await cast.theatre.clock(at(cast.wall("signed_on")))
    selected = {p["id"] for p in await cast.office.all("/proposals", state="selected")}
    funded = [e for field in cast.fields for e in field.entries if e.proposal in selected]
    coded = {cast.organisation(seat) for entry in funded for seat in entry.paper.seats if seat.pic}

    async def confirm(key: str) -> None:
        await cast.office.act(f"/organisations/{key}/validate")

    await cast.theatre.together("Participant codes are confirmed", [confirm(key) for key in sorted(coded)])
    work = [_sign(cast, entry, number) for number, entry in enumerate(funded)]
    await cast.theatre.together("Grants are prepared and signed", work)


async def _sign(cast: Cast, entry: Entry, number: int) -> None:
    """The signatory reads why it cannot be signed, the office gives the reasons, and it is signed."""
    assert cast.signatory is not None
    paper = entry.paper
    starts = paper.starts_on or (at(cast.wall("signed_on")) + timedelta(days=30)).date()
    grant = await cast.office.make(
        f"/proposals/{entry.proposal}/grants",
        number=paper.number or str(UNPUBLISHED + number),
        starts_on=str(starts),
        months=paper.months or MONTHS,
    )
    here = f"/grants/{grant['id']}"
    signed, reasons = await cast.signatory.may(f"{here}/sign")
    if signed is not None:
        return
    codes = {reason["code"] for reason in reasons}
    given: dict[str, Any] = dict(WHY[code] for code in codes - {ethics.REQUIREMENT})
    if given:
        await cast.office.edit(here, 1, **given)
    if ethics.REQUIREMENT in codes:
        left = await cast.signatory.refused(f"{here}/sign")
        expect(left == [ethics.REQUIREMENT], f"ethics alone is in the way; told is {left}")
        await ethics.meet(cast, entry)
    signed = await cast.signatory.act(f"{here}/sign")
    ethics.tell_what_is_due(cast, entry, signed["ethics_requirements"])
    for field in given:
        cast.note(f"grants with a reason ({field.replace('_', ' ')})")
