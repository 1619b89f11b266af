"""Selects that more than one part of consortia needs."""

from uuid import UUID

from sqlalchemy import Select, select

from app.consortia.models import LIVE, Partner
from app.consortia.organisations.models import Organisation


def coordinating(consortium_id: UUID) -> Select[str]:
    """The legal name of the organisation that coordinates."""
    here = (Partner.consortium_id == consortium_id, Partner.coordinates, Partner.state.in_(LIVE))
    return select(Organisation.legal_name).join(Partner).where(*here)
