"""The pool of experts, contracts per call, assignments to proposals."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.calls.models import Call
from app.consortia.organisations.models import Organisation
from app.core.db import Base, Entity, Versioned, state_of
from app.people.models import Account
from app.proposals.models import Proposal
from app.workflow.table import State


class ExpertState(State):
    ACTIVE = "active", "In the pool"


class ContractState(State):
    OFFERED = "offered", "Offered"
    SIGNED = "signed", "Signed"
    ENDED = "ended", "Ended"
    TERMINATED = "terminated", "Terminated"


class AssignmentState(State):
    PROPOSED = "proposed", "Proposed"
    INVITED = "invited", "Invited to declare"
    ACCEPTED = "accepted", "Accepted, free of conflict"
    REPORTED = "reported", "Reported"
    DECLINED = "declined", "Declined"
    BLOCKED = "blocked", "Blocked by a conflict of interest"
    VOIDED = "voided", "Voided"
    RELEASED = "released", "Released: the call is cancelled or the topic taken out of it"


class Expert(Versioned, Entity, Base):
    """A person of the pool; `organisation` is the present employer."""

    __tablename__ = "expert"

    state: Mapped[ExpertState] = state_of(ExpertState)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), unique=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    expertise: Mapped[list[str]] = mapped_column(default=list)
    account: Mapped[Account] = relationship(lazy="raise")
    organisation: Mapped[Organisation | None] = relationship(lazy="raise")


class Contract(Entity, Base):
    """An expert's contract for one call, with the code of conduct; nothing is shown before it is signed."""

    __tablename__ = "expert_contract"
    __table_args__ = (
        CheckConstraint("state <> 'signed' OR signed_at IS NOT NULL", name="signed_has_a_date"),
        Index(
            "uq_expert_contract_once_per_call",
            "expert_id",
            "call_id",
            unique=True,
            postgresql_where="state IN ('offered', 'signed')",
        ),
    )

    state: Mapped[ContractState] = state_of(ContractState)
    expert_id: Mapped[UUID] = mapped_column(ForeignKey("expert.id"))
    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id"), index=True)
    days: Mapped[int]
    signed_at: Mapped[datetime | None]
    expert: Mapped[Expert] = relationship(lazy="raise")
    call: Mapped[Call] = relationship(lazy="raise")


class Assignment(Entity, Base):
    """An expert's seat on a proposal. `label` is how the others of the group read the name."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("proposal_id", "label", name="uq_assignment_label"),
        Index(
            "uq_assignment_once",
            "expert_id",
            "proposal_id",
            unique=True,
            postgresql_where="state IN ('proposed', 'invited', 'accepted', 'reported', 'blocked')",
        ),
        CheckConstraint(
            "state NOT IN ('accepted', 'reported') OR declared_at IS NOT NULL", name="accepted_has_declared"
        ),
    )

    state: Mapped[AssignmentState] = state_of(AssignmentState)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("expert_contract.id"), index=True)
    expert_id: Mapped[UUID] = mapped_column(ForeignKey("expert.id"))
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), index=True)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    label: Mapped[str]
    declared_at: Mapped[datetime | None]
    contract: Mapped[Contract] = relationship(lazy="raise")
    expert: Mapped[Expert] = relationship(lazy="raise")
    proposal: Mapped[Proposal] = relationship(lazy="raise")
