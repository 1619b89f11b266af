"""Which versions of a topic's text somebody may read."""

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased

from app.core.errors import NotFound
from app.topics.access import co_author, published, staff
from app.topics.co_authors.models import CoAuthor
from app.topics.consultation.models import Consultation
from app.topics.models import Topic
from app.topics.versions.models import TopicVersion
from app.workflow.who import Held

_earlier = aliased(TopicVersion)
WHO = (
    f"Who: {staff.label}; {co_author.label} those since the first of them joined; {published.label} these, "
    "those that were consulted on, and the adopted ones."
)


def readable(topic: Topic, held: Held) -> ColumnElement[bool]:
    """Raises NotFound where there is none.

    Whoever writes or is consulted may apply later: what they have seen is everybody's once the call is out.
    """
    of_it = TopicVersion.topic_id == topic.id
    if staff(held):
        return of_it
    if co_author(held):
        return of_it & (TopicVersion.number >= _first_with_co_authors(topic))
    if published(held):
        asked = select(Consultation.of_version).where(Consultation.topic_id == topic.id)
        return of_it & or_(
            TopicVersion.number >= topic.adopted_version,
            TopicVersion.number.in_(asked),
            TopicVersion.number >= _first_with_co_authors(topic),
        )
    raise NotFound


def _first_with_co_authors(topic: Topic) -> ColumnElement[int | None]:
    """The version that was there when the first co-author joined; null where none has."""
    joined = select(func.min(CoAuthor.accepted_at)).where(CoAuthor.topic_id == topic.id).scalar_subquery()
    then = select(func.max(_earlier.number)).where(_earlier.topic_id == topic.id, _earlier.at <= joined)
    return then.scalar_subquery()
