"""Consortia, the partners in them and the people who act for a partner."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.calls.models import TopicStage
from app.consortia.budget.rules import FIGURES
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


class Consortium(Versioned, Entity, Base):
    """Organisations that come together for a topic in a stage of a call.

    `open_budgets`: each partner reads the figures of every other.
    """

    __tablename__ = "consortium"

    state: Mapped[ConsortiumState] = state_of(ConsortiumState)
    topic_stage_id: Mapped[UUID] = mapped_column(ForeignKey("topic_stage.id"), index=True)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"), index=True)
    name: Mapped[str]
    open_budgets: Mapped[bool] = mapped_column(default=False)
    topic_stage: Mapped[TopicStage] = relationship(lazy="raise")
    partners: Mapped[list["Partner"]] = relationship(
        lazy="raise", back_populates="consortium", order_by="(Partner.coordinates.desc(), Partner.created_at)"
    )

    @property
    def requested(self) -> Decimal:
        """What the partners at present ask for together, in euro."""
        return sum((p.requested for p in self.partners if p.state in LIVE), Decimal(0))


class Partner(Versioned, Entity, Base):
    """An organisation's part in a consortium: its figures in euro; `invitation` is the hash of its link.

    `self_financed`: it takes part at its own cost, whatever the rules would pay (E-11). `left_at` is when it
    left by itself; its people of that moment keep reading it. `coordination_offered_at`: the coordinator has
    offered it the coordination. In a merged consortium `joined_from` says from which side it came,
    `from_partner_id` which part of the applicants' consortium it was (C-06).
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
        CheckConstraint(
            "from_partner_id IS NULL OR joined_from = 'applicant'", name="carried_over_from_the_applicants"
        ),
        *(CheckConstraint(f"{name} >= 0", name=f"{name}_is_not_negative") for name in FIGURES),
    )

    state: Mapped[PartnerState] = state_of(PartnerState)
    consortium_id: Mapped[UUID] = mapped_column(ForeignKey("consortium.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    coordinates: Mapped[bool] = mapped_column(default=False)
    personnel: Mapped[Decimal] = mapped_column(default=Decimal(0))
    other_direct: Mapped[Decimal] = mapped_column(default=Decimal(0))
    subcontracting: Mapped[Decimal] = mapped_column(default=Decimal(0))
    third_party_support: Mapped[Decimal] = mapped_column(default=Decimal(0))
    requested: Mapped[Decimal] = mapped_column(default=Decimal(0))
    in_kind_operational: Mapped[Decimal] = mapped_column(default=Decimal(0))
    in_kind_additional: Mapped[Decimal] = mapped_column(default=Decimal(0))
    financial_contribution: Mapped[Decimal] = mapped_column(default=Decimal(0))
    self_financed: Mapped[bool] = mapped_column(default=False)
    invitation: Mapped[str | None] = mapped_column(unique=True)
    invited_until: Mapped[datetime | None]
    coordination_offered_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    joined_from: Mapped[str | None] = one_of("applicant", "industry", name="joined_from")
    from_partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id"))
    consortium: Mapped[Consortium] = relationship(lazy="raise", back_populates="partners")
    organisation: Mapped[Organisation] = relationship(lazy="raise")
    people: Mapped[list["Person"]] = relationship(
        lazy="raise", back_populates="partner", order_by="(Person.part, Person.email, Person.id)"
    )
    asked: Mapped[list["AskedPerson"]] = relationship(
        lazy="raise", back_populates="partner", cascade="all, delete-orphan", order_by="AskedPerson.email"
    )
    signatures: Mapped[list["Signature"]] = relationship(
        lazy="raise", back_populates="partner", order_by="Signature.signed_at"
    )

    @property
    def signature(self) -> "Signature | None":
        """The last one, standing or void."""
        return self.signatures[-1] if self.signatures else None


class Person(Keyed, Base):
    """Somebody who acts for a partner; known by mail address until an account takes it over.

    `until` ends an access that there was: it stays empty for people of a partner that never accepted.
    """

    __tablename__ = "partner_person"
    __table_args__ = (
        Index("uq_partner_person_once", "partner_id", "email", unique=True, postgresql_where="until IS NULL"),
    )

    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"), index=True)
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


class Signature(Keyed, Base):
    """What a partner stood for when it signed: organisation, figures, declarations, by their digest.

    Kept for good: a change of the part makes it void, and says by whom and by what.
    """

    __tablename__ = "partner_signature"
    __table_args__ = (
        CheckConstraint(
            "(voided_at IS NULL) = (voided_by IS NULL) AND (voided_at IS NULL) = (voided_because IS NULL)",
            name="void_is_whole",
        ),
        Index(
            "uq_partner_signature_one_stands", "partner_id", unique=True, postgresql_where="voided_at IS NULL"
        ),
    )

    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"), index=True)
    signed_at: Mapped[datetime]
    signed_by_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    signed: Mapped[dict[str, Any]]
    digest: Mapped[str]
    voided_at: Mapped[datetime | None]
    voided_by: Mapped[str | None] = one_of("coordinator", "partner", name="voided_by")
    voided_because: Mapped[str | None]
    partner: Mapped[Partner] = relationship(lazy="raise", back_populates="signatures")
