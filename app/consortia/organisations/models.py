"""Organisations: legal entities, and the names they are found by."""

from datetime import date, datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, and_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship, remote

from app.core.db import Base, Entity, Keyed, Versioned, one_of, state_of
from app.workflow.table import State

Kind = Literal[
    "higher_education", "research", "sme", "mid_cap", "large_company", "patient_organisation", "regulator",
    "hospital", "other",
]  # fmt: skip
Membership = Literal["constituent", "affiliated", "contributing_partner"]
"""How an organisation belongs to the industry side of the partnership."""
EstablishedUnder = Literal["union_law", "international_european"]
"""The Joint Research Centre and other entities of the Union's law; international European ones (E-07)."""
Turnover = Literal["up_to_2m", "up_to_10m", "up_to_50m", "up_to_500m", "above_500m"]
"""Bands of a year's turnover, in euro; what follows from one is for the rule set to say."""


class OrganisationState(State):
    REGISTERED = "registered", "Registered, not validated"
    VALIDATED = "validated", "Validated"
    MERGED = "merged", "Merged into another"


class Organisation(Versioned, Entity, Base):
    """A legal entity. `country` is an ISO 3166 code; `control_group` marks those under one control (E-06).

    The same PIC may stand twice until one of the two is validated: what is double is told, and merged.
    """

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("pic ~ '^[0-9]{9}$'", name="pic_has_nine_digits"),
        CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged_with_a_target"),
        CheckConstraint("merged_into_id <> id", name="merged_into_another"),
        CheckConstraint(
            "industry_member IS NOT NULL OR industry_member_since IS NULL", name="since_of_a_membership"
        ),
        Index(
            "uq_organisation_one_validated_per_pic",
            "pic",
            unique=True,
            postgresql_where="state = 'validated'",
        ),
    )

    state: Mapped[OrganisationState] = state_of(OrganisationState)
    legal_name: Mapped[str] = mapped_column(index=True)
    short_name: Mapped[str] = mapped_column(default="")
    aliases: Mapped[list[str]] = mapped_column(default=list)
    country: Mapped[str]
    kind: Mapped[str] = one_of(*get_args(Kind), name="kind")
    pic: Mapped[str | None] = mapped_column(index=True)
    ror: Mapped[str | None] = mapped_column(index=True)
    vat: Mapped[str | None] = mapped_column(index=True)
    non_profit: Mapped[bool] = mapped_column(default=False)
    public_body: Mapped[bool] = mapped_column(default=False)
    industry_member: Mapped[str | None] = one_of(*get_args(Membership), name="industry_member")
    industry_member_since: Mapped[date | None]
    turnover: Mapped[str | None] = one_of(*get_args(Turnover), name="turnover")
    control_group: Mapped[str | None]
    established_under: Mapped[str | None] = one_of(*get_args(EstablishedUnder), name="established_under")
    validated_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    validated_at: Mapped[datetime | None]
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    merged_into: Mapped["Organisation | None"] = relationship(
        lazy="raise", remote_side="Organisation.id", back_populates="merged_from"
    )
    merged_from: Mapped[list["Organisation"]] = relationship(
        lazy="raise", back_populates="merged_into", order_by="(Organisation.created_at, Organisation.id)"
    )
    names: Mapped[list["OrganisationName"]] = relationship(
        lazy="raise", cascade="save-update, merge, delete, delete-orphan"
    )
    same_control: Mapped[list["Organisation"]] = relationship(
        primaryjoin=lambda: and_(
            Organisation.control_group == foreign(remote(Organisation.control_group)),
            remote(Organisation.state) != OrganisationState.MERGED,
        ),
        viewonly=True,
        lazy="raise",
    )


class OrganisationName(Keyed, Base):
    """A name that an organisation is found by; `folded` and `pieces` are the name as it is compared."""

    __tablename__ = "organisation_name"
    __table_args__ = (Index("ix_organisation_name_pieces", "pieces", postgresql_using="gin"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str]
    folded: Mapped[str]
    pieces: Mapped[list[str]] = mapped_column(ARRAY(Text))
