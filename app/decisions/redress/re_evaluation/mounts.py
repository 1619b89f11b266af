"""How new evaluations stand on the wire."""

from typing import Any
from uuid import UUID

from app.decisions.redress.models import Redress
from app.decisions.redress.re_evaluation.access import judge, named_expert
from app.decisions.redress.re_evaluation.effects import own
from app.decisions.redress.re_evaluation.models import ReEvaluation
from app.decisions.redress.re_evaluation.schemas import (
    ReEvaluationForExpert,
    ReEvaluationForNamed,
    ReEvaluationItem,
    ReEvaluationRead,
)
from app.decisions.redress.re_evaluation.workflow import RE_EVALUATION, SEATS
from app.people.access import auditor, office
from app.workflow.asked import Asked
from app.workflow.mounted import Filter, Mounted

staff = office | auditor


async def hide_others(asked: Asked, subject: ReEvaluation, body: Any) -> None:
    """Whoever has not sealed reads nobody else's marks (V-13)."""
    if not isinstance(body, ReEvaluationForExpert) or isinstance(body, ReEvaluationRead):
        return
    mine = own(subject, asked.actor.id)
    body.seats = [one for one in body.seats if mine.sealed_at is not None or one.label == mine.label]


RE_EVALUATIONS = Mounted(
    RE_EVALUATION,
    ReEvaluation,
    "re_evaluations",
    views=(
        (staff, ReEvaluationRead),
        (judge, ReEvaluationForExpert),
        (named_expert, ReEvaluationForNamed),
    ),
    items=((staff | judge | named_expert, ReEvaluationItem),),
    needs=(*SEATS, "redress.proposal.consortium.partners.organisation"),
    root=(Redress, ReEvaluation.redress_id),
    filters={"proposal_id": Filter(UUID, lambda actor, key: ReEvaluation.proposal_id == key)},
    completes=hide_others,
)
