"""What an invitation needs to know of the list of its stage, and of the stage that follows."""

from uuid import UUID

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.calls.models import Stage, TopicStage
from app.decisions.invitation.models import HOLDING, Invitation
from app.decisions.models import Decision, Line
from app.decisions.queries import in_force
from app.decisions.redress.models import Redress, RedressState
from app.decisions.redress.re_evaluation.models import ReEvaluation
from app.proposals.models import Proposal, ProposalState


def beside(topic_stage_id: UUID, *, step: int) -> Select[UUID]:
    """The same topic so many stages later in the call, or earlier."""
    here, its = aliased(TopicStage), aliased(Stage)
    wanted = select(TopicStage.id).join(Stage, Stage.id == TopicStage.stage_id)
    same = wanted.join(here, here.topic_id == TopicStage.topic_id).join(its, its.id == here.stage_id)
    return same.where(
        here.id == topic_stage_id, Stage.call_id == its.call_id, Stage.number == its.number + step
    )


def next_in_rank(topic_stage_id: UUID) -> Select[UUID]:
    """The proposal that is to be invited next: of the reserve the first (C-08), as a review has it (Z-05).

    One that a review has placed stands on the rank that it shares, or behind one and before the next.
    """
    lines = select(Line.proposal_id, Line.rank).join(Decision)
    line = lines.where(Decision.topic_stage_id == topic_stage_id, in_force()).subquery()
    settled = and_(Redress.state == RedressState.SETTLED, Redress.place.is_not(None))
    found = (
        select(Proposal.id)
        .outerjoin(line, line.c.proposal_id == Proposal.id)
        .outerjoin(Redress, and_(Redress.proposal_id == Proposal.id, settled))
        .outerjoin(ReEvaluation, ReEvaluation.redress_id == Redress.id)
        .where(Proposal.topic_stage_id == topic_stage_id, Proposal.state == ProposalState.RESERVE)
    )
    behind = and_(Redress.id.is_not(None), ~Redress.shares_rank)
    turn = (func.coalesce(Redress.place, line.c.rank), case((behind, 1), else_=0))
    return found.order_by(*turn, ReEvaluation.weighted.desc(), Proposal.reference).limit(1)


async def places(session: AsyncSession, topic_stage_id: UUID) -> int:
    """How many of a stage's short proposals its decision lets go on."""
    wanted = select(Decision.invites).where(Decision.topic_stage_id == topic_stage_id, in_force())
    return await session.scalar(wanted) or 0


async def places_taken(session: AsyncSession, topic_stage_id: UUID, *states: str) -> int:
    """How many of a stage's short proposals are invited, or have merged, or are in these states."""
    found = select(func.count()).select_from(Invitation).join(Proposal, Proposal.id == Invitation.proposal_id)
    here = found.where(Proposal.topic_stage_id == topic_stage_id)
    return await session.scalar(here.where(Invitation.state.in_(states or HOLDING))) or 0
