"""The panel in session: its members, who leaves the room for what, what is changed and why."""

from typing import Any

from app.rehearsal.cast import Cast, Expert, at
from app.rehearsal.driver import expect
from app.rehearsal.stories.panel.groups import entry

MEMBERS = 3
"""Who sit on the panel beside the one who is out of the room for a proposal."""
TOLD = "What happened in the room"


async def gather(cast: Cast) -> None:
    """Members, a moderator and the order of the day; the panel settles what a group could not."""
    with cast.theatre.step("The panel gathers"):
        await cast.theatre.clock(at(cast.wall("panel_on")))
        field = cast.fields[0]
        field.panel = (await cast.office.make(f"/topic_stages/{field.part}/panels"))["id"]
        here = f"/panels/{field.panel}/panel_seats"
        for one in sitting(cast):
            seat = await cast.office.make(here, account_id=await one.person.id(), part="member")
            await one.person.act(f"/panel_seats/{seat['id']}/declare", conflicts=[], no_other=True)
        await cast.office.make(here, account_id=await cast.second.id(), part="moderator")
        await cast.office.act(f"/panels/{field.panel}/plan")
        await _settle_the_divided(cast)


def sitting(cast: Cast) -> list[Expert]:
    """The one whose conflict came to light, and some others."""
    out = next(one for one in cast.experts if one.contract == cast.found["out"])
    return [out, *[one for one in cast.experts if one is not out][:MEMBERS]]


async def leaving(cast: Cast) -> dict[str, set[str]]:
    """By the member's name, the proposals for which they leave the room."""
    found = await cast.office.all("/panel_seats", panel_id=cast.fields[0].panel)
    seats = [await cast.office.get(f"/panel_seats/{one['id']}") for one in found if one["part"] == "member"]
    return {seat["name"]: {one["proposal_id"] for one in seat["exits"]} for seat in seats}


async def _settle_the_divided(cast: Cast) -> None:
    (item,) = [one for one in await _agenda(cast) if one["proposal_id"] == entry(cast, "divided").proposal]
    exits = await leaving(cast)
    inside = next(one.person for one in sitting(cast) if item["proposal_id"] not in exits[one.person.name])
    views = await inside.get(f"/panel_items/{item['id']}")
    expect(bool(views["majority_view"] and views["minority_view"]), "members read both views")
    for consensus in await cast.office.all("/consensus_reports"):
        if consensus["state"] == "no_consensus":
            reason = "The panel has read both views and follows the majority."
            here = f"/panels/{cast.fields[0].panel}/settle_consensus"
            await cast.office.act(here, consensus_id=consensus["id"], reason=reason)
            cast.tell(TOLD, item["reference"], "the panel follows the majority")


async def _agenda(cast: Cast) -> list[dict[str, Any]]:
    found = await cast.office.all("/panel_items", panel_id=cast.fields[0].panel)
    lines = [await cast.office.get(f"/panel_items/{one['id']}") for one in found]
    return sorted(lines, key=lambda one: int(one["position"]))


async def discuss(cast: Cast) -> None:
    """Every item in its turn; who has a conflict is out of the room; one score is changed."""
    members, exits = sitting(cast), await leaving(cast)
    expect(entry(cast, "anew").proposal in exits[members[0].person.name], "a late conflict keeps one out")
    with cast.theatre.step("The panel discusses"):
        for item in await _agenda(cast):
            here = f"/panel_items/{item['id']}"
            await cast.office.act(f"{here}/take_up")
            for person in (one.person for one in members):
                out, read = item["proposal_id"] in exits[person.name], await person.get(here)
                told = f"{person.name} {'reads nothing' if out else 'reads what is said'} of {here}: {read}"
                expect(("acronym" not in read) if out else read["acronym"] == item["acronym"], told)
                if out:
                    cast.tell(TOLD, item["reference"], f"{person.name} leaves the room")
            if item["proposal_id"] == entry(cast, "divided").proposal:
                await _change(cast, here, "3", "The panel lowers it.")
                cast.tell(TOLD, item["reference"], "the panel lowers the impact to 3")
            else:
                await cast.office.act(f"{here}/keep")


async def _change(cast: Cast, here: str, score: str, reason: str) -> None:
    changed = {"criterion": cast.criteria[1], "score": score, "comment": "The panel's view of the impact."}
    await cast.office.act(f"{here}/change", reason=reason, changes=[changed])


async def discuss_again(cast: Cast) -> None:
    """What the committee found unexplained is taken up once more, and decided with its reasons."""
    with cast.theatre.step("The panel discusses one proposal again"):
        about = entry(cast, "divided")
        (item,) = [one for one in await _agenda(cast) if one["proposal_id"] == about.proposal]
        here = f"/panel_items/{item['id']}"
        await cast.office.act(f"{here}/take_up")
        reason = "The pathway to patients is named, but no step of it has a date: a shortcoming, not a flaw."
        await _change(cast, here, "3.5", reason)
        cast.tell(TOLD, about.reference, "the panel leaves the impact at 3.5, and says why")
