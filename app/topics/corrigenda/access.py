"""Who sees a corrigendum: those who make it, everybody once it is adopted and the topic published."""

from sqlalchemy import exists

from app.topics.access import makers
from app.topics.corrigenda.models import Corrigendum, CorrigendumState
from app.topics.models import OUT, Topic
from app.workflow.sight import Sight, relation

published = relation(
    "public",
    "anyone, once it is adopted and the topic's call is published",
    lambda actor: (
        (Corrigendum.state == CorrigendumState.ADOPTED)
        & exists().where(Topic.id == Corrigendum.topic_id, Topic.state.in_(OUT))
    ),
    public=True,
)

SIGHTS = {Corrigendum: Sight((*makers, published), topic=Corrigendum.topic_id)}
