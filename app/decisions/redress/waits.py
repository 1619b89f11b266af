"""What waits for those who are named to weigh a request for a review, or to evaluate a proposal anew."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.periods import end_of
from app.decisions.redress.models import Redress, RedressState
from app.decisions.redress.re_evaluation.models import (
    AT_WORK,
    ReEvaluation,
    ReEvaluationSeat,
    ReEvaluationState,
)
from app.experts.models import Contract, Expert
from app.people.schemas import Waiting
from app.proposals.models import Proposal
from app.workflow.sight import parameters, ties, visible_ids
from app.workflow.who import Actor


async def reviews_to_weigh(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Waiting]:
    """Requests before a committee to which the person is named, until it has recommended (Z-04)."""
    held = ties(Redress, actor)
    mine = or_(*(held[name][0] for name in ("named_member", "redress_member")))
    found = select(Redress.id, Proposal.reference, Redress.answer_due).join(
        Proposal, Proposal.id == Redress.proposal_id
    )
    here = found.where(Redress.state == RedressState.ADMITTED, mine)
    rows = await session.execute(here.order_by(Redress.answer_due, Redress.id).limit(50), parameters(actor))
    return [
        Waiting(kind="review", entity="redress", id=key, title=reference, due=end_of(day))
        for key, reference, day in rows
    ]


async def evaluations_to_make(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[Waiting]:
    """New evaluations in which the person has to declare, to seal marks, or to approve the present draft."""
    if "expert" not in actor.roles:
        return []
    behind = and_(
        ReEvaluation.state == ReEvaluationState.AGREEING,
        ReEvaluationSeat.approved.is_distinct_from(ReEvaluation.round),
    )
    found = (
        select(ReEvaluation.id, Proposal.reference)
        .join(Proposal, Proposal.id == ReEvaluation.proposal_id)
        .join(ReEvaluationSeat, ReEvaluationSeat.re_evaluation_id == ReEvaluation.id)
        .join(Contract, Contract.id == ReEvaluationSeat.contract_id)
        .join(Expert, Expert.id == Contract.expert_id)
        .where(Expert.account_id == actor.id, ReEvaluationSeat.out_for.is_(None))
        .where(ReEvaluation.state.in_(AT_WORK), or_(ReEvaluationSeat.sealed_at.is_(None), behind))
        .where(ReEvaluation.id.in_(visible_ids(actor, ReEvaluation)))
        .order_by(ReEvaluation.created_at, ReEvaluation.id)
        .limit(50)
    )
    rows = await session.execute(found, parameters(actor))
    return [
        Waiting(kind="re_evaluation", entity="re_evaluation", id=key, title=reference)
        for key, reference in rows
    ]
