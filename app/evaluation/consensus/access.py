"""Who sees a consensus report: the experts who agree on it, and the office that moderates."""

from sqlalchemy import ColumnElement, exists

from app.evaluation.consensus.models import Consensus
from app.evaluation.report.access import has_sealed
from app.experts.access import free_in
from app.experts.models import Assignment, AssignmentState
from app.people.access import office
from app.workflow.sight import Sight, relation
from app.workflow.who import Actor


def _drafted_by(actor: Actor) -> ColumnElement[bool] | None:
    free = free_in(actor, AssignmentState.REPORTED)
    return None if free is None else exists().where(Assignment.id == Consensus.rapporteur_id, free)


rapporteur = relation("rapporteur", "the rapporteur", _drafted_by)
of_group = relation(
    "of_group",
    "an expert with a sealed report on the proposal",
    lambda actor: has_sealed(actor, Consensus.proposal_id),
)

SIGHTS = {Consensus: Sight((rapporteur, of_group, office), topic=Consensus.topic_id)}
