"""How co-authors stand on the wire."""

from uuid import UUID

from app.topics.access import staff
from app.topics.co_authors.access import oneself
from app.topics.co_authors.models import CoAuthor
from app.topics.co_authors.schemas import CoAuthorItem, CoAuthorRead
from app.topics.co_authors.workflow import CO_AUTHOR
from app.topics.models import Topic
from app.workflow.mounted import Filter, Mounted

readers = staff | oneself

CO_AUTHORS = Mounted(
    CO_AUTHOR,
    CoAuthor,
    "co_authors",
    views=((readers, CoAuthorRead),),
    items=((readers, CoAuthorItem),),
    root=(Topic, CoAuthor.topic_id),
    filters={"topic_id": Filter(UUID, lambda actor, key: CoAuthor.topic_id == key)},
)
