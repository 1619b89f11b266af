"""What follows from a panel's work."""

from sqlalchemy import select

from app.calls.models import Call, Stage, TopicStage
from app.calls.topic_stage.workflow import TOPIC_STAGE
from app.evaluation.consensus.models import Consensus, ConsensusState
from app.evaluation.consensus.workflow import APPROVAL, CONSENSUS, FINAL, NO_CONSENSUS, SETTLED
from app.evaluation.panel.models import FallenReport, Panel, PanelState
from app.evaluation.panel.schemas import ReportFell
from app.evaluation.panel.workflow import PANEL
from app.evaluation.report.models import Report
from app.proposals.models import Proposal, ProposalState
from app.proposals.workflow import PROPOSAL
from app.workflow.rows import lock_all
from app.workflow.run import Act, fire, fire_all

AGREEING = (APPROVAL, NO_CONSENSUS)


async def begin_anew(report: Report, act: Act) -> None:
    """Reaction to a report's `void`: what stood on it, once sealed, is drafted anew by those who stay.

    A final consensus report is void as well, its proposal in evaluation again and the list open, as long as
    the list is not closed. A closed one stands for those who decide, and for those who were told; what has
    fallen is noted, whenever that is, and begins anew if the list is made anew. Panels are locked first, as
    by their own acts.
    """
    if report.sealed_at is None:
        return
    part = select(Proposal.topic_stage_id).where(Proposal.id == report.proposal_id).scalar_subquery()
    here = select(Panel.id).where(Panel.topic_stage_id == part, Panel.state != PanelState.DISSOLVED)
    panels = await lock_all(act.session, Panel, await act.session.scalars(here))
    stood = select(Consensus.id).where(
        Consensus.proposal_id == report.proposal_id, Consensus.state != ConsensusState.VOIDED
    )
    found = await lock_all(act.session, Consensus, await act.session.scalars(stood))
    if not found or found[0].state == ConsensusState.DRAFTING:
        return
    (consensus,) = found
    if consensus.state in AGREEING:
        await fire(CONSENSUS, "lose_report", consensus, act)
        return
    (proposal,) = await lock_all(act.session, Proposal, [report.proposal_id])
    if proposal.gone:
        return
    closed = [panel for panel in panels if panel.state == PanelState.CLOSED]
    for panel in closed:
        fell = ReportFell(report_id=report.id, proposal_id=proposal.id)
        await fire(PANEL, "lose_report", panel, act.given(fell))
    if closed or proposal.state != ProposalState.EVALUATED:
        return
    await _agree_anew(consensus, proposal, act)
    for panel in panels:
        if panel.state == PanelState.RANKED:
            await fire(PANEL, "lose_place", panel, act)


async def _agree_anew(consensus: Consensus, proposal: Proposal, act: Act) -> None:
    await fire(CONSENSUS, "void", consensus, act)
    await fire(PROPOSAL, "evaluate_again", proposal, act)


async def evaluate_anew(panel: Panel, act: Act) -> None:
    """Reaction to `reopen` and `take_back`: the topic is in evaluation again.

    What stood on a report that is void by now is agreed on anew.
    """
    (part,) = await lock_all(act.session, TopicStage, [panel.topic_stage_id])
    await fire(TOPIC_STAGE, "evaluate_again", part, act)
    wanted = select(FallenReport).where(FallenReport.panel_id == panel.id, FallenReport.taken_up.is_(False))
    fallen = (await act.session.scalars(wanted)).all()
    on = {one.proposal_id for one in fallen}
    stood = select(Consensus.id).where(Consensus.proposal_id.in_(on), Consensus.state == FINAL)
    found = await lock_all(act.session, Consensus, await act.session.scalars(stood))
    proposals = {one.id: one for one in await lock_all(act.session, Proposal, on)}
    for consensus in found:
        if proposals[consensus.proposal_id].state == ProposalState.EVALUATED:
            await _agree_anew(consensus, proposals[consensus.proposal_id], act)
    for one in fallen:
        one.taken_up = True


async def dissolve_of_call(call: Call, act: Act) -> None:
    """Reaction to a call's `cancel`: its panels have nothing to rank any more."""
    parts = select(TopicStage.id).join(Stage).where(Stage.call_id == call.id)
    here = select(Panel.id).where(Panel.topic_stage_id.in_(parts), Panel.state != PanelState.DISSOLVED)
    panels = await lock_all(act.session, Panel, await act.session.scalars(here))
    await fire_all(PANEL, "dissolve", panels, act)


async def settle_for_panel(panel: Panel, act: Act) -> None:
    """Reaction to `settle_consensus`: the report is final, as the panel has settled it (V-16)."""
    key = act.data.consensus_id
    (consensus,) = await lock_all(act.session, Consensus, [key], SETTLED)
    await fire(CONSENSUS, "settle", consensus, act)


async def rank_topic(panel: Panel, act: Act) -> None:
    """Reaction to `close`: the topic has its ranked list."""
    (topic_stage,) = await lock_all(act.session, TopicStage, [panel.topic_stage_id])
    await fire(TOPIC_STAGE, "rank", topic_stage, act)
