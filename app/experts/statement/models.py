"""Statements of the work done under a contract."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Entity, state_of
from app.experts.models import Contract
from app.workflow.table import State


class StatementState(State):
    DUE = "due", "Payable"
    PAID = "paid", "Paid"


class Statement(Entity, Base):
    """Completed reports and days of work; rates and `amount` only where the call's rule set gives them."""

    __tablename__ = "expert_statement"
    __table_args__ = (
        CheckConstraint("reports >= 0 AND days >= 0 AND reports + days > 0", name="some_work"),
        CheckConstraint("(state = 'paid') = (paid_at IS NOT NULL)", name="paid_has_a_date"),
    )

    state: Mapped[StatementState] = state_of(StatementState)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("expert_contract.id"), unique=True)
    reports: Mapped[int]
    days: Mapped[int]
    report_rate: Mapped[Decimal | None]
    day_rate: Mapped[Decimal | None]
    amount: Mapped[Decimal | None]
    paid_at: Mapped[datetime | None]
    contract: Mapped[Contract] = relationship(lazy="raise")
