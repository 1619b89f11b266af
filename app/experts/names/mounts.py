"""How lists of names stand on the wire; what is public of them stands with the call."""

from datetime import datetime
from uuid import UUID

from app.core.schema import EntityRead, ItemRead
from app.experts.names.models import NameList
from app.experts.names.workflow import NAME_LIST
from app.people.access import office
from app.workflow.mounted import Filter, Mounted
from app.workflow.sight import Sight

SIGHTS = {NameList: Sight((office,))}


class NameListRead(EntityRead):
    call_id: UUID
    year: int
    created_at: datetime
    names: list[str]


class NameListItem(ItemRead):
    call_id: UUID
    year: int


NAME_LISTS = Mounted(
    NAME_LIST,
    NameList,
    "expert_name_lists",
    views=((office, NameListRead),),
    items=((office, NameListItem),),
    needs=("listed",),
    filters={"call_id": Filter(UUID, lambda actor, value: NameList.call_id == value)},
)
