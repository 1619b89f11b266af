"""How organisations, consortia and partners stand on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy import or_

from app.consortia.access import author, coordinator, deputy_contact, partner
from app.consortia.models import Consortium, Organisation, Partner
from app.consortia.schemas import (
    ConsortiumItem,
    ConsortiumRead,
    OrganisationItem,
    OrganisationRead,
    PartnerItem,
    PartnerRead,
)
from app.consortia.workflow import CONSORTIUM, ORGANISATION, PARTNER
from app.core.pages import Order
from app.core.schema import Line
from app.workflow.mounted import Filter, Mounted
from app.workflow.who import signed_in

Code = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
inside = coordinator | deputy_contact | author | partner

ORGANISATIONS = Mounted(
    ORGANISATION,
    Organisation,
    "organisations",
    views=((signed_in, OrganisationRead),),
    items=((signed_in, OrganisationItem),),
    orders={"legal_name": Order(Organisation.legal_name)},
    filters={
        "name": Filter(
            Line, lambda actor, start: Organisation.legal_name.istartswith(start, autoescape=True)
        ),
        "search": Filter(
            Line,
            lambda actor, word: or_(
                Organisation.legal_name.icontains(word, autoescape=True),
                Organisation.short_name.icontains(word, autoescape=True),
            ),
        ),
        "country": Filter(Code, lambda actor, code: Organisation.country == code),
    },
)
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
    views=((inside, PartnerRead),),
    items=((inside, PartnerItem),),
    needs=("organisation", "people"),
    filters={"consortium_id": Filter(UUID, lambda actor, key: Partner.consortium_id == key)},
)
