"""What follows from a consensus report, and what a report sealed late means for it."""

from sqlalchemy import exists, select

from app.calls.chosen import scheme_of
from app.evaluation.consensus.models import Consensus, ConsensusState
from app.evaluation.consensus.workflow import CONSENSUS
from app.evaluation.report.access import SEATED
from app.evaluation.report.models import Report, ReportState
from app.evaluation.report.workflow import REPORT
from app.evaluation.rules import too_few
from app.experts.models import Assignment
from app.proposals.models import Proposal
from app.proposals.workflow import PROPOSAL
from app.workflow.rows import lock_all
from app.workflow.run import Act, fire, fire_all, refuse


async def bring_together(consensus: Consensus, act: Act) -> None:
    """Reaction to `open`: the reports are the group's, who read by whom each is; none is reopened any more.

    Every seat is locked, so that none is sealed or reopened unseen: seats are what those acts lock first.
    """
    here = (Assignment.proposal_id == consensus.proposal_id, Assignment.state.in_(SEATED))
    await lock_all(act.session, Assignment, await act.session.scalars(select(Assignment.id).where(*here)))
    sealed = (Report.proposal_id == consensus.proposal_id, Report.state == ReportState.SEALED)
    keys = await act.session.scalars(select(Report.id).where(*sealed))
    reports = await lock_all(act.session, Report, keys)
    if reasons := list(too_few(len(reports), scheme_of(consensus.proposal.topic_stage))):
        raise refuse(CONSENSUS, "open", consensus, act, reasons)
    await fire_all(REPORT, "join_group", reports, act)


async def join_late(report: Report, act: Act) -> None:
    """Reaction to a report's `seal`: where the group works already, it belongs to it."""
    stands = (Consensus.proposal_id == report.proposal_id, Consensus.state != ConsensusState.VOIDED)
    if await act.session.scalar(select(exists().where(*stands))):
        await fire(REPORT, "join_group", report, act)


async def conclude_evaluation(consensus: Consensus, act: Act) -> None:
    """Reaction to `finish` and `settle`: the proposal is evaluated."""
    (proposal,) = await lock_all(act.session, Proposal, [consensus.proposal_id])
    await fire(PROPOSAL, "conclude", proposal, act)
