"""What the rows of a panel bring about: the list, its order, its freezing."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid4

import rfc8785

from app.evaluation.panel.inputs import Inputs, inputs_of, ranking_of, scores_in
from app.evaluation.panel.models import FallenReport, FrozenList, Panel, PanelParting, Place
from app.evaluation.panel.rules import Cut
from app.workflow.run import Act
from app.workflow.second import pending


async def seat(panel: Panel, act: Act) -> None:
    panel.topic_stage, panel.topic_id, panel.places = act.parent, act.parent.topic_id, []
    panel.lists, panel.partings, panel.changes = [], [], []


async def place_all(panel: Panel, act: Act) -> None:
    """Make the list from the final consensus reports, anew each time; no person has a hand in it."""
    await put_in_place(panel, await inputs_of(panel, act.session), act)


async def put_in_place(panel: Panel, inputs: Inputs, act: Act) -> None:
    """Place everybody as these inputs say."""
    ranked, found = ranking_of(inputs)
    keys = {reference: UUID(facts["proposal_id"]) for reference, facts in inputs["proposals"].items()}
    placed = {place.proposal_id: place for place in panel.places}
    for gone in placed.keys() - set(keys.values()):
        await act.session.delete(placed[gone])
    for one in ranked:
        key = keys[one.key]
        place = placed.get(key) or Place(id=uuid4(), panel=panel, proposal_id=key)
        act.session.add(place)
        place.rank, place.above, place.total, place.weighted = one.rank, one.above, one.total, one.weighted
        place.parted_by, place.awaits = one.parted_by, one.awaits
        place.scores = {code: str(score) for code, score in scores_in(inputs["proposals"][one.key]).items()}
    panel.cut = None if found is None else told(found, inputs)


def told(found: Cut, inputs: Inputs) -> dict[str, Any]:
    """How the threshold came about (V-02), as it is shown."""
    rule = inputs["scheme"]["budget_cut"]
    return {
        "threshold": str(found.threshold),
        "aim": rule["aim"],
        "least": rule["least"],
        "budget": inputs["budget"],
        "requested": str(found.requested),
        "passing": found.passing,
    }


async def part(panel: Panel, act: Act) -> None:
    """Keep what the panel decided under one step, and make the list with it."""
    assert act.actor.id is not None
    said = PanelParting(id=uuid4(), number=len(panel.partings) + 1, step=act.data.step, at=act.now)
    said.groups = [sorted(map(str, group)) for group in act.data.order]
    said.reason, said.by = act.data.reason, act.actor.id
    act.session.add(said)
    panel.partings.append(said)
    await place_all(panel, act)


async def freeze(panel: Panel, act: Act) -> None:
    """Seal the list with what it is made of: the next version, named by its digest."""
    frozen = FrozenList(id=uuid4(), number=len(panel.lists) + 1, closed_at=act.now)
    frozen.inputs, frozen.places = await inputs_of(panel, act.session), lines(panel.places)
    act.session.add(frozen)
    panel.lists.append(frozen)
    frozen.digest = digest(panel)
    panel.closed_at, panel.digest = act.now, frozen.digest
    act.note(digest=frozen.digest, version=frozen.number)


async def take_list_back(panel: Panel, act: Act) -> None:
    """The list counts no more; it stays as it was, with why. What one officer has asked of it is void."""
    frozen = panel.lists[-1]
    frozen.reopened_at, frozen.fault, frozen.reopened_for = act.now, act.data.fault, act.data.text
    panel.closed_at = panel.digest = None
    for asked in await act.session.scalars(pending("panel", panel.id)):
        await act.session.delete(asked)
    act.note(version=frozen.number, digest=frozen.digest)


async def note_fallen(panel: Panel, act: Act) -> None:
    fallen = FallenReport(id=uuid4(), report_id=act.data.report_id, proposal_id=act.data.proposal_id)
    fallen.panel, fallen.at, fallen.taken_up = panel, act.now, False
    act.session.add(fallen)


def lines(places: Iterable[Place]) -> list[dict[str, Any]]:
    """The places as they are kept with a version of the list."""
    return [
        {
            "proposal_id": str(place.proposal_id),
            "reference": place.proposal.reference,
            "rank": place.rank,
            "above": place.above,
            "total": f"{place.total:.2f}",
            "weighted": f"{place.weighted:.4f}",
            "parted_by": place.parted_by,
            "scores": place.scores,
        }
        for place in sorted(places, key=lambda p: (not p.above, p.rank or 0, -p.total, p.proposal.reference))
    ]


def digest(panel: Panel) -> str:
    """What the list as it stands comes to, with what its latest version was made of."""
    latest = panel.lists[-1]
    return digest_of(lines(panel.places), latest.inputs, latest.number)


def digest_of(places: Iterable[Mapping[str, Any]], inputs: Inputs, number: int) -> str:
    """SHA-256 of the canonical list (RFC 8785): reference, rank, total and scores of every proposal.

    With it go its number and all that it is made of; a list that is older than that goes alone.
    """
    told = {one["reference"]: {name: one[name] for name in ("rank", "total", "scores")} for one in places}
    whole: dict[str, Any] = {"version": number, "places": told, "inputs": inputs} if inputs else told
    return hashlib.sha256(rfc8785.dumps(whole)).hexdigest()
