"""Who sees a topic: those who make it until its call opens, everybody afterwards."""

from app.people.access import auditor, committee, committee_chair, office
from app.topics.models import Topic, TopicState
from app.workflow.sight import Sight, relation

published = relation(
    "public",
    "anyone, once its call is published",
    lambda actor: Topic.state.in_([TopicState.IN_CALL, TopicState.CLOSED]),
    public=True,
)

SIGHTS = {Topic: Sight((office, auditor, committee, committee_chair, published), topic=Topic.id)}
