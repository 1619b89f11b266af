"""Panels are found by a run, looked at and released; experts declare, and what is short is filled again."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from math import ceil
from random import Random
from typing import Any

from app.rehearsal.acts.experts import LOAD, engage_all
from app.rehearsal.cast import Cast, Chair, Entry, Expert
from app.rehearsal.driver import expect

RULES: dict[str, Any] = {"least_load": {"weight": 0.1}, "country": {"most": 2, "weight": 0.1}}
"""Wishes, each with what it is worth; whatever else holds of a panel holds without being said."""
KNOWS = 0.02
"""How often a card names somebody whom the expert knows."""
BUSY = 0.01
"""How often an expert has no time after all."""
LOOK, PATIENCE = 0.3, 300.0
"""Seconds between two looks at a run, and how long it may take."""
GOES_ON = ("queued", "running")


async def assign(cast: Cast) -> None:
    """Enough experts on every proposal, each after a conflict card and a declaration."""
    await fill(cast)


async def discover(cast: Cast) -> None:
    """A conflict comes to light after a report was sealed: the report is void, another expert takes over."""
    with cast.theatre.step("A conflict comes to light late"):
        for field in cast.fields:
            if not field.evaluated:
                continue
            entry = field.evaluated[-1]
            gone = field.chairs[entry.proposal].pop()
            text = "The office learns that the expert advised a partner of this proposal last year."
            here = f"/assignments/{gone.assignment}/conflicts"
            await cast.office.make(here, situation="P2", text=text)
            await confirm(cast, entry.proposal)
            cast.note("conflict found late (P2)")
    await fill(cast)


async def fill(cast: Cast) -> None:
    """Again and again until no panel is short: first by the terms, then in the place of who is gone."""
    size, turn = cast.call_file.experts_per_proposal, 0
    entries = {entry.proposal: entry for field in cast.fields for entry in field.evaluated}
    chairs = {key: field.chairs.setdefault(key, []) for field in cast.fields for key in _of(field.evaluated)}
    drafts: set[tuple[str, str]] = set()
    while any(len(panel) < size for panel in chairs.values()):
        with cast.theatre.step("A run finds panels"):
            made = await _panels(cast, replace=any(chairs.values()))
            released = await cast.office.act(f"/assignment_sets/{made['id']}/release", invite=True)
        drafts = {(one["contract_id"], one["proposal_id"]) for one in released["seats"] if one["rapporteur"]}
        asked = {seat["contract_id"] for seat in released["seats"] if seat["state"] == "invited"}
        work = [_answer(cast, one, entries, chairs, turn) for one in cast.experts if one.contract in asked]
        await cast.theatre.together("Experts declare and take their seats", work)
        turn += 1
    for key, panel in chairs.items():
        panel.sort(key=lambda chair: ((chair.expert.contract, key) not in drafts, chair.expert.person.name))
        left = [one for one in entries[key].paper.views if all(one is not chair.views for chair in panel)]
        for chair in panel:
            chair.views = left.pop(0) if chair.views is None else chair.views


def _of(entries: Sequence[Entry]) -> list[str]:
    return [entry.proposal for entry in entries]


async def _panels(cast: Cast, *, replace: bool) -> dict[str, Any]:
    """The set that a run makes. Where rules block it the office reads why, and asks further experts."""
    while True:
        run = await (solve(cast, replace=True) if replace else solve(cast, terms=terms(cast, rules=RULES)))
        if run["state"] != "infeasible":
            break
        cast.note("runs that rules blocked")
        for sentence in run["sentences"]:
            cast.tell("Why panels could not be made", sentence)
        short = sum(sentence.startswith("To mend it") for sentence in run["sentences"])
        await engage_all(cast, [(cast.synthetic.name(), None) for _ in range(ceil(max(1, short) / LOAD))])
    return await look(cast, run)


async def look(cast: Cast, run: Mapping[str, Any], goal: str = "total") -> dict[str, Any]:
    """The set of this goal that a run has made, as the office reads it before its release."""
    told = " ".join(run["sentences"])
    expect(run["state"] == "solved", f"panels are found, and proved; it is {run['state']}: {told}")
    sets = [await cast.office.get(f"/assignment_sets/{key}") for key in run["set_ids"]]
    made: dict[str, Any] = next(one for one in sets if one["goal"] == goal)
    hard = [one["text"] for one in made["broken"] if one["hard"]]
    expect(not hard, f"nothing stands against what the run has found: {' '.join(hard)}")
    figures, found = made["figures"], run["figures"][goal]
    cast.tell(
        "Panels found by runs",
        f"{figures['seats']} seats",
        f"total {figures['total']:.2f}, at most {_said(found['bound'])}",
        f"worst panel {figures['worst']['affinity']:.2f}",
        f"gap {_said(found['gap'])}",
        f"{found['seconds']:.1f} s",
    )
    return made


def _said(value: float | None) -> str:
    return "not known" if value is None else f"{value:.4g}"


def terms(cast: Cast, **more: Any) -> dict[str, Any]:
    """Panels as the call has them, and whatever else is said."""
    return {"panel_size": cast.call_file.experts_per_proposal, "most": LOAD} | more


async def solve(cast: Cast, **asked: Any) -> dict[str, Any]:
    """A run for the stage, once it is over: by terms, or to replace who is gone."""
    await settle(cast)
    run = await cast.office.make(f"/stages/{cast.stage}/assignment_runs", **asked)
    begun = time.monotonic()
    while run["state"] in GOES_ON:
        expect(time.monotonic() < begun + PATIENCE, f"a run is over within {PATIENCE:.0f} seconds")
        await asyncio.sleep(LOOK)
        run = await cast.office.get(f"/assignment_runs/{run['id']}")
    found: dict[str, Any] = run
    return found


async def settle(cast: Cast) -> None:
    """Of whom it is open who they are, the office says that two who are alike are two: all are made up."""
    for one in (await cast.office.get(f"/calls/{cast.call}/unresolved_identities"))["items"]:
        which = {name: one[name] for name in ("person_id", "name", "organisation_id") if one[name]}
        reason = "Both are made up for the rehearsal, one apart from the other."
        here = f"/experts/{one['expert_id']}/identities"
        await cast.office.make(here, **which, same=False, reason=reason)
        cast.note("identities settled")


async def _answer(
    cast: Cast, expert: Expert, entries: Mapping[str, Entry], chairs: Mapping[str, list[Chair]], turn: int
) -> None:
    """On each card the expert says that all is clear, or whom they know on it, or that there is no time."""
    for seat in await expert.person.all("/assignments"):
        if seat["state"] != "invited":
            continue
        entry, here = entries[seat["proposal_id"]], f"/assignments/{seat['id']}"
        card = await expert.person.get(f"{here}/card")
        chance = Random(f"{expert.person.name} {entry.paper.acronym} {turn}")
        drawn = chance.random()
        if drawn < KNOWS:
            people = [person for body in card["organisations"] for person in body["people"]]
            text = f"I have published with {chance.choice(people)} within the last three years."
            await expert.person.act(f"{here}/declare_conflict", situation="P2", text=text)
            await confirm(cast, entry.proposal)
            cast.note("conflict declared (P2)")
        elif drawn < KNOWS + BUSY:
            await expert.person.act(f"{here}/decline")
            cast.note("declined for want of time")
        else:
            await expert.person.act(f"{here}/accept", clear=True)
            chairs[entry.proposal].append(Chair(expert, seat["id"], entry))


async def confirm(cast: Cast, proposal: str) -> None:
    """The office confirms every conflict with the proposal that is still to be decided."""
    for conflict in await cast.office.all("/conflicts", proposal_id=proposal):
        if conflict["state"] in ("declared", "found"):
            reason = "The expert is not to judge this proposal."
            await cast.office.act(f"/conflicts/{conflict['id']}/confirm", reason=reason)
