"""Selects that more than one part of consortia needs."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, select

from app.consortia.models import LIVE, Partner, Person
from app.consortia.organisations.models import Organisation


def coordinating(consortium_id: UUID) -> Select[str]:
    """The legal name of the organisation that coordinates."""
    here = (Partner.consortium_id == consortium_id, Partner.coordinates, Partner.state.in_(LIVE))
    return select(Organisation.legal_name).join(Partner).where(*here)


def contacts(whose: ColumnElement[bool]) -> Select[UUID, str, str]:
    """The contacts at present of partners: by partner, name and address."""
    wanted = select(Partner.id, Person.name, Person.email).join(Person, Person.partner_id == Partner.id)
    here = (Partner.state.in_(LIVE), Person.part == "contact", Person.until.is_(None))
    return wanted.where(whose, *here).order_by(Person.email)
