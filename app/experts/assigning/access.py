"""Who sees sets and runs: office and auditor, unless partial to a topic of the stage; no expert."""

from typing import Any

from sqlalchemy import ColumnElement, not_, select

from app.calls.models import TopicStage
from app.experts.assigning.models import AssignmentRun, AssignmentSet
from app.experts.conflicts.access import partial_to
from app.people import access as people
from app.workflow.sight import Relation, Sight, name_of, relation
from app.workflow.who import Actor


def _impartial(role: Relation, model: type[Any]) -> Relation:
    """The role, for whoever has an interest in none of the stage's topics: panels tell of all of them."""
    name = name_of(role)

    def holds(actor: Actor) -> ColumnElement[bool] | None:
        if name not in actor.roles:
            return None
        here = select(TopicStage.id).where(TopicStage.stage_id == model.stage_id)
        return not_(here.where(partial_to(actor, TopicStage.topic_id)).correlate(model).exists())

    return relation(name, role.label, holds)


SIGHTS = {
    model: Sight((_impartial(people.office, model), _impartial(people.auditor, model)))
    for model in (AssignmentSet, AssignmentRun)
}
