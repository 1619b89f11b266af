"""What new scores would come to: list, line and money, loaded for the rule that weighs them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.chosen import scheme_of
from app.calls.models import LEFT, TopicStage
from app.calls.rules import Phase, phase
from app.calls.scheme import FIGURES
from app.decisions.invitation.models import InvitationState
from app.decisions.invitation.queries import beside, places_taken
from app.decisions.models import Decision, Line
from app.decisions.queries import closed_panel, in_force
from app.decisions.redress.models import Redress
from app.decisions.redress.re_evaluation.models import ReEvaluationState
from app.decisions.redress.re_evaluation.rules import Result, best, result
from app.decisions.redress.rules import Listed, Moves, Remedy, Standing, Upheld, remedy, who_moves
from app.decisions.reserve.queries import may_wait
from app.evaluation.ethics.models import EthicsScreening, EthicsState
from app.evaluation.panel.inputs import figures_in
from app.evaluation.panel.models import Panel, Place
from app.proposals.models import Proposal, ProposalState
from app.proposals.queries import last_manifests
from app.workflow.rows import loading

ZERO = Decimal(0)
KNOWN: Mapping[ProposalState, Literal["selected", "reserve"]] = {
    ProposalState.SELECTED: "selected",
    ProposalState.RESERVE: "reserve",
}


@dataclass(frozen=True)
class Weighed:
    """What the scores of a new evaluation come to, and who moves; `waits` by reference.

    `basis`: the result itself, or the best that it may come to. `reserve_open`: somebody may still wait.
    `ethics`: how its screening stands, if there is one.
    """

    basis: Literal["result", "best_possible"]
    result: Result
    moves: Moves
    remedy: Remedy
    requested: Decimal
    waits: Sequence[str]
    reserve_open: bool
    ethics: EthicsState | None


async def weigh(session: AsyncSession, redress: Redress, now: Any) -> Weighed | None:
    """Weigh a request by the list, the decision and the money as they are; None before there is a decision.

    The caller holds the topic in its stage where something follows. A constant number of statements.
    """
    part = redress.topic_stage
    panel = await closed_panel(session, part.id)
    counts = (Decision.topic_stage_id == part.id, in_force())
    whole = select(Decision).where(*counts).options(*loading(Decision, ["lines"]))
    decision = (await session.scalars(whole)).one_or_none()
    if panel is None or decision is None:
        return None
    fresh = {"populate_existing": True}
    here = select(Proposal).where(Proposal.topic_stage_id == part.id)
    proposals = {one.id: one for one in await session.scalars(here, execution_options=fresh)}
    mine = proposals[redress.proposal_id]
    scheme, inputs = scheme_of(part), panel.lists[-1].inputs
    basis, found = _scores(redress, panel)
    steps = set(scheme.tie_break) & set(FIGURES)
    figures = await _figures_of(session, mine, steps) if inputs else {}
    upheld = Upheld(mine.id, found.scores, figures, mine.requested, found.above)
    moves = who_moves(
        _listed(panel.places, decision.lines, _figures(inputs, steps)),
        upheld,
        scheme,
        [Standing(key, KNOWN.get(one.state, "other"), one.requested) for key, one in proposals.items()],
        drawn=decision.invites if decision.invites is not None else decision.envelope or ZERO,
        budget=part.budget,
    )
    ahead = await place_to_wait(session, redress, decision, moves, now)
    ethics = await ethics_of(session, mine.id)
    refused = ethics == EthicsState.NOT_CLEARED
    comes_to = remedy(moves, mine.state == ProposalState.RESERVE, open_ahead=ahead, refused=refused)
    waits = [proposals[key].reference for key in moves.waits]
    return Weighed(basis, found, moves, comes_to, mine.requested, waits, ahead, ethics)


async def ethics_of(session: AsyncSession, proposal_id: UUID) -> EthicsState | None:
    """How the ethics screening of a proposal stands; None: there was none."""
    found: EthicsState | None = await session.scalar(
        select(EthicsScreening.state).where(EthicsScreening.proposal_id == proposal_id)
    )
    return found


def _scores(redress: Redress, panel: Panel) -> tuple[Literal["result", "best_possible"], Result]:
    """The result, or the best that the criteria recommended, or else all, may come to (Z-04)."""
    scheme = scheme_of(redress.topic_stage)
    overall = None if panel.cut is None else Decimal(panel.cut["threshold"])
    again = redress.re_evaluation
    if again is not None and again.state == ReEvaluationState.FINAL:
        return "result", result({}, again.scores, scheme, overall)
    place = next((one for one in panel.places if one.proposal_id == redress.proposal_id), None)
    old = {} if place is None else place.scores
    criteria = (again.criteria if again is not None else redress.criteria) or [
        c.code for c in scheme.criteria
    ]
    return "best_possible", result(old, best(old, criteria, scheme), scheme, overall)


def _listed(
    places: Iterable[Place], lines: Iterable[Line], figures: Mapping[str, Mapping[str, Decimal]]
) -> list[Listed]:
    out = {line.proposal_id for line in lines if line.outcome == "rejected" and line.rank is not None}
    return [
        Listed(
            place.proposal_id,
            place.rank,
            place.weighted,
            {code: Decimal(str(score)) for code, score in place.scores.items()},
            figures.get(place.proposal.reference, {}),
            place.proposal.requested,
            place.proposal_id in out,
        )
        for place in places
        if place.rank is not None
    ]


def _figures(inputs: Mapping[str, Any], steps: set[str]) -> dict[str, dict[str, Decimal]]:
    """The figures of computed steps that the list was sealed with, by reference."""
    return {
        reference: {step: Decimal(figure) for step, figure in facts["figures"].items() if step in steps}
        for reference, facts in inputs.get("proposals", {}).items()
    }


async def _figures_of(session: AsyncSession, proposal: Proposal, steps: set[str]) -> dict[str, Decimal]:
    manifest = (await last_manifests(session, [proposal.id])).get(proposal.id, {})
    return {step: n for step, n in figures_in(manifest.get("partners", ())).items() if step in steps}


async def place_to_wait(
    session: AsyncSession, redress: Redress, decision: Decision, moves: Moves, now: Any
) -> bool:
    """Whether there is a reserve that is not over; of a first stage, a second to be invited to (C-08, K-05).

    The reserve of a first stage is over as well once the last place has merged.
    """
    if decision.envelope is not None:
        return await may_wait(session, redress.topic_stage.stage.call, decision, now)
    if not await second_stage_open(session, decision.topic_stage_id, now):
        return False
    merged = await places_taken(session, decision.topic_stage_id, InvitationState.MERGED)
    return moves.above_line or merged < (decision.invites or 0)


async def second_stage_open(session: AsyncSession, topic_stage_id: UUID, now: Any) -> bool:
    """Whether a short proposal of the topic can still be invited to the second stage."""
    wanted = select(TopicStage).where(TopicStage.id.in_(beside(topic_stage_id, step=1)))
    ahead = await session.scalar(wanted.options(*loading(TopicStage, ["stage"])))
    if ahead is None or ahead.state in LEFT:
        return False
    return phase(ahead.stage.opens_at, ahead.stage.closes_at, now) is not Phase.CLOSED
