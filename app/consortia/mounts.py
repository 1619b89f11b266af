"""How consortia and partners stand on the wire."""

from uuid import UUID

from app.consortia.access import author, budget_reader, coordinator, deputy_contact, left, partner
from app.consortia.budget.parts import tell_declarations
from app.consortia.eligibility import NEEDED, eligibility_problems, unsigned
from app.consortia.models import Consortium, Partner
from app.consortia.problems import Entry
from app.consortia.schemas import (
    ConsortiumItem,
    ConsortiumRead,
    EntryRead,
    PartnerFellow,
    PartnerFellowItem,
    PartnerItem,
    PartnerRead,
)
from app.consortia.workflow import CONSORTIUM, PARTNER
from app.workflow.asked import Asked
from app.workflow.mounted import Filter, Mounted


async def tell_what_it_lacks(asked: Asked, consortium: Consortium, body: ConsortiumRead) -> None:
    """One more country is needed, and the like."""
    body.problems = [EntryRead.model_validate(one, from_attributes=True) for one in _lacks(consortium)]


def _lacks(consortium: Consortium) -> list[Entry]:
    return [*eligibility_problems(consortium), *unsigned(consortium)]


inside = coordinator | deputy_contact | author | partner
reads_budget = coordinator | deputy_contact | budget_reader

CONSORTIA = Mounted(
    CONSORTIUM,
    Consortium,
    "consortia",
    views=((inside, ConsortiumRead),),
    items=((inside, ConsortiumItem),),
    needs=NEEDED,
    completes=tell_what_it_lacks,
    filters={"topic_stage_id": Filter(UUID, lambda actor, key: Consortium.topic_stage_id == key)},
)
PARTNERS = Mounted(
    PARTNER,
    Partner,
    "partners",
    views=((reads_budget | left, PartnerRead), (inside, PartnerFellow)),
    items=((reads_budget | left, PartnerItem), (inside, PartnerFellowItem)),
    needs=("organisation", "people", "asked", "signatures", "consortium.topic_stage.stage.call"),
    root=(Consortium, Partner.consortium_id),
    completes=tell_declarations,
    filters={"consortium_id": Filter(UUID, lambda actor, key: Partner.consortium_id == key)},
)
