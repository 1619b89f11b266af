"""One expert declares a conflict, and the contract of another ends: both are replaced, and nobody moves."""

from collections import Counter
from typing import Any

from app.rehearsal.acts.panels import confirm, look, solve
from app.rehearsal.cast import Cast, Expert
from app.rehearsal.driver import expect
from app.rehearsal.stories.assignment.pool import wanted

TOLD = "Who dropped out, and who took over"


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
    """A run keeps every seat that stands and says so; what it adds is released, and no panel is short."""
    before = await _accepted(cast)
    declares, gone = (_expert(cast, cast.found[which]) for which in ("declares", "gone"))
    kept = {pair for pair in before if pair[0] != gone.contract}
    size = cast.call_file.experts_per_proposal * wanted(cast)
    with cast.theatre.step("Two experts drop out and are replaced"):
        await cast.office.act(f"/contracts/{gone.contract}/terminate", reason="The expert cannot be reached.")
        run = await solve(cast, replace=True)
        made = await look(cast, run)
        for one in made["broken"]:
            if one["kind"] == "gone":
                seat = before[one["contract_ids"][0], one["proposal_id"]]
                await cast.office.act(f"/assignments/{seat}/void", reason="The contract is terminated.")
    found = {(one["contract_id"], one["proposal_id"]): one for one in made["seats"]}
    told = run["replaced"]
    expect(not told["moved"] and kept <= found.keys(), f"no seat that stands moves; it moves {told['moved']}")
    expect(told["proved"], "it is proved that none has to move")
    sentence = f"Every one of the {len(kept)} seats that stand is kept."
    expect(sentence in run["sentences"], f"the run says so: {sentence} It says: {run['sentences']}")
    expect(len(told["lost"]) == size - len(kept), f"{size - len(kept)} seats are lost: {told['lost']}")
    expect(len(found) == size, f"every panel is full again; {len(found)} of {size} seats are")
    await _released(cast, made["id"])
    new = {pair: one for pair, one in found.items() if pair not in kept}
    takes = {contract for contract, _ in new}
    work = [_answer(cast, one) for one in cast.experts if one.contract in takes]
    await cast.theatre.together("Those who took over accept", work)
    expect((await _accepted(cast)).keys() == found.keys(), "every seat is accepted")
    for one in new.values():
        cast.tell(TOLD, one["reference"], "taken over by", one["name"], f"affinity {one['affinity']:.3f}")
    lost, moved = len(told["lost"]), len(told["moved"])
    cast.tell(TOLD, f"{lost} seats lost", f"{moved} seats moved", declares.person.name, gone.person.name)


async def _accepted(cast: Cast) -> dict[tuple[str, str], str]:
    """The seats that are accepted, each with its id."""
    contracts = {one.id: one.contract for one in cast.experts}
    return {
        (contracts[one["expert_id"]], one["proposal_id"]): one["id"]
        for one in await cast.office.all("/assignments")
        if one["state"] == "accepted"
    }
