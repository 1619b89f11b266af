"""What the rows of a panel bring about: the list, its order, its freezing."""

import hashlib
from uuid import uuid4

import rfc8785

from app.calls.chosen import scheme_of
from app.evaluation.consensus.models import ConsensusState
from app.evaluation.panel.models import Panel, Place
from app.evaluation.rules import rank
from app.workflow.run import Act


async def seat(panel: Panel, act: Act) -> None:
    panel.topic_stage, panel.topic_id, panel.places = act.parent, act.parent.topic_id, []


async def place_all(panel: Panel, act: Act) -> None:
    """Make the list from the final consensus reports, anew each time; no person has a hand in it."""
    scheme = scheme_of(panel.topic_stage)
    scores = {
        consensus.proposal_id: {p.criterion: p.score for p in consensus.points if p.score is not None}
        for consensus in panel.consensuses
        if consensus.state == ConsensusState.FINAL
    }
    placed = {place.proposal_id: place for place in panel.places}
    for gone in placed.keys() - scores.keys():
        await act.session.delete(placed[gone])
    for found in rank(scores, scheme):
        place = placed.get(found.key) or Place(id=uuid4(), panel=panel, proposal_id=found.key)
        act.session.add(place)
        place.rank, place.above, place.total = found.rank, found.above, found.total
        place.scores = {code: str(score) for code, score in scores[found.key].items()}


async def part(panel: Panel, act: Act) -> None:
    """Give those who share a rank the order that the panel decided."""
    places = {place.proposal_id: place for place in panel.places}
    first = places[act.data.order[0]].rank
    assert first is not None
    for number, key in enumerate(act.data.order):
        places[key].rank = first + number


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
