"""How organisations stand on the wire."""

from typing import Annotated

from pydantic import Field
from sqlalchemy import or_

from app.consortia.organisations.models import Organisation
from app.consortia.organisations.queries import like
from app.consortia.organisations.schemas import (
    Duplicate,
    OrganisationInside,
    OrganisationItem,
    OrganisationRead,
)
from app.consortia.organisations.workflow import MERGED, ORGANISATION
from app.core.pages import Order
from app.core.schema import Line
from app.people.access import office
from app.workflow.asked import Asked
from app.workflow.mounted import Filter, Mounted
from app.workflow.who import signed_in

Code = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


async def point_out(asked: Asked, organisation: Organisation, body: OrganisationRead) -> None:
    """Those that may be the same."""
    if organisation.state == MERGED:
        return
    for one, because in await like(asked.session, organisation, asked.actor):
        about = {name: getattr(one, name) for name in ("id", "legal_name", "country", "pic", "state")}
        body.duplicates.append(Duplicate(**about, because=because))


ORGANISATIONS = Mounted(
    ORGANISATION,
    Organisation,
    "organisations",
    views=((office, OrganisationInside), (signed_in, OrganisationRead)),
    items=((signed_in, OrganisationItem),),
    needs=("merged_into",),
    completes=point_out,
    orders={"legal_name": Order(Organisation.legal_name)},
    filters={
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
