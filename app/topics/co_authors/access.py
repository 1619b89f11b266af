"""Who writes with the office: until the text is adopted, they see what they work on."""

from sqlalchemy import exists

from app.topics.access import makers
from app.topics.co_authors.models import CoAuthor, CoAuthorState
from app.topics.models import Topic, TopicState
from app.workflow.sight import Sight, relation

WORKED_ON = (TopicState.DRAFTING, TopicState.CONSULTATION, TopicState.FINAL_DRAFT)

writes = relation(
    "co_author",
    "a co-author of its draft",
    lambda actor: (
        Topic.state.in_(WORKED_ON)
        & exists().where(
            CoAuthor.topic_id == Topic.id,
            CoAuthor.account_id == actor.id,
            CoAuthor.state == CoAuthorState.ACTIVE,
        )
    ),
)
"""Gives co-authors sight of the topic."""
oneself = relation(
    "invited_author", "who is invited to write", lambda actor: CoAuthor.account_id == actor.id, own=True
)

SIGHTS = {CoAuthor: Sight((*makers, oneself), topic=CoAuthor.topic_id)}
