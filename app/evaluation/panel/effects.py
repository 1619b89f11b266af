"""What the rows of a panel bring about: the list, its order, its freezing."""

import hashlib
from typing import Any
from uuid import UUID, uuid4

import rfc8785

from app.evaluation.panel.inputs import Inputs, inputs_of, ranking_of, scores_in
from app.evaluation.panel.models import Panel, PanelParting, Place
from app.evaluation.panel.rules import Cut
from app.workflow.run import Act


async def seat(panel: Panel, act: Act) -> None:
    panel.topic_stage, panel.topic_id, panel.places = act.parent, act.parent.topic_id, []


async def place_all(panel: Panel, act: Act) -> None:
    """Make the list from the final consensus reports, anew each time; no person has a hand in it."""
    await put_in_place(panel, await inputs_of(panel, act.session), act)


async def put_in_place(panel: Panel, inputs: Inputs, act: Act) -> None:
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
    panel.closed_at, panel.digest = act.now, digest(panel)
    act.note(digest=panel.digest)


def digest(panel: Panel) -> str:
    """SHA-256 of the canonical list (RFC 8785): reference, rank, total and scores of every proposal."""
    lines = {
        place.proposal.reference: {"rank": place.rank, "total": str(place.total), "scores": place.scores}
        for place in panel.places
    }
    return hashlib.sha256(rfc8785.dumps(lines)).hexdigest()
