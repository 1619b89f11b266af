"""The grant that a selected proposal becomes."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from app.calls.periods import day_of, months_later
from app.calls.rules import BRUSSELS
from app.consortia.models import LIVE
from app.consortia.organisations.models import Organisation
from app.core.db import Base, Entity, Versioned, state_of
from app.evaluation.ethics.models import EthicsScreening
from app.proposals.models import Proposal
from app.workflow.table import State


class Due(NamedTuple):
    """A requirement of ethics as the agreement takes it up; `due_on` is known from the signature on."""

    code: str
    text: str
    before_signature: bool
    due_on: date | None
    met_at: datetime | None


class GrantState(State):
    PREPARATION = "preparation", "In preparation"
    SIGNED = "signed", "Signed"
    FAILED = "failed", "Failed; nothing is signed"


class Grant(Versioned, Entity, Base):
    """A grant agreement. `amount` in euro; a start before signature has its reason, and so have partners
    without a validated participant code where the rules let them sign at all. `failed_reason` is a code of
    K-10.
    """

    __tablename__ = "grant_agreement"
    __table_args__ = (
        CheckConstraint("(state = 'signed') = (signed_at IS NOT NULL)", name="signed_has_a_date"),
        CheckConstraint("signed_by IS NULL OR signed_by <> prepared_by", name="signatory_did_not_prepare"),
        CheckConstraint(
            "(state = 'failed') = (failed_reason IS NOT NULL)"
            " AND (failed_reason IS NULL) = (failed_text IS NULL)",
            name="failed_has_a_reason",
        ),
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
    failed_reason: Mapped[str | None]
    failed_text: Mapped[str | None]
    proposal: Mapped[Proposal] = relationship(lazy="raise")
    screening: Mapped[EthicsScreening | None] = relationship(
        primaryjoin=lambda: foreign(Grant.proposal_id) == EthicsScreening.proposal_id,
        viewonly=True,
        lazy="raise",
    )

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

    @property
    def ethics_requirements(self) -> Sequence[Due]:
        """What the ethics screening asks for (X-03): before the signature, or due so long after it."""
        found = self.screening.requirements if self.screening is not None else ()
        return [
            Due(one.code, one.text, one.before_signature, self._due(one.months), one.met_at) for one in found
        ]

    def _due(self, months: int | None) -> date | None:
        if months is None or self.signed_at is None:
            return None
        return months_later(day_of(self.signed_at), months)
