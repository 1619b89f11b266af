"""How organisations stand on the wire."""

from typing import Annotated

from pydantic import Field
from sqlalchemy import or_

from app.consortia.organisations.models import Organisation
from app.consortia.organisations.schemas import OrganisationItem, OrganisationRead
from app.consortia.organisations.workflow import ORGANISATION
from app.core.pages import Order
from app.core.schema import Line
from app.workflow.mounted import Filter, Mounted
from app.workflow.who import signed_in

Code = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]

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
