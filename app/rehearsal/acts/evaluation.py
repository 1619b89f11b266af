"""Reports are sealed, groups agree or do not, the panel ranks."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from app.rehearsal.cast import Cast, Chair, Entry, Field, at

REASON = "The comment on impact says less than the reports do."
RANGE = "Outside the reports the group has agreed on it in its discussion."
MAJORITY = "Two of the experts hold the scores of this draft to be right."
WHY = {
    "coverage": "All of them cover the same aspects of the topic.",
    "gender_balance": "The panel puts first where the persons named are nearer to an equal share.",
    "other": "The panel puts first what builds more on earlier results of the programme.",
}
MINORITY = "One expert holds that the impact is described too favourably and would score it lower."


async def report(cast: Cast) -> None:
    """Every expert writes and seals a report on every seat."""
    await _reports(cast, "Experts write and seal their reports")


async def report_again(cast: Cast) -> None:
    """So do those who took over a seat."""
    await _reports(cast, "Experts who took over report")


async def _reports(cast: Cast, title: str) -> None:
    chairs = [c for field in cast.fields for chairs in field.chairs.values() for c in chairs if not c.report]
    await cast.theatre.together(title, [_report(cast, chair) for chair in chairs])


async def _report(cast: Cast, chair: Chair) -> None:
    person = chair.expert.person
    begun = await person.make(f"/assignments/{chair.assignment}/reports")
    here = chair.report = f"/reports/{begun['id']}"
    for code in cast.criteria:
        comment = f"Synthetic comment of one expert on {code}."
        await person.edit(f"{here}/marks/{code}", 1, score=str(chair.views[code]), comment=comment)
    await person.act(f"{here}/seal")


async def agree(cast: Cast) -> None:
    """A consensus report on every proposal; some object once, one group stays divided."""
    work = [agree_on(cast, field, entry) for field in cast.fields for entry in field.evaluated]
    await cast.theatre.together("Groups agree on consensus reports", work)


async def put_to_approval(cast: Cast, entry: Entry, chairs: Sequence[Chair]) -> tuple[str, Any]:
    """A consensus report, opened and drafted by the first of the group: its path, and how it stands."""
    rapporteur = chairs[0].expert.person
    opened = await cast.office.make(
        f"/proposals/{entry.proposal}/consensus_reports", rapporteur_id=chairs[0].assignment
    )
    here = f"/consensus_reports/{opened['id']}"
    for code in cast.criteria:
        agreed = said(f"The group agrees on {code}.") | {"score": str(entry.paper.agreed[code])}
        await rapporteur.edit(f"{here}/points/{code}", 1, range_reason=RANGE, **agreed)
    return here, await rapporteur.act(f"{here}/put_to_approval")


async def agree_on(cast: Cast, field: Field, entry: Entry) -> None:
    """The group of one proposal comes to its end."""
    chairs = field.chairs[entry.proposal]
    rapporteur, others = chairs[0].expert.person, [chair.expert.person for chair in chairs[1:]]
    here, put = await put_to_approval(cast, entry, chairs)
    if entry.paper.objects or entry.paper.divided:
        await others[0].act(f"{here}/object", reason=REASON)
        cast.note("objections")
    if entry.paper.divided:
        await cast.office.act(f"{here}/no_consensus", majority_view=MAJORITY, minority_view=MINORITY)
        cast.note("minority views")
        return
    if entry.paper.objects:
        better = said("The group agrees on impact, as the reports say.")
        await rapporteur.edit(f"{here}/points/{cast.criteria[1]}", 2, **better)
        put = await rapporteur.act(f"{here}/put_to_approval")
    for person in (rapporteur, *others):
        await person.act(f"{here}/approve", round=put["round"])


def said(text: str) -> dict[str, Any]:
    """A point with one statement of the group's own."""
    return {"statements": [{"kind": "strength", "text": text, "new": True}]}


async def rank(cast: Cast) -> None:
    """The panel settles what is divided, makes its list, and parts by its own order whom no rule parts."""
    with cast.theatre.step("The panel ranks"):
        await cast.theatre.clock(at(cast.wall("panel_on")))
        for field in cast.fields:
            if field.evaluated:
                await _rank(cast, field)


async def _rank(cast: Cast, field: Field) -> None:
    made = await cast.office.make(f"/topic_stages/{field.part}/panels")
    here = f"/panels/{made['id']}"
    field.panel = made["id"]
    own = {entry.proposal for entry in field.evaluated}
    for consensus in await cast.office.all("/consensus_reports"):
        if consensus["state"] == "no_consensus" and consensus["proposal_id"] in own:
            reason = "The panel has read both views and follows the majority."
            await cast.office.act(f"{here}/settle_consensus", consensus_id=consensus["id"], reason=reason)
    await close_list(cast, field)


async def close_list(cast: Cast, field: Field) -> None:
    """The list is made, equals are parted, and it is frozen; no summary report of it tells of anybody."""
    here = f"/panels/{field.panel}"
    ranked = await cast.office.act(f"{here}/rank")
    while equals := ex_aequo(ranked["places"]):
        step, keys = equals[0]
        order = [keys] if step == "coverage" else [[key] for key in keys]
        ranked = await cast.office.act(f"{here}/settle", step=step, order=order, reason=WHY[step])
        if step != "coverage":
            cast.note("ties settled by the panel")
    cast.marks["ties parted by rule"] = cast.marks.get("ties parted by rule", 0) + parted(ranked["places"])
    await cast.office.act(f"{here}/close")
    await _settle_findings(cast, field.panel)


async def _settle_findings(cast: Cast, panel: str) -> None:
    """Names and texts are drawn by chance: where a word of a text is also a name, it tells of nobody."""
    for one in await cast.office.all("/summaries", panel_id=panel):
        if one["state"] != "held":
            continue
        for finding in (await cast.office.get(f"/summaries/{one['id']}"))["findings"]:
            here, reason = f"/summaries/{one['id']}/dismiss_finding", "The text is synthetic, and of nobody."
            await cast.office.act(here, finding=finding["number"], reason=reason)
            cast.note("findings in summary reports dismissed")


def ex_aequo(places: list[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    """The proposals that share a rank, rank by rank, and the step under which the panel is asked."""
    shared: dict[tuple[int, str], list[str]] = defaultdict(list)
    for place in places:
        if place["awaits"] is not None:
            shared[place["rank"], place["awaits"]].append(place["proposal_id"])
    return [(step, sorted(keys)) for (_, step), keys in sorted(shared.items())]


def parted(places: list[dict[str, Any]]) -> int:
    """How many pairs of neighbours on the list have equal totals and yet a rank each, by a computed step."""
    ranked = sorted((p["rank"], p["total"], p["parted_by"]) for p in places if p["rank"] is not None)
    return sum(a[1] == b[1] and b[2] not in WHY for a, b in pairwise(ranked))
