"""The ethics screening of a proposal, the seats of its experts, what they remark, what is required."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, and_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Entity, Keyed, state_of
from app.evaluation.panel.models import Panel
from app.experts.models import Contract, Expert
from app.proposals.models import Proposal
from app.workflow.table import State


class EthicsState(State):
    OPEN = "open", "Being screened"
    ASSESSMENT = "assessment", "Being assessed in depth"
    CLEARED = "cleared", "Cleared"
    CONDITIONAL = "conditional", "Cleared under conditions"
    NOT_CLEARED = "not_cleared", "Not cleared"
    VOIDED = "voided", "Ended without an outcome: its proposal has left the process"


class EthicsSeatState(State):
    INVITED = "invited", "Invited to declare"
    ACCEPTED = "accepted", "Accepted, free of conflict"
    DECLINED = "declined", "Declined"
    BLOCKED = "blocked", "Blocked by a conflict of interest"
    ENDED = "ended", "Taken away"


AT_WORK = (EthicsState.OPEN, EthicsState.ASSESSMENT)
OUTCOMES = (EthicsState.CLEARED, EthicsState.CONDITIONAL, EthicsState.NOT_CLEARED)
SEATED = (EthicsSeatState.INVITED, EthicsSeatState.ACCEPTED)


class EthicsScreening(Entity, Base):
    """The ethics of one proposal (X-02, X-03); nothing of it is part of a score or a list (X-04).

    Opened from the closed list of its `panel`. `assessed_for`: why a screening was not enough, or why it was
    reopened (at `reopened_at`, the last time); `refused_for`: why it is not cleared, and so cannot be funded.
    What an earlier conclusion required has `lapsed`.
    """

    __tablename__ = "ethics_screening"
    __table_args__ = (
        CheckConstraint(
            "(state IN ('cleared', 'conditional', 'not_cleared')) = (concluded_at IS NOT NULL)",
            name="concluded_has_a_date",
        ),
        CheckConstraint("(state = 'not_cleared') = (refused_for IS NOT NULL)", name="refused_has_a_reason"),
        CheckConstraint("state <> 'assessment' OR assessed_for IS NOT NULL", name="assessed_has_a_reason"),
        CheckConstraint("reopened_at IS NULL OR assessed_for IS NOT NULL", name="reopened_has_a_reason"),
    )

    state: Mapped[EthicsState] = state_of(EthicsState)
    panel_id: Mapped[UUID] = mapped_column(ForeignKey("panel.id"), index=True)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), unique=True)
    consortium_id: Mapped[UUID] = mapped_column(ForeignKey("consortium.id"), index=True)
    assessed_for: Mapped[str | None]
    refused_for: Mapped[str | None]
    concluded_at: Mapped[datetime | None]
    reopened_at: Mapped[datetime | None]
    panel: Mapped[Panel] = relationship(lazy="raise")
    proposal: Mapped[Proposal] = relationship(lazy="raise")
    seats: Mapped[list["EthicsSeat"]] = relationship(
        lazy="raise", back_populates="screening", order_by="EthicsSeat.created_at"
    )
    requirements: Mapped[list["EthicsRequirement"]] = relationship(
        primaryjoin=lambda: and_(
            EthicsRequirement.screening_id == EthicsScreening.id, EthicsRequirement.lapsed_at.is_(None)
        ),
        lazy="raise",
        back_populates="screening",
        order_by="EthicsRequirement.number",
    )
    lapsed: Mapped[list["EthicsRequirement"]] = relationship(
        primaryjoin=lambda: and_(
            EthicsRequirement.screening_id == EthicsScreening.id, EthicsRequirement.lapsed_at.is_not(None)
        ),
        lazy="raise",
        viewonly=True,
        order_by=lambda: (EthicsRequirement.lapsed_at, EthicsRequirement.number),
    )

    @property
    def reference(self) -> str:
        return self.proposal.reference


class EthicsRequirement(Keyed, Base):
    """What a conditional clearance asks for: so many `months` after the signature, or before it.

    `met_text` is what the office has found when it was met. It lapses when the screening is reopened.
    """

    __tablename__ = "ethics_requirement"
    __table_args__ = (
        Index(
            "uq_ethics_requirement_code_once",
            "screening_id",
            "code",
            unique=True,
            postgresql_where="lapsed_at IS NULL",
        ),
        CheckConstraint("months > 0", name="months_are_some"),
        CheckConstraint(
            "(met_at IS NULL) = (met_text IS NULL) AND (met_at IS NULL) = (met_by IS NULL)",
            name="met_is_whole",
        ),
    )

    screening_id: Mapped[UUID] = mapped_column(ForeignKey("ethics_screening.id"), index=True)
    number: Mapped[int]
    code: Mapped[str]
    text: Mapped[str]
    months: Mapped[int | None]
    met_at: Mapped[datetime | None]
    met_text: Mapped[str | None]
    met_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    lapsed_at: Mapped[datetime | None]
    screening: Mapped[EthicsScreening] = relationship(lazy="raise", back_populates="requirements")

    @property
    def before_signature(self) -> bool:
        return self.months is None


class EthicsSeat(Entity, Base):
    """An ethics expert's seat on a proposal, under a contract of its call; nobody of the group has one."""

    __tablename__ = "ethics_seat"
    __table_args__ = (
        Index(
            "uq_ethics_seat_once",
            "screening_id",
            "expert_id",
            unique=True,
            postgresql_where="state IN ('invited', 'accepted', 'blocked')",
        ),
        CheckConstraint("state <> 'accepted' OR declared_at IS NOT NULL", name="accepted_has_declared"),
    )

    state: Mapped[EthicsSeatState] = state_of(EthicsSeatState)
    screening_id: Mapped[UUID] = mapped_column(ForeignKey("ethics_screening.id"))
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("expert_contract.id"), index=True)
    expert_id: Mapped[UUID] = mapped_column(ForeignKey("expert.id"), index=True)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), index=True)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    declared_at: Mapped[datetime | None]
    screening: Mapped[EthicsScreening] = relationship(lazy="raise", back_populates="seats")
    contract: Mapped[Contract] = relationship(lazy="raise")
    expert: Mapped[Expert] = relationship(lazy="raise")
    proposal: Mapped[Proposal] = relationship(lazy="raise")
    remarks: Mapped[list["EthicsRemark"]] = relationship(
        lazy="raise", back_populates="seat", order_by="EthicsRemark.at"
    )


class EthicsRemark(Keyed, Base):
    """What an ethics expert remarks; only added to."""

    __tablename__ = "ethics_remark"

    seat_id: Mapped[UUID] = mapped_column(ForeignKey("ethics_seat.id"), index=True)
    text: Mapped[str]
    at: Mapped[datetime]
    seat: Mapped[EthicsSeat] = relationship(lazy="raise", back_populates="remarks")
