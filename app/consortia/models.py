"""Consortia, the partners in them and the people who act for a partner."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.calls.models import TopicStage
from app.consortia.organisations.models import Organisation
from app.core.db import Base, Entity, Keyed, Versioned, one_of, state_of
from app.people.models import Account
from app.workflow.table import State


class ConsortiumState(State):
    ACTIVE = "active", "Active"


class PartnerState(State):
    INVITED = "invited", "Invited"
    ACCEPTED = "accepted", "Accepted"
    SIGNED = "signed", "Signed its part"
    DECLINED = "declined", "Declined"
    LEFT = "left", "Left"
    REMOVED = "removed", "Removed"


LIVE = (PartnerState.ACCEPTED, PartnerState.SIGNED)
"""Partners that are in the consortium at present."""


class Consortium(Entity, Base):
    """Organisations that come together for a topic in a stage of a call."""

    __tablename__ = "consortium"

    state: Mapped[ConsortiumState] = state_of(ConsortiumState)
    topic_stage_id: Mapped[UUID] = mapped_column(ForeignKey("topic_stage.id"), index=True)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"), index=True)
    name: Mapped[str]
    topic_stage: Mapped[TopicStage] = relationship(lazy="raise")
    partners: Mapped[list["Partner"]] = relationship(
        lazy="raise", back_populates="consortium", order_by="(Partner.coordinates.desc(), Partner.created_at)"
    )

    @property
    def requested(self) -> Decimal:
        """What the partners at present ask for together, in euro."""
        return sum((p.requested for p in self.partners if p.state in LIVE), Decimal(0))


class Partner(Versioned, Entity, Base):
    """An organisation's part in a consortium. `requested` in euro; `invitation` is the hash of its link.

    In a merged consortium `joined_from` says from which side it came, `from_partner_id` which part of the
    applicants' consortium it was (C-06).
    """

    __tablename__ = "partner"
    __table_args__ = (
        Index(
            "uq_partner_organisation_once",
            "consortium_id",
            "organisation_id",
            unique=True,
            postgresql_where="state IN ('invited', 'accepted', 'signed')",
        ),
        Index(
            "uq_partner_one_coordinator",
            "consortium_id",
            unique=True,
            postgresql_where="coordinates AND state IN ('invited', 'accepted', 'signed')",
        ),
        CheckConstraint(
            "from_partner_id IS NULL OR joined_from = 'applicant'", name="carried_over_from_the_applicants"
        ),
    )

    state: Mapped[PartnerState] = state_of(PartnerState)
    consortium_id: Mapped[UUID] = mapped_column(ForeignKey("consortium.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    coordinates: Mapped[bool] = mapped_column(default=False)
    requested: Mapped[Decimal] = mapped_column(default=Decimal(0))
    invitation: Mapped[str | None] = mapped_column(unique=True)
    invited_until: Mapped[datetime | None]
    joined_from: Mapped[str | None] = one_of("applicant", "industry", name="joined_from")
    from_partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id"))
    consortium: Mapped[Consortium] = relationship(lazy="raise", back_populates="partners")
    organisation: Mapped[Organisation] = relationship(lazy="raise")
    people: Mapped[list["Person"]] = relationship(lazy="raise", back_populates="partner")


class Person(Keyed, Base):
    """Somebody who acts for a partner; known by mail address until an account takes it over.

    `until` ends an access that there was: it stays empty for people of a partner that never accepted.
    """

    __tablename__ = "partner_person"
    __table_args__ = (
        Index("uq_partner_person_once", "partner_id", "email", unique=True, postgresql_where="until IS NULL"),
    )

    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    email: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    part: Mapped[str] = one_of("contact", "deputy_contact", "contributor", "reader", name="part")
    until: Mapped[datetime | None]
    partner: Mapped[Partner] = relationship(lazy="raise", back_populates="people")
    account: Mapped[Account | None] = relationship(lazy="raise")
