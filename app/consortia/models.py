"""Consortia, the partners in them and the people who act for a partner."""

from datetime import datetime
from decimal import Decimal
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
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
    LAPSED = "lapsed", "Invited, and not answered in time"
    LEFT = "left", "Left"
    REMOVED = "removed", "Removed"
    TRANSFERRED = "transferred", "Its part went to another organisation"


Part = Literal["contact", "deputy_contact", "contributor", "reader"]
"""What somebody does for a partner; a deputy contact acts for the coordinator."""
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

    `left_at` is when it left by itself; its people of that moment keep reading it. `coordination_offered_at`:
    the coordinator has offered it the coordination.
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
        Index(
            "uq_partner_coordination_offered_once",
            "consortium_id",
            unique=True,
            postgresql_where="coordination_offered_at IS NOT NULL",
        ),
        CheckConstraint(
            "coordination_offered_at IS NULL OR (state IN ('accepted', 'signed') AND NOT coordinates)",
            name="coordination_is_offered_to_another",
        ),
        CheckConstraint("(state = 'left') = (left_at IS NOT NULL)", name="left_at_a_time"),
    )

    state: Mapped[PartnerState] = state_of(PartnerState)
    consortium_id: Mapped[UUID] = mapped_column(ForeignKey("consortium.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    coordinates: Mapped[bool] = mapped_column(default=False)
    requested: Mapped[Decimal] = mapped_column(default=Decimal(0))
    invitation: Mapped[str | None] = mapped_column(unique=True)
    invited_until: Mapped[datetime | None]
    coordination_offered_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    consortium: Mapped[Consortium] = relationship(lazy="raise", back_populates="partners")
    organisation: Mapped[Organisation] = relationship(lazy="raise")
    people: Mapped[list["Person"]] = relationship(
        lazy="raise", back_populates="partner", order_by="(Person.part, Person.email, Person.id)"
    )
    asked: Mapped[list["AskedPerson"]] = relationship(
        lazy="raise", back_populates="partner", cascade="all, delete-orphan", order_by="AskedPerson.email"
    )


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
    part: Mapped[Part] = one_of(*get_args(Part), name="part")
    until: Mapped[datetime | None]
    partner: Mapped[Partner] = relationship(lazy="raise", back_populates="people")
    account: Mapped[Account | None] = relationship(lazy="raise")


class AskedPerson(Keyed, Base):
    """Somebody who is asked to act for a partner: nothing follows from it until they accept.

    `link` is the hash of the one in the mail; whoever accepts by it becomes one of the partner's people.
    """

    __tablename__ = "partner_person_asked"
    __table_args__ = (UniqueConstraint("partner_id", "email", name="uq_partner_person_asked_once"),)

    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"))
    email: Mapped[str]
    name: Mapped[str]
    part: Mapped[Part] = one_of(*get_args(Part), name="part")
    link: Mapped[str] = mapped_column(unique=True)
    until: Mapped[datetime]
    partner: Mapped[Partner] = relationship(lazy="raise", back_populates="asked")
