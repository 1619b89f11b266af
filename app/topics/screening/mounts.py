"""How screenings stand on the wire."""

from uuid import UUID

from app.topics.access import staff
from app.topics.models import Topic
from app.topics.screening.access import judge
from app.topics.screening.models import Screening
from app.topics.screening.schemas import ScreeningItem, ScreeningRead
from app.topics.screening.workflow import SCREENING
from app.workflow.mounted import Filter, Mounted

readers = staff | judge

SCREENINGS = Mounted(
    SCREENING,
    Screening,
    "screenings",
    views=((readers, ScreeningRead),),
    items=((readers, ScreeningItem),),
    root=(Topic, Screening.topic_id),
    filters={"topic_id": Filter(UUID, lambda actor, key: Screening.topic_id == key)},
)
