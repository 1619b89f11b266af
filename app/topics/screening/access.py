"""Who reads how an idea is judged: its judges and staff, but never whoever proposed it while it is open."""

from sqlalchemy import or_, select

from app.people.access import auditor, committee, committee_chair, office
from app.topics.models import Topic, TopicState
from app.topics.screening.models import Screening
from app.workflow.sight import Relation, Sight, name_of, relation
from app.workflow.who import Actor


def _not_on_own(role: Relation) -> Relation:
    """A role, but for what was said of one's own idea while it is open, or if one has withdrawn it."""
    name = name_of(role)

    def judged(actor: Actor) -> object:
        over = Topic.state.not_in([TopicState.IDEA, TopicState.WITHDRAWN])
        free = or_(over, Topic.proposed_by.is_distinct_from(actor.id))
        return Screening.topic_id.in_(select(Topic.id).where(free)) if name in actor.roles else None

    return relation(name, role.label, judged)  # type: ignore[arg-type]


judge = relation("judge", "who gave it", lambda actor: Screening.account_id == actor.id, own=True)

SIGHTS = {
    Screening: Sight(
        (*(_not_on_own(role) for role in (office, auditor, committee, committee_chair)), judge),
        topic=Screening.topic_id,
    )
}
