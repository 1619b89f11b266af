"""A new evaluation, the seats of its experts, and what they agree on."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from app.core.db import Base, Entity, Keyed, state_of
from app.decisions.redress.models import Redress
from app.experts.models import Contract
from app.workflow.table import State


class ReEvaluationState(State):
    WRITING = "writing", "Experts are named and write"
    AGREEING = "agreeing", "Drafted, before the experts for approval"
    FINAL = "final", "Final"
    VOID = "void", "Ended with its request"


AT_WORK = (ReEvaluationState.WRITING, ReEvaluationState.AGREEING)


class ReEvaluation(Entity, Base):
    """The criteria evaluated anew, with `old` the scores that the others keep; old reports stay as they are.

    `agreed` are score and comment by criterion, of the present `round`; `scores` all that count once it is
    final, with their sum, the sum that ranks are made of, and whether they pass every threshold (V-01).
    """

    __tablename__ = "re_evaluation"
    __table_args__ = (
        UniqueConstraint("redress_id", name="uq_re_evaluation_one_per_redress"),
        CheckConstraint(
            "(state = 'final') = (final_at IS NOT NULL) AND (final_at IS NULL) = (total IS NULL)",
            name="final_has_a_result",
        ),
    )

    state: Mapped[ReEvaluationState] = state_of(ReEvaluationState)
    redress_id: Mapped[UUID] = mapped_column(ForeignKey("redress.id"))
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), index=True)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    criteria: Mapped[list[str]]
    old: Mapped[dict[str, Any]]
    round: Mapped[int] = mapped_column(default=0)
    agreed: Mapped[dict[str, Any]] = mapped_column(default=dict)
    scores: Mapped[dict[str, Any]] = mapped_column(default=dict)
    total: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    weighted: Mapped[Decimal | None] = mapped_column(Numeric(9, 4))
    above: Mapped[bool] = mapped_column(default=False)
    final_at: Mapped[datetime | None]
    redress: Mapped[Redress] = relationship(
        lazy="raise", backref=backref("re_evaluation", lazy="raise", uselist=False)
    )
    seats: Mapped[list["ReEvaluationSeat"]] = relationship(
        lazy="raise", back_populates="re_evaluation", order_by="ReEvaluationSeat.label"
    )

    @property
    def sitting(self) -> list["ReEvaluationSeat"]:
        """The experts who have declared to be free of conflict and hold their seats."""
        return [one for one in self.seats if one.declared_at is not None and one.out_for is None]


class ReEvaluationSeat(Keyed, Base):
    """An expert of the call who took no part before; `marks` are score and comment by criterion, sealed once.

    The others read the label, never the name.
    """

    __tablename__ = "re_evaluation_seat"
    __table_args__ = (
        UniqueConstraint("re_evaluation_id", "contract_id", name="uq_re_evaluation_seat_once"),
        UniqueConstraint("re_evaluation_id", "label", name="uq_re_evaluation_seat_label"),
        CheckConstraint("(sealed_at IS NULL) = (marks IS NULL)", name="sealed_has_marks"),
        CheckConstraint("sealed_at IS NULL OR declared_at IS NOT NULL", name="sealed_has_declared"),
    )

    re_evaluation_id: Mapped[UUID] = mapped_column(ForeignKey("re_evaluation.id"))
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("expert_contract.id"), index=True)
    label: Mapped[str]
    named_at: Mapped[datetime]
    declared_at: Mapped[datetime | None]
    out_for: Mapped[str | None]
    marks: Mapped[dict[str, Any] | None]
    sealed_at: Mapped[datetime | None]
    approved: Mapped[int | None]
    re_evaluation: Mapped[ReEvaluation] = relationship(lazy="raise", back_populates="seats")
    contract: Mapped[Contract] = relationship(lazy="raise")

    @property
    def name(self) -> str | None:
        """For staff alone; none once the expert is forgotten."""
        account = self.contract.expert.account
        return account.name if account is not None else None
