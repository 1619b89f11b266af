"""How consortia and partners stand on the wire."""

from uuid import UUID

from app.consortia.access import author, budget_reader, coordinator, deputy_contact, partner
from app.consortia.budget.parts import tell_declarations
from app.consortia.models import Consortium, Partner
from app.consortia.schemas import (
    ConsortiumItem,
    ConsortiumRead,
    PartnerFellow,
    PartnerFellowItem,
    PartnerItem,
    PartnerRead,
)
from app.consortia.workflow import CONSORTIUM, PARTNER
from app.workflow.mounted import Filter, Mounted

inside = coordinator | deputy_contact | author | partner
reads_budget = coordinator | deputy_contact | budget_reader

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
    views=((reads_budget, PartnerRead), (inside, PartnerFellow)),
    items=((reads_budget, PartnerItem), (inside, PartnerFellowItem)),
    needs=("organisation", "people", "signatures", "consortium.topic_stage.stage.call"),
    completes=tell_declarations,
    filters={"consortium_id": Filter(UUID, lambda actor, key: Partner.consortium_id == key)},
)
