"""Employments and collaborations of experts."""

from datetime import date
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.consortia.organisations.models import Organisation
from app.core.db import Base, Entity, Versioned, one_of, state_of
from app.experts.models import Expert
from app.workflow.table import State

Kind = Literal["contract", "grant", "research", "management", "advisory", "other"]
"""What a collaboration was about (P2)."""


def _checks() -> tuple[CheckConstraint, ...]:
    """What holds of both."""
    return (
        CheckConstraint("since IS NULL OR until IS NULL OR since <= until", name="ends_after_it_begins"),
        CheckConstraint("organisation_id IS NULL OR organisation_name IS NULL", name="organisation_once"),
    )


class FactState(State):
    STATED = "stated", "Stated"
    WITHDRAWN = "withdrawn", "Taken back"


class Employment(Versioned, Entity, Base):
    """Where an expert works or has worked: an organisation of the register, or a name not yet found in it.

    Without `until` it goes on.
    """

    __tablename__ = "expert_employment"
    __table_args__ = (
        *_checks(),
        CheckConstraint("organisation_id IS NOT NULL OR organisation_name IS NOT NULL", name="somewhere"),
    )

    state: Mapped[FactState] = state_of(FactState)
    expert_id: Mapped[UUID] = mapped_column(ForeignKey("expert.id"), index=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation_name: Mapped[str | None]
    since: Mapped[date | None]
    until: Mapped[date | None]
    expert: Mapped[Expert] = relationship(lazy="raise")
    organisation: Mapped[Organisation | None] = relationship(lazy="raise")


class Collaboration(Versioned, Entity, Base):
    """With which organisation or person an expert works or has worked; without `until` it goes on."""

    __tablename__ = "expert_collaboration"
    __table_args__ = (
        *_checks(),
        CheckConstraint(
            "organisation_id IS NOT NULL OR organisation_name IS NOT NULL OR person_name IS NOT NULL "
            "OR person_email IS NOT NULL",
            name="with_somebody",
        ),
    )

    state: Mapped[FactState] = state_of(FactState)
    expert_id: Mapped[UUID] = mapped_column(ForeignKey("expert.id"), index=True)
    kind: Mapped[str] = one_of(*get_args(Kind), name="kind")
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation_name: Mapped[str | None]
    person_name: Mapped[str | None]
    person_email: Mapped[str | None]
    since: Mapped[date | None]
    until: Mapped[date | None]
    expert: Mapped[Expert] = relationship(lazy="raise")
    organisation: Mapped[Organisation | None] = relationship(lazy="raise")
