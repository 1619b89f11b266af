"""What follows from a panel's work."""

from sqlalchemy import select

from app.calls.models import TopicStage
from app.calls.topic_stage.workflow import TOPIC_STAGE
from app.evaluation.consensus.models import Consensus
from app.evaluation.consensus.workflow import APPROVAL, CONSENSUS, FINAL, NO_CONSENSUS, SETTLED
from app.evaluation.panel.models import Panel, PanelState
from app.evaluation.panel.workflow import PANEL
from app.evaluation.report.models import Report
from app.proposals.models import Proposal, ProposalState
from app.proposals.workflow import PROPOSAL
from app.workflow.rows import lock_all
from app.workflow.run import Act, fire

AGREEING = (APPROVAL, NO_CONSENSUS)


async def begin_anew(report: Report, act: Act) -> None:
    """Reaction to a report's `void`: what stood on it, once sealed, is drafted anew by those who stay.

    A final consensus report is void as well, its proposal in evaluation again and the list open, as long as
    the list is not closed: that one is for those who decide.
    """
    stood = select(Consensus.id).where(
        Consensus.proposal_id == report.proposal_id, Consensus.state.in_((*AGREEING, FINAL))
    )
    found = await lock_all(act.session, Consensus, await act.session.scalars(stood))
    if report.sealed_at is None or not found:
        return
    (consensus,) = found
    if consensus.state in AGREEING:
        await fire(CONSENSUS, "lose_report", consensus, act)
        return
    (proposal,) = await lock_all(act.session, Proposal, [report.proposal_id])
    here = select(Panel.id).where(Panel.topic_stage_id == proposal.topic_stage_id)
    panels = await lock_all(act.session, Panel, await act.session.scalars(here))
    closed = any(panel.state == PanelState.CLOSED for panel in panels)
    if closed or proposal.state != ProposalState.EVALUATED:
        return
    await fire(CONSENSUS, "void", consensus, act)
    await fire(PROPOSAL, "evaluate_again", proposal, act)
    for panel in panels:
        if panel.state == PanelState.RANKED:
            await fire(PANEL, "lose_place", panel, act)


async def settle_for_panel(panel: Panel, act: Act) -> None:
    """Reaction to `settle_consensus`: the report is final, as the panel has settled it (V-16)."""
    key = act.data.consensus_id
    (consensus,) = await lock_all(act.session, Consensus, [key], SETTLED)
    await fire(CONSENSUS, "settle", consensus, act)


async def rank_topic(panel: Panel, act: Act) -> None:
    """Reaction to `close`: the topic has its ranked list."""
    (topic_stage,) = await lock_all(act.session, TopicStage, [panel.topic_stage_id])
    await fire(TOPIC_STAGE, "rank", topic_stage, act)
