"""How reserve lists stand on the wire."""

from uuid import UUID

from app.calls.models import TopicStage
from app.decisions.reserve.access import informed
from app.decisions.reserve.models import ReserveList
from app.decisions.reserve.schemas import ReserveListItem, ReserveListRead
from app.decisions.reserve.workflow import MONEY, RESERVE_LIST
from app.people.access import auditor, office
from app.workflow.mounted import Filter, Mounted

readers = office | auditor | informed

RESERVE_LISTS = Mounted(
    RESERVE_LIST,
    ReserveList,
    "reserve_lists",
    views=((readers, ReserveListRead),),
    items=((readers, ReserveListItem),),
    needs=(*MONEY, "promotions.proposal"),
    root=(TopicStage, ReserveList.topic_stage_id),
    filters={"topic_stage_id": Filter(UUID, lambda actor, key: ReserveList.topic_stage_id == key)},
)
