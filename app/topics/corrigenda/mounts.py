"""How corrigenda stand on the wire."""

from uuid import UUID

from app.topics.access import staff
from app.topics.corrigenda.access import published
from app.topics.corrigenda.models import Corrigendum
from app.topics.corrigenda.schemas import CorrigendumItem, CorrigendumRead
from app.topics.corrigenda.workflow import CORRIGENDUM
from app.topics.models import Topic
from app.workflow.mounted import Filter, Mounted

readers = staff | published

CORRIGENDA = Mounted(
    CORRIGENDUM,
    Corrigendum,
    "corrigenda",
    views=((readers, CorrigendumRead),),
    items=((readers, CorrigendumItem),),
    root=(Topic, Corrigendum.topic_id),
    filters={"topic_id": Filter(UUID, lambda actor, key: Corrigendum.topic_id == key)},
)
