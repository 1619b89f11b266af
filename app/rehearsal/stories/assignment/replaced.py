"""One expert declares a conflict, and the contract of another ends: both are replaced, and nobody moves."""

from collections import Counter
from typing import Any

from app.rehearsal.acts.panels import confirm, look, solve
from app.rehearsal.cast import Cast, Expert
from app.rehearsal.driver import expect
from app.rehearsal.stories.assignment.blocked import NEED
from app.rehearsal.stories.assignment.compared import WORST
from app.rehearsal.stories.assignment.pool import wanted

TOLD = "Who dropped out, and who took over"
Seats = dict[tuple[str, str], dict[str, Any]]


async def release(cast: Cast) -> None:
    """All of a set is released with invitations; one expert declares a conflict, the others accept."""
    made = await _released(cast, cast.found["set"])
    declares, gone = _leavers(cast, made)
    cast.found |= {"declares": declares.contract, "gone": gone.contract}
    work = [_answer(cast, one, declares) for one in cast.experts]
    await cast.theatre.together("Experts answer their invitations", work)
    cast.tell(TOLD, "released", f"{len(made['seats'])} seats", "", "")


def _expert(cast: Cast, contract: str) -> Expert:
    return next(one for one in cast.experts if one.contract == contract)


async def _released(cast: Cast, key: str) -> dict[str, Any]:
    made: dict[str, Any] = await cast.office.act(f"/assignment_sets/{key}/release", invite=True)
    return made


def _leavers(cast: Cast, made: dict[str, Any]) -> list[Expert]:
    """The two with the most seats who do not speak for patients."""
    seats = Counter(one["contract_id"] for one in made["seats"])
    others = [one for one in cast.experts if one.sector is None]
    return sorted(others, key=lambda one: (-seats[one.contract], one.person.name))[:2]


async def _answer(cast: Cast, expert: Expert, declares: Expert | None = None) -> None:
    """Accept every seat; whoever declares, does so on the first card, and accepts the others."""
    for seat in await expert.person.all("/assignments"):
        if seat["state"] != "invited":
            continue
        here = f"/assignments/{seat['id']}"
        await expert.person.get(f"{here}/card")
        if expert is declares:
            text = "I have written a paper with a person on this card."
            await expert.person.act(f"{here}/declare_conflict", situation="P2", text=text)
            await confirm(cast, seat["proposal_id"])
            declares = None
        else:
            await expert.person.act(f"{here}/accept", clear=True)


async def replace(cast: Cast) -> None:
    """A run keeps every seat that stands; what it adds is released, accepted, and no panel is short."""
    before = await _stands(cast)
    declares, gone = (_expert(cast, cast.found[which]) for which in ("declares", "gone"))
    with cast.theatre.step("Two experts drop out and are replaced"):
        await cast.office.act(f"/contracts/{gone.contract}/terminate", reason="The expert cannot be reached.")
        kept = {pair: seat for pair, seat in before.items() if pair[0] != gone.contract}
        run = await solve(cast, expertise=[NEED], rules=WORST)
        made = await look(cast, run, "worst")
    found = {(one["contract_id"], one["proposal_id"]): one for one in made["seats"]}
    moved = [pair for pair in kept if pair not in found]
    expect(not moved, f"no seat that stands has moved; {len(moved)} have")
    size = cast.call_file.experts_per_proposal * wanted(cast)
    lost = size - len(kept)
    expect(lost == len(before) - len(kept) + 1, f"the seats of both are lost; {lost} are")
    expect(len(found) == size, f"every panel is full again; {len(found)} of {size} seats are")
    released = await _released(cast, made["id"])
    new = {pair[0] for pair in found if pair not in kept}
    work = [_answer(cast, one) for one in cast.experts if one.contract in new]
    await cast.theatre.together("Those who took over accept", work)
    expect(len(await _stands(cast)) == size, "every seat is accepted")
    for one in released["seats"]:
        if (one["contract_id"], one["proposal_id"]) not in kept:
            cast.tell(TOLD, one["reference"], "taken over by", one["name"], f"affinity {one['affinity']:.3f}")
    cast.tell(TOLD, f"{lost} seats lost", f"{len(moved)} seats moved", declares.person.name, gone.person.name)


async def _stands(cast: Cast) -> Seats:
    """The seats that are accepted, under a contract that holds."""
    ended = {one["id"] for one in await cast.office.all("/contracts") if one["state"] != "signed"}
    return {
        (one["contract_id"], one["proposal_id"]): one
        for one in await cast.office.all("/assignments")
        if one["state"] == "accepted" and one["contract_id"] not in ended
    }
