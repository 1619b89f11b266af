"""How consortia and partners stand on the wire."""

from uuid import UUID

from app.consortia.access import author, coordinator, deputy_contact, left, partner
from app.consortia.models import Consortium, Partner
from app.consortia.schemas import (
    ConsortiumItem,
    ConsortiumRead,
    PartnerItem,
    PartnerRead,
)
from app.consortia.workflow import CONSORTIUM, PARTNER
from app.workflow.mounted import Filter, Mounted

inside = coordinator | deputy_contact | author | partner

CONSORTIA = Mounted(
    CONSORTIUM,
    Consortium,
    "consortia",
    views=((inside, ConsortiumRead),),
    items=((inside, ConsortiumItem),),
    needs=("partners.organisation",),
    filters={"topic_stage_id": Filter(UUID, lambda actor, key: Consortium.topic_stage_id == key)},
)
PARTNERS = Mounted(
    PARTNER,
    Partner,
    "partners",
    views=((inside | left, PartnerRead),),
    items=((inside | left, PartnerItem),),
    needs=("organisation", "people", "asked"),
    root=(Consortium, Partner.consortium_id),
    filters={"consortium_id": Filter(UUID, lambda actor, key: Partner.consortium_id == key)},
)
