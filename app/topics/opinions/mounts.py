"""How opinions stand on the wire."""

from uuid import UUID

from app.topics.access import staff
from app.topics.models import Topic
from app.topics.opinions.access import of_its_body
from app.topics.opinions.models import TopicOpinion
from app.topics.opinions.schemas import OpinionItem, OpinionRead
from app.topics.opinions.workflow import OPINION
from app.workflow.mounted import Filter, Mounted

readers = staff | of_its_body

OPINIONS = Mounted(
    OPINION,
    TopicOpinion,
    "opinions",
    views=((readers, OpinionRead),),
    items=((readers, OpinionItem),),
    root=(Topic, TopicOpinion.topic_id),
    filters={"topic_id": Filter(UUID, lambda actor, key: TopicOpinion.topic_id == key)},
)
