"""Four groups agree, each in its way: without a silent expert, after an objection, divided, begun anew."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.rehearsal.acts import evaluation, panels
from app.rehearsal.cast import DAY, Cast, Entry, at
from app.rehearsal.driver import expect

AGREED: Mapping[str, tuple[str, str, str]] = {
    "first": ("4.5", "4.5", "4"),
    "equal": ("4.5", "4.5", "4"),
    "silent": ("4", "4", "4"),
    "divided": ("4", "3.5", "3.5"),
    "anew": ("4.5", "4", "3.5"),
}
"""What the groups will agree on: twice the same, and twice the same total."""
WHY_ABSENT = "Neither mail nor telephone has reached the expert."
REST = 3
"""Days that a weekend may put between the last day of a reminder and its going out."""
TOLD = "How the groups came to an end"


def entry(cast: Cast, part: str) -> Entry:
    """The proposal that plays this part."""
    return cast.fields[0].entries[list(AGREED).index(part)]


async def judge(cast: Cast) -> None:
    """What experts will think of each is said here, not drawn."""
    for part, scores in AGREED.items():
        paper = entry(cast, part).paper
        paper.agreed = dict(zip(cast.criteria, map(Decimal, scores), strict=True))
        paper.views = cast.synthetic.views(paper.agreed, cast.call_file.experts_per_proposal)
        paper.objects, paper.divided, paper.strong = part == "equal", part == "divided", True


async def agree(cast: Cast) -> None:
    """All but one as ever; in that one an expert says nothing until nobody waits any more."""
    field, silent = cast.fields[0], entry(cast, "silent")
    work = [evaluation.agree_on(cast, field, one) for one in field.evaluated if one is not silent]
    await cast.theatre.together("Groups agree, object, stay divided", work)
    cast.tell(TOLD, entry(cast, "equal").reference, "agreed after an objection")
    cast.tell(TOLD, entry(cast, "divided").reference, "majority and minority are on record")
    await _without_one(cast, silent)


async def _without_one(cast: Cast, silent: Entry) -> None:
    """Reminded as often as the rules of the call want, and then noted as absent."""
    chairs, terms = cast.fields[0].chairs[silent.proposal], cast.rules["consensus"]
    *answer, absent = chairs
    with cast.theatre.step("An expert does not answer"):
        here, put = await evaluation.put_to_approval(cast, silent, chairs)
        for chair in answer:
            await chair.expert.person.act(f"{here}/approve", round=put["round"])
        noted: dict[str, Any] = {"assignment_id": absent.assignment, "reason": WHY_ABSENT}
        early = await cast.office.refused(f"{here}/note_absence", **noted)
        expect(early == ["too-few-reminders"], f"nobody is absent before the reminders; told is {early}")
        last = terms["reminder_days"][terms["absent_after"] - 1]
        for day in range(1, last + REST):
            await cast.theatre.clock(at(cast.wall("deadline")) + day * DAY)
        letters = await cast.theatre.letters(absent.expert.person.address)
        sent = [one for one in letters if one["kind"] == "consensus_reminder"]
        done = await cast.office.act(f"{here}/note_absence", **noted)
    expect(done["state"] == "final", f"it is final without the absent expert; it is {done['state']}")
    cast.tell(TOLD, silent.reference, f"final without one who was written to {len(sent)} times")


async def begin_anew(cast: Cast) -> None:
    """The report is final when a conflict comes to light: it is void, and the group begins with another."""
    about = entry(cast, "anew")
    chairs = cast.fields[0].chairs[about.proposal]
    with cast.theatre.step("A conflict comes to light when all have agreed"):
        gone = chairs.pop()
        text = "The office learns that the expert advised a partner of this proposal last year."
        await cast.office.make(f"/assignments/{gone.assignment}/conflicts", situation="P2", text=text)
        await panels.confirm(cast, about.proposal)
        (was,) = await consensus_on(cast, about)
        expect(was["state"] == "voided", f"the report that all agreed on is void; it is {was['state']}")
        await cast.theatre.ask("GET", f"/proposals/{about.proposal}", 404, gone.expert.person.token)
    cast.found["out"] = gone.expert.contract
    await panels.fill(cast)
    await evaluation.report_again(cast)
    await evaluation.agree_on(cast, cast.fields[0], about)
    states = sorted(one["state"] for one in await consensus_on(cast, about))
    expect(states == ["final", "voided"], f"a second report is final; they are {states}")
    cast.tell(TOLD, about.reference, "begun anew after a late conflict")


async def consensus_on(cast: Cast, about: Entry) -> list[dict[str, Any]]:
    """The consensus reports there are on a proposal."""
    found = await cast.office.all("/consensus_reports")
    return [one for one in found if one["proposal_id"] == about.proposal]
