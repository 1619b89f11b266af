"""The grant that a selected proposal becomes."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.calls.rules import BRUSSELS
from app.consortia.models import LIVE
from app.consortia.organisations.models import Organisation
from app.core.db import Base, Entity, Versioned, state_of
from app.proposals.models import Proposal
from app.workflow.table import State


class GrantState(State):
    PREPARATION = "preparation", "In preparation"
    SIGNED = "signed", "Signed"


class Grant(Versioned, Entity, Base):
    """A grant agreement. `amount` in euro; a start before signature has its reason, and so have partners
    without a validated participant code where the rules let them sign at all.
    """

    __tablename__ = "grant_agreement"
    __table_args__ = (
        CheckConstraint("(state = 'signed') = (signed_at IS NOT NULL)", name="signed_has_a_date"),
        CheckConstraint("signed_by IS NULL OR signed_by <> prepared_by", name="signatory_did_not_prepare"),
        CheckConstraint("amount > 0", name="amount_is_positive"),
    )

    state: Mapped[GrantState] = state_of(GrantState)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), unique=True)
    number: Mapped[str] = mapped_column(unique=True)
    amount: Mapped[Decimal]
    starts_on: Mapped[date | None]
    early_start_reason: Mapped[str | None]
    unidentified_reason: Mapped[str | None]
    months: Mapped[int | None]
    prepared_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    signed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    signed_at: Mapped[datetime | None]
    proposal: Mapped[Proposal] = relationship(lazy="raise")

    @property
    def partners(self) -> Sequence[Organisation]:
        """The organisations that it is signed with, by name."""
        live = (partner for partner in self.proposal.consortium.partners if partner.state in LIVE)
        return sorted((partner.organisation for partner in live), key=lambda one: one.legal_name)

    @property
    def starts_before_signature(self) -> bool | None:
        """Whether the project started before the day of signature in Brussels; None until it is signed."""
        if self.starts_on is None or self.signed_at is None:
            return None
        return self.starts_on < self.signed_at.astimezone(BRUSSELS).date()
