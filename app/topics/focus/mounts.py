"""How focus areas stand on the wire."""

from app.core.pages import Order
from app.core.schema import Line
from app.topics.focus.models import FocusArea
from app.topics.focus.schemas import FocusAreaItem, FocusAreaRead
from app.topics.focus.workflow import FOCUS_AREA
from app.workflow.mounted import Filter, Mounted
from app.workflow.who import signed_in

FOCUS_AREAS = Mounted(
    FOCUS_AREA,
    FocusArea,
    "focus_areas",
    views=((signed_in, FocusAreaRead),),
    items=((signed_in, FocusAreaItem),),
    orders={"code": Order(FocusArea.code)},
    filters={"scheme": Filter(Line, lambda actor, value: FocusArea.scheme == value)},
)
