"""Who sees a new evaluation: staff who never applied, and its experts; nobody else, and no applicant."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select

from app.consortia.access import apart
from app.decisions.redress.models import Redress
from app.decisions.redress.re_evaluation.models import AT_WORK, ReEvaluation, ReEvaluationSeat
from app.experts.models import Contract, Expert
from app.experts.queries import in_force
from app.people.access import auditor, office
from app.proposals.access import is_blind
from app.proposals.models import Proposal
from app.workflow.sight import Sight, relation
from app.workflow.who import Actor


def _sits(actor: Actor, *, declared: bool) -> ColumnElement[bool] | None:
    """The actor has a seat under a contract in force."""
    if "expert" not in actor.roles:
        return None
    mine = select(Contract.id).join(Contract.expert).where(Expert.account_id == actor.id, in_force())
    seat = exists().where(
        ReEvaluationSeat.re_evaluation_id == ReEvaluation.id,
        ReEvaluationSeat.contract_id.in_(mine),
        ReEvaluationSeat.out_for.is_(None),
    )
    has = ReEvaluationSeat.declared_at
    return seat.where(has.is_not(None) if declared else has.is_(None))


named_expert = relation(
    "named_expert", "an expert who is named to it", lambda actor: _sits(actor, declared=False)
)
judge = relation("judge", "one of its experts", lambda actor: _sits(actor, declared=True))


def _judges(actor: Actor) -> ColumnElement[bool] | None:
    sits: Any = _sits(actor, declared=True)
    if sits is None:
        return None
    here = select(ReEvaluation.id).where(
        ReEvaluation.proposal_id == Proposal.id, ReEvaluation.state.in_(AT_WORK)
    )
    return here.where(sits.correlate(ReEvaluation)).correlate(Proposal).exists()


reads_proposal = relation("reader", "an expert who evaluates it anew", _judges)
"""Gives its experts sight of the proposal as it was handed in, while they work."""

BLIND = "a proposal that is judged blind"
blind = relation(
    "blind",
    BLIND,
    lambda actor: (
        is_blind(
            select(Redress.topic_stage_id)
            .where(Redress.id == ReEvaluation.redress_id)
            .correlate(ReEvaluation)
            .scalar_subquery()
        )
        if "expert" in actor.roles
        else None
    ),
    sees=False,
)
"""Also once the results are out: who evaluates anew learns no more than those who did first (V-25)."""


def _judges_blind(actor: Actor) -> ColumnElement[bool] | None:
    judges: Any = _judges(actor)
    return None if judges is None else and_(judges, is_blind(Proposal.topic_stage_id))


reads_blind = relation("blind", BLIND, _judges_blind, sees=False)
"""And of the proposal they read what those read."""

SIGHTS = {
    ReEvaluation: Sight(
        (
            *(apart(role, ReEvaluation.topic_id) for role in (office, auditor)),
            named_expert,
            judge,
            blind,
        ),
        topic=ReEvaluation.topic_id,
    )
}
