"""Who reads and edits what is known of an expert's past: the expert and the office."""

from typing import Any

from sqlalchemy import select

from app.experts.facts.models import Collaboration, Employment
from app.experts.models import Expert
from app.people.access import office
from app.workflow.sight import Relation, Sight, relation


def _oneself(expert_id: Any) -> Relation:
    mine = select(Expert.id)
    return relation(
        "oneself", "the expert", lambda actor: expert_id.in_(mine.where(Expert.account_id == actor.id))
    )


employed = _oneself(Employment.expert_id)
collaborator = _oneself(Collaboration.expert_id)

SIGHTS = {Employment: Sight((employed, office)), Collaboration: Sight((collaborator, office))}
