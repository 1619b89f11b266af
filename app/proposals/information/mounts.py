"""How information requests stand on the wire."""

from uuid import UUID

from app.core.pages import Order
from app.people.access import auditor, office
from app.proposals.access import consortium
from app.proposals.information.models import InformationRequest
from app.proposals.information.schemas import InformationItem, InformationOwn, InformationRead
from app.proposals.information.workflow import INFORMATION_REQUEST
from app.workflow.mounted import Filter, Mounted

staff = office | auditor

INFORMATION_REQUESTS = Mounted(
    INFORMATION_REQUEST,
    InformationRequest,
    "information_requests",
    views=((staff, InformationRead), (consortium, InformationOwn)),
    items=((staff | consortium, InformationItem),),
    orders={"until": Order(InformationRequest.until)},
    filters={"proposal_id": Filter(UUID, lambda actor, key: InformationRequest.proposal_id == key)},
)
