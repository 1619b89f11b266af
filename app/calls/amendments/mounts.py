"""How amendments stand on the wire."""

from uuid import UUID

from app.calls.access import amendment_published
from app.calls.amendments.models import Amendment
from app.calls.amendments.schemas import AmendmentItem, AmendmentRead
from app.calls.amendments.workflow import AMENDMENT
from app.core.pages import Order
from app.topics.access import staff
from app.workflow.mounted import Filter, Mounted

readers = staff | amendment_published

AMENDMENTS = Mounted(
    AMENDMENT,
    Amendment,
    "amendments",
    views=((readers, AmendmentRead),),
    items=((readers, AmendmentItem),),
    orders={"number": Order(Amendment.number)},
    filters={"call_id": Filter(UUID, lambda actor, key: Amendment.call_id == key)},
)
