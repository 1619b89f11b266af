"""Organisations: legal entities, each once."""

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Entity, Versioned, one_of, state_of
from app.workflow.table import State

KINDS = (
    "higher_education",
    "research",
    "sme",
    "mid_cap",
    "large_company",
    "patient_organisation",
    "regulator",
    "hospital",
    "other",
)


class OrganisationState(State):
    REGISTERED = "registered", "Registered, not validated"
    VALIDATED = "validated", "Validated"


class Organisation(Versioned, Entity, Base):
    """A legal entity. `country` is an ISO 3166 code; `control_group` marks those under one control (E-06)."""

    __tablename__ = "organisation"
    __table_args__ = (CheckConstraint("pic ~ '^[0-9]{9}$'", name="pic_has_nine_digits"),)

    state: Mapped[OrganisationState] = state_of(OrganisationState)
    legal_name: Mapped[str] = mapped_column(index=True)
    short_name: Mapped[str] = mapped_column(default="")
    country: Mapped[str]
    kind: Mapped[str] = one_of(*KINDS, name="kind")
    pic: Mapped[str | None] = mapped_column(unique=True)
    control_group: Mapped[str | None]
