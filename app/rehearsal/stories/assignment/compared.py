"""A run and a set by hand: what each comes to, which seats differ, and why one of them is as it is."""

from typing import Any

from app.rehearsal.acts.experts import LOAD
from app.rehearsal.acts.panels import look, solve, terms
from app.rehearsal.cast import Cast
from app.rehearsal.driver import expect

GAP = 1e-4
"""What counts as proved."""
RULES: dict[str, Any] = {"least_load": {"weight": 1e-6}}
"""That everybody has a seat is wished, and costs a set next to nothing: totals are compared as they are."""
WORST = RULES | {"objective": "worst"}
TOLD = "Panels by a run and by hand"


async def compare(cast: Cast) -> None:
    """The run's two ends first; then the office takes, proposal by proposal, the best who are free."""
    with cast.theatre.step("A run finds panels, of two ends"):
        run = await solve(cast, terms=terms(cast, rules=WORST))
        ends = {goal: await look(cast, run, goal) for goal in ("total", "worst")}
    for goal, found in run["figures"].items():
        expect(found["gap"] is not None and found["gap"] <= GAP, f"the {goal} is proved; gap {found['gap']}")
    for goal, made in ends.items():
        _tell(cast, f"the run, by {goal}", made)
    total, worst = ends["total"]["figures"], ends["worst"]["figures"]
    expect(worst["worst"]["affinity"] >= total["worst"]["affinity"], "the worst panel is better at that end")
    bound = run["figures"]["worst"]["worst_bound"]
    cast.tell(TOLD, "no worst panel is above", "", f"{bound:.3f}", "")
    with cast.theatre.step("The office makes panels by hand"):
        hand = await _by_hand(cast)
    _tell(cast, "by hand", hand)
    expect(hand["figures"]["total"] <= run["figures"]["total"]["bound"] + GAP, "no hand beats the bound")
    differs = await cast.office.get(f"/assignment_sets/{ends['total']['id']}/comparison/{hand['id']}")
    cast.tell(TOLD, f"{differs['both']} seats in both", f"{len(differs['only_here'])} differ", "", "")
    await _explain(cast, ends["total"])


def _tell(cast: Cast, which: str, made: dict[str, Any]) -> None:
    figures = made["figures"]
    worst, balance = figures["worst"], figures["balance"]
    loads = f"{balance['least']} to {balance['most']} seats each"
    cast.tell(TOLD, which, f"total {figures['total']:.3f}", f"worst {worst['affinity']:.3f}", loads)


async def _by_hand(cast: Cast) -> dict[str, Any]:
    """Nobody twice from one organisation, nobody above their load; nothing that is hard is broken."""
    size = cast.call_file.experts_per_proposal
    made = await cast.office.make(
        f"/stages/{cast.stage}/assignment_sets",
        title="By hand",
        terms=terms(cast, rules=RULES),
    )
    here = f"/assignment_sets/{made['id']}"
    employer = {one.contract: one.employer or one.contract for one in cast.experts}
    holds = dict.fromkeys(employer, 0)
    put = []
    for entry in (entry for field in cast.fields for entry in field.evaluated):
        panel: set[str] = set()
        best = (await cast.office.get(f"{here}/proposals/{entry.proposal}/candidates"))["items"]
        for one in best:
            key = one["contract_id"]
            free = not one["barred"] and holds[key] < LOAD and employer[key] not in panel
            if free and len(panel) < size:
                panel.add(employer[key])
                holds[key] += 1
                put.append({"proposal_id": entry.proposal, "contract_id": key})
    found: dict[str, Any] = await cast.office.edit(here, made["version"], put=put)
    hard = [one["text"] for one in found["broken"] if one["hard"]]
    expect(not hard, f"the set by hand breaks nothing: {' '.join(hard)}")
    return found


async def _explain(cast: Cast, made: dict[str, Any]) -> None:
    """The seat with the most affinity: what the texts share, and who was next."""
    seat = max(made["seats"], key=lambda one: one["affinity"])
    here = f"/assignment_sets/{made['id']}/seats/{seat['proposal_id']}/{seat['contract_id']}/why"
    why = await cast.office.get(here)
    expect(bool(why["words"]), "a seat is explained by words that the texts share")
    told = f"Why {why['name']} sits on {seat['reference']}"
    cast.tell(told, "affinity", f"{why['affinity']:.3f}, rank {why['rank']} of {why['eligible']}")
    cast.tell(told, "words in common", ", ".join(why["words"]))
    cast.tell(told, "nearest publication", why["nearest"] or "none")
    cast.tell(told, "next best", f"{why['next_best']}: {' '.join(why['kept_out'])}")
