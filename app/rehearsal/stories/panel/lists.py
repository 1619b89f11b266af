"""Equals are parted, the list is frozen, comes back from the committee, and is made anew beside the first."""

from decimal import Decimal
from typing import Any

from app.rehearsal.acts import committee, evaluation
from app.rehearsal.cast import Cast, at
from app.rehearsal.driver import expect
from app.rehearsal.stories.panel.groups import entry

TOLD = "The versions of the list"
COVERS = "The first of them covers the burns that the topic names; the other does not."
ALIKE = "Both cover the same aspects of the topic."
FAULT: dict[str, Any] = {
    "fault": "reasons_missing",
    "text": "The panel lowered a score and does not say why.",
}


async def part(cast: Cast) -> None:
    """Nothing is closed while proposals are ex aequo; the panel says by which step it parts them."""
    with cast.theatre.step("The panel parts equals and closes its list"):
        here = f"/panels/{cast.fields[0].panel}"
        ranked = await cast.office.act(f"{here}/rank")
        refused = await cast.office.refused(f"{here}/close")
        expect(set(refused) == {"ex-aequo"}, f"equals block the closing; told is {refused}")
        cast.tell(TOLD, "", "not closed", f"{len(evaluation.ex_aequo(ranked['places']))} pairs are ex aequo")
        await _part(cast, ranked)
        await _close(cast)


async def _part(cast: Cast, ranked: dict[str, Any]) -> None:
    here, first = f"/panels/{cast.fields[0].panel}", entry(cast, "first").proposal
    while equals := evaluation.ex_aequo(ranked["places"]):
        step, keys = equals[0]
        told = first in keys
        order = [[first], [key for key in keys if key != first]] if told else [keys]
        reason = COVERS if told else ALIKE
        ranked = await cast.office.act(f"{here}/settle", step=step, order=order, reason=reason)


async def _close(cast: Cast) -> None:
    closed = await cast.office.act(f"/panels/{cast.fields[0].panel}/close")
    latest = closed["lists"][-1]
    lines = sorted(latest["places"], key=lambda one: int(one["rank"]))
    for line in lines:
        by = f"parted by {line['parted_by']}" if line["parted_by"] else ""
        cast.tell(TOLD, latest["number"], f"{line['rank']}. {line['reference']}", f"{line['total']} {by}")


async def give_back(cast: Cast) -> None:
    """The committee votes the list down and returns it, for a fault of procedure that the motion names."""
    with cast.theatre.step("The committee gives the list back"):
        field, day = cast.fields[0], cast.wall("decided_on")
        await cast.theatre.clock(at(day))
        asked = await committee.begin(cast, "adopt_list", field.part, "Adopt the ranked list", day)
        for member in asked.entitled:
            await member.act(f"{asked.motion}/vote", choice="no")
        await committee.end(cast, asked, "reject", FAULT["text"])
        await _refuse_a_low_score(cast, day)
        await committee.vote(cast, "return_list", field.part, FAULT["text"], day, fault=FAULT["fault"])
        again = await cast.office.get(f"/panels/{field.panel}")
        expect(again["state"] == "open", f"the panel is open again; it is {again['state']}")
        cast.tell(TOLD, 1, "given back", FAULT["text"])


async def _refuse_a_low_score(cast: Cast, day: str) -> None:
    held = await cast.office.make(f"/bodies/{cast.body}/sessions", title="A try", held_at=at(day).isoformat())
    asked = {"purpose": "return_list", "subject_id": cast.fields[0].part, "text": FAULT["text"]}
    told = await cast.office.refused(f"/sessions/{held['id']}/motions", fault="low_score", **asked)
    expect(told == ["no-such-fault"], f"only a fault of procedure gives it back; told is {told}")


async def part_again(cast: Cast) -> None:
    """The next version: what the panel decided of equals still stands."""
    with cast.theatre.step("The panel closes the next version of its list"):
        ranked = await cast.office.act(f"/panels/{cast.fields[0].panel}/rank")
        expect(not evaluation.ex_aequo(ranked["places"]), "nobody is asked twice about the same equals")
        await _close(cast)


async def compare(cast: Cast) -> None:
    """Both versions are there, each with its digest; the one that counts is the last."""
    with cast.theatre.step("Both versions are compared"):
        versions = (await cast.office.get(f"/panels/{cast.fields[0].panel}"))["lists"]
        first, second = versions
        about = entry(cast, "divided").proposal
        was, now = (
            next(Decimal(one["total"]) for one in each["places"] if one["proposal_id"] == about)
            for each in versions
        )
        expect(first["digest"] != second["digest"], "another list has another digest")
        expect(first["reopened_at"] is not None and second["reopened_at"] is None, "the second counts")
        expect(was < now, f"what was changed shows in the second alone: {was}, {now}")
        cast.tell(TOLD, "1 and 2", "both are kept", f"{first['digest'][:12]} and {second['digest'][:12]}")
