"""The published consortia: who they are, and what E-02 and E-03 say of them, then and now."""

from collections.abc import Sequence
from decimal import Decimal

from app.rehearsal.cast import Cast, Entry
from app.rehearsal.plan import Paper, Plan, Seat
from app.rehearsal.published import Project, projects

JUDGED: tuple[tuple[str, dict[str, str]], ...] = (
    ("E-02, Horizon 2020 and IMI2", {"rule_set": "imi2"}),
    ("E-03, Horizon Europe and IHI, on 15 March 2023", {"rule_set": "ihi", "day": "2023-03-15"}),
    ("E-03, at the call's own deadline", {}),
)
"""Which rules are asked, and of which day; left out, those of the call at its deadline."""


async def gather(cast: Cast) -> None:
    """Every published project has its consortium; whoever has no country there is left out, and named."""
    await gather_these(cast, list(projects().values()))


async def gather_these(cast: Cast, found: Sequence[Project]) -> None:
    field = cast.fields[0]
    papers = [_paper(cast, project) for project in found]
    field.plan = Plan(field.plan.topic, field.plan.inflow, papers, ())


def _paper(cast: Cast, project: Project) -> Paper:
    for part in project.participants:
        if not part.country:
            cast.tell("Left out, for no country is published", project.acronym, part.name)
    seats = tuple(
        Seat(part.name[:200], part.country, part.kind, cast.synthetic.name(), part.pic)
        for part in project.participants
        if part.country
    )
    return Paper(project.acronym, project.title[:200], "", seats, Decimal(0), None, number=project.number)


async def judge(cast: Cast) -> None:
    """Each coordinator asks what the rules on countries say of the consortium as it stands."""
    entries = cast.fields[0].entries
    for title, asked in JUDGED:

        async def one(entry: Entry, asked: dict[str, str] = asked) -> tuple[str, bool]:
            here = f"/consortia/{entry.consortium}/eligibility"
            said = await entry.coordinator.get(here, **asked)
            (countries,) = [one for one in said["findings"] if one["rule"] in ("E-02", "E-03")]
            return entry.paper.acronym, countries["passed"]

        found = await cast.theatre.together(f"Judged: {title}", [one(entry) for entry in entries])
        failed = [acronym for acronym, passed in found if not passed]
        cast.tell("Judged on countries", title, len(found), len(failed), ", ".join(failed))
