"""How new evaluations stand on the wire."""

from typing import Any
from uuid import UUID

from app.decisions.redress.models import Redress
from app.decisions.redress.re_evaluation.access import blind, judge, named_expert
from app.decisions.redress.re_evaluation.effects import own
from app.decisions.redress.re_evaluation.models import ReEvaluation
from app.decisions.redress.re_evaluation.schemas import (
    ReEvaluationForExpert,
    ReEvaluationForNamed,
    ReEvaluationForNamedBlind,
    ReEvaluationItem,
    ReEvaluationRead,
)
from app.decisions.redress.re_evaluation.workflow import RE_EVALUATION, SEATS
from app.experts.conflicts.listed import listed
from app.experts.schemas import OrganisationOnList
from app.people.access import auditor, office
from app.workflow.asked import Asked
from app.workflow.mounted import Filter, Mounted

staff = office | auditor


async def show_what_one_may(asked: Asked, subject: ReEvaluation, body: Any) -> None:
    """Whoever has not sealed reads nobody else's marks (V-13); a blind card lists the whole stage (V-25)."""
    if isinstance(body, ReEvaluationForNamedBlind):
        applying = await listed(asked.session, subject.redress.topic_stage.stage_id)
        body.applicants = [OrganisationOnList.model_validate(one, from_attributes=True) for one in applying]
        return
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
        (named_expert & blind, ReEvaluationForNamedBlind),
        (named_expert, ReEvaluationForNamed),
    ),
    items=((staff | judge | named_expert, ReEvaluationItem),),
    needs=(*SEATS, "redress.proposal.consortium.partners.organisation"),
    root=(Redress, ReEvaluation.redress_id),
    filters={"proposal_id": Filter(UUID, lambda actor, key: ReEvaluation.proposal_id == key)},
    completes=show_what_one_may,
)
