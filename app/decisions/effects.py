"""What the rows of a decision bring about."""

from decimal import Decimal

from app.calls.chosen import scheme_of
from app.decisions.models import Decision, Line
from app.decisions.rules import Entry, Outcome, draw_line
from app.evaluation.panel.models import Panel
from app.proposals.models import Proposal, ProposalState
from app.workflow.run import Act


async def draw(decision: Decision, act: Act) -> None:
    """Draw the budget line on the list of the panel, which is the act's parent (K-03).

    What was withdrawn or found ineligible since the list was closed keeps its place and takes no money.
    """
    panel: Panel = act.parent
    topic_stage = decision.topic_stage
    assert panel.digest is not None
    decision.topic_id, decision.envelope = topic_stage.topic_id, topic_stage.budget
    decision.list_digest = panel.digest
    places = {place.proposal_id: place for place in panel.places}
    entries = [
        Entry(
            key,
            place.rank,
            place.proposal.requested,
            {code: Decimal(str(score)) for code, score in place.scores.items()},
        )
        for key, place in places.items()
        if not place.proposal.gone
    ]
    thresholds = {criterion.code: criterion.threshold for criterion in scheme_of(topic_stage).criteria}
    left = [
        Outcome(key, "rejected", _why(place.proposal)) for key, place in places.items() if place.proposal.gone
    ]
    for outcome in (*draw_line(entries, decision.envelope, thresholds), *left):
        place = places[outcome.key]
        line = Line(decision=decision, proposal=place.proposal, rank=place.rank)
        line.requested, line.outcome, line.reason = place.proposal.requested, outcome.outcome, outcome.reason
        act.session.add(line)
    act.note(envelope=str(decision.envelope), list_digest=panel.digest)


def _why(proposal: Proposal) -> str:
    """The code of K-10 of one that is on the list no more."""
    return "WITHDRAWN" if proposal.state == ProposalState.WITHDRAWN else proposal.reason or "INELIGIBLE"


async def date_release(decision: Decision, act: Act) -> None:
    decision.released_at = act.now
