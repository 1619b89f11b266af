"""Coordinators get accounts, organisations are registered, consortia form, partners answer by link."""

from app.rehearsal.cast import Cast, Entry, Field, key_of
from app.rehearsal.plan import Paper, Seat

GUEST = 3
"""The member of the committee who takes part in a proposal, and is out of every vote on its topic."""


async def enter(cast: Cast) -> None:
    """One account for each coordinator."""

    async def one(field: Field, paper: Paper, late: bool) -> None:
        entry = Entry(paper, await cast.theatre.enter(paper.coordinator.person))
        (field.late if late else field.entries).append(entry)

    await cast.theatre.together(
        "Coordinators get accounts",
        [
            one(field, paper, late)
            for field in cast.fields
            for late, papers in ((False, field.plan.papers), (True, field.plan.late))
            for paper in papers
        ],
    )
    for field in cast.fields:
        field.entries.sort(key=lambda entry: field.plan.papers.index(entry.paper))


async def register(cast: Cast) -> None:
    """Every organisation once, by the first who needs it; the office confirms those that have a code."""
    wanted: dict[tuple[str, str], tuple[Entry, Seat]] = {}
    for field in cast.fields:
        for entry in (*field.entries, *field.late):
            for seat in entry.paper.seats:
                wanted.setdefault(key_of(seat), (entry, seat))

    async def one(entry: Entry, seat: Seat) -> None:
        made = await entry.coordinator.make(
            "/organisations",
            legal_name=seat.name,
            country=seat.country,
            kind=seat.kind,
            pic=seat.pic or None,
            control_group=seat.control_group or None,
        )
        cast.organisations[key_of(seat)] = made["id"]

    work = [one(entry, seat) for entry, seat in wanted.values()]
    await cast.theatre.together("Organisations are registered", work)


async def form(cast: Cast) -> None:
    """Every consortium, with its partners."""
    for field in cast.fields:
        _seat_a_member(cast, field)
    work = [_form(cast, f, entry) for f in cast.fields for entry in (*f.entries, *f.late)]
    await cast.theatre.together("Consortia form, partners accept by link", work)


def _seat_a_member(cast: Cast, field: Field) -> None:
    """A member of the committee stands for the last partner of a proposal that reaches the thresholds."""
    good = [entry.paper for entry in field.entries if entry.paper.strong]
    if good:
        paper, last = good[-1], good[-1].seats[-1]
        paper.seats = (*paper.seats[:-1], Seat(**{**vars(last), "person": cast.members[GUEST].name}))


async def _form(cast: Cast, field: Field, entry: Entry) -> None:
    paper, person = entry.paper, entry.coordinator
    made = await person.make(
        f"/topic_stages/{field.part}/consortia",
        name=paper.acronym,
        organisation_id=cast.organisation(paper.coordinator),
    )
    entry.consortium = made["id"]
    for seat in paper.seats[1:]:
        await _join(cast, entry, seat)


async def _join(cast: Cast, entry: Entry, seat: Seat) -> None:
    """Invite a partner; the person who is asked follows the link, reads and accepts, without an account."""
    theatre = cast.theatre
    known = theatre.people.get(seat.person)
    address = known.address if known else f"{seat.person.replace(' ', '.').lower()}@partners.example"
    await entry.coordinator.make(
        f"/consortia/{entry.consortium}/partners",
        organisation_id=cast.organisation(seat),
        name=seat.person,
        email=address,
    )
    link = await theatre.link(address, "partner_invitation", entry.paper.acronym)
    here = f"/partner_invitations/{link.rpartition('/')[2]}"
    await theatre.ask("GET", here, 200)
    await theatre.ask("POST", f"{here}/accept", 200)
