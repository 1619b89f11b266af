"""Certificates."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Entity, state_of
from app.experts.models import Contract
from app.workflow.table import State


class CertificateState(State):
    ISSUED = "issued", "Issued"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Certificate(Entity, Base):
    """What somebody has done for a call, as it stood when issued: `facts` is all that it says."""

    __tablename__ = "expert_certificate"
    __table_args__ = (
        CheckConstraint("state <> 'withdrawn' OR facts = '{}'", name="withdrawn_says_nothing"),
        Index(
            "uq_expert_certificate_one_in_force",
            "contract_id",
            unique=True,
            postgresql_where="state = 'issued'",
        ),
    )

    state: Mapped[CertificateState] = state_of(CertificateState)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("expert_contract.id"), index=True)
    code: Mapped[str] = mapped_column(unique=True)
    issued_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]
    contract: Mapped[Contract] = relationship(lazy="raise")
