"""What the rows of a decision bring about."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from app.calls.chosen import invited_to_next, scheme_of
from app.committee.models import Motion
from app.decisions.models import Decision, Line
from app.decisions.rules import Entry, Outcome, draw_line, invite_first
from app.evaluation.ethics.models import EthicsScreening, EthicsState
from app.evaluation.panel.models import Panel
from app.proposals.models import Proposal, ProposalState
from app.workflow.run import Act


async def draw(decision: Decision, act: Act) -> None:
    """Draw the line on the list of the panel, the act's parent: by money, or by rank (K-03, C-07).

    What was withdrawn or found ineligible since the list was closed keeps its place, and takes neither; the
    same holds for what ethics stands against (X-03), and for whom the motion passes over.
    """
    panel: Panel = act.parent
    topic_stage = decision.topic_stage
    assert panel.digest is not None
    decision.topic_id, decision.list_digest = topic_stage.topic_id, panel.digest
    places = {place.proposal_id: place for place in panel.places}
    passed = passed_over(decision.motion)
    entries, left = await standing(panel, passed, act)
    words = {key: one["text"] for key, one in passed.items()}
    thresholds = {criterion.code: criterion.threshold for criterion in scheme_of(topic_stage).criteria}
    out = [Outcome(key, "rejected", reason) for key, reason in left.items()]
    for outcome in (*_line(decision, entries, thresholds, reasons_in(passed)), *out):
        place = places[outcome.key]
        line = Line(decision=decision, proposal=place.proposal, rank=place.rank)
        line.requested, line.outcome, line.reason = place.proposal.requested, outcome.outcome, outcome.reason
        line.passed_over = None if outcome.key in left else words.get(outcome.key)
        act.session.add(line)
    by = {"envelope": str(decision.envelope)} if decision.invites is None else {"invites": decision.invites}
    act.note(**by, list_digest=panel.digest)


def passed_over(motion: Motion) -> dict[UUID, dict[str, str]]:
    """Whom a motion passes over, by proposal."""
    return {UUID(one["proposal_id"]): one for one in motion.passed_over}


def reasons_in(passed: Mapping[UUID, Mapping[str, str]]) -> dict[UUID, str]:
    return {key: one["reason"] for key, one in passed.items()}


async def standing(panel: Panel, passed: Collection[UUID], act: Act) -> tuple[list[Entry], dict[UUID, str]]:
    """Those on the list that the line is drawn on, and why the others are out; whom it passes over stands."""
    places = {place.proposal_id: place for place in panel.places}
    left = {key: _why(one.proposal) for key, one in places.items() if one.proposal.gone}
    refused = await _not_cleared(panel, act)
    left |= {key: "ETHICS" for key in refused if key in places and key not in left and key not in passed}
    entries = [
        Entry(
            key,
            place.rank,
            place.proposal.requested,
            {code: Decimal(str(score)) for code, score in place.scores.items()},
        )
        for key, place in places.items()
        if key not in left
    ]
    return entries, left


async def _not_cleared(panel: Panel, act: Act) -> Sequence[UUID]:
    of_panel = (EthicsScreening.panel_id == panel.id, EthicsScreening.state == EthicsState.NOT_CLEARED)
    return (await act.session.scalars(select(EthicsScreening.proposal_id).where(*of_panel))).all()


def _line(
    decision: Decision,
    entries: Sequence[Entry],
    thresholds: Mapping[str, Decimal],
    passed: Mapping[UUID, str],
) -> Sequence[Outcome]:
    """Nothing of a first stage is filled by money: how many go on is data of the topic in it."""
    part = decision.topic_stage
    decision.invites = invited_to_next(part)
    if decision.invites is not None:
        decision.envelope = None
        return invite_first(entries, decision.invites, thresholds)
    decision.envelope = part.budget
    return draw_line(entries, part.budget, thresholds, passed)


def _why(proposal: Proposal) -> str:
    """The code of K-10 of one that is on the list no more."""
    return "WITHDRAWN" if proposal.state == ProposalState.WITHDRAWN else proposal.reason or "INELIGIBLE"


async def date_release(decision: Decision, act: Act) -> None:
    decision.released_at = act.now


async def date_return(decision: Decision, act: Act) -> None:
    """It counts no more, by the motion that is the act's parent; it stays as it was."""
    decision.superseded_at, decision.returned_by = act.now, act.parent
    act.note(list_digest=decision.list_digest)
