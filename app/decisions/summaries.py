"""Summary reports go out with the outcome of their proposals, or stay inside."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.calls.chosen import rules_of
from app.calls.models import Call, Stage, TopicStage
from app.evaluation.summary.models import Summary, SummaryState
from app.evaluation.summary.workflow import SUMMARY
from app.proposals.models import Proposal, ProposalState
from app.workflow.rows import lock_all
from app.workflow.run import Act, fire_all

TOLD = (ProposalState.SELECTED, ProposalState.RESERVE, ProposalState.REJECTED)


async def give_summaries(
    call: Call, part: TopicStage, proposals: Sequence[Proposal], act: Act
) -> frozenset[UUID]:
    """Release those of these proposals with an outcome (V-21); gives the proposals whose report is released.

    After a stage with short feedback the selected ones read none, and those on the reserve list not before
    they are rejected (V-23). What has left the process before its outcome has none to read.
    """
    states = {proposal.id: proposal.state for proposal in proposals}
    kind = await act.session.scalar(select(Stage.kind).where(Stage.id == part.stage_id))
    short = kind in rules_of(call).short_feedback
    wanted = select(Summary.id).where(Summary.proposal_id.in_(states), Summary.state == SummaryState.CLEARED)
    found = await lock_all(act.session, Summary, await act.session.scalars(wanted))
    rows: dict[str, list[Summary]] = {"release": [], "withhold": [], "void": []}
    for one in found:
        if one.state == SummaryState.CLEARED and (row := row_of(states[one.proposal_id], short)):
            rows[row].append(one)
    for row, some in rows.items():
        await fire_all(SUMMARY, row, some, act.given(None))
    return frozenset(one.proposal_id for one in rows["release"])


def row_of(state: str, short: bool) -> str:
    """What becomes of the report of a proposal with this outcome."""
    if state not in TOLD:
        return "void"
    if short and state == ProposalState.RESERVE:
        return ""  # it may still be invited
    return "withhold" if short and state == ProposalState.SELECTED else "release"
