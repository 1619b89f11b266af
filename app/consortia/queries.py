"""Selects that more than one part of consortia needs."""

from uuid import UUID

from sqlalchemy import Select, select

from app.consortia.models import LIVE, Organisation, Partner


def coordinating(consortium_id: UUID) -> Select[str]:
    """The legal name of the organisation that coordinates."""
    here = (Partner.consortium_id == consortium_id, Partner.coordinates, Partner.state.in_(LIVE))
    return select(Organisation.legal_name).join(Partner).where(*here)
