"""The pool of experts, contracts per call, assignments to proposals."""

from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.calls.models import Call
from app.consortia.organisations.models import Organisation
from app.core.db import Base, Entity, Keyed, Versioned, one_of, state_of
from app.people.models import Account
from app.proposals.models import Proposal
from app.workflow.table import State

Sector = Literal[
    "academia", "sme", "industry", "regulator", "patient_representative", "clinician", "statistics"
]
Place = Literal["remote", "central"]
Gender = Literal["female", "male", "other"]


class ExpertState(State):
    ACTIVE = "active", "In the pool"
    ANONYMISED = "anonymised", "Anonymised after the time of keeping"


class ContractState(State):
    OFFERED = "offered", "Offered"
    SIGNED = "signed", "Signed"
    SUSPENDED = "suspended", "Suspended"
    ENDED = "ended", "Ended"
    TERMINATED = "terminated", "Terminated"
    DECLINED = "declined", "Declined"


class AssignmentState(State):
    PROPOSED = "proposed", "Proposed"
    INVITED = "invited", "Invited to declare"
    ACCEPTED = "accepted", "Accepted, free of conflict"
    REPORTED = "reported", "Reported"
    DECLINED = "declined", "Declined"
    LAPSED = "lapsed", "Lapsed: not answered in time"
    HANDED_BACK = "handed_back", "Handed back by the expert"
    BLOCKED = "blocked", "Blocked by a conflict of interest"
    VOIDED = "voided", "Voided"
    RELEASED = "released", "Released: the call is cancelled or the topic taken out of it"


UNDER_CONTRACT = (ContractState.OFFERED, ContractState.SIGNED)
"""Experts who may be given seats."""
NOT_OVER = (*UNDER_CONTRACT, ContractState.SUSPENDED)
"""Contracts beside which there is no other for the call."""
SEATED = (
    AssignmentState.PROPOSED,
    AssignmentState.INVITED,
    AssignmentState.ACCEPTED,
    AssignmentState.REPORTED,
)
"""Seats that stand."""
TAKEN = (AssignmentState.ACCEPTED, AssignmentState.REPORTED)
"""Seats whose experts have declared to be free of conflict, and see the proposal."""


class Expert(Versioned, Entity, Base):
    """A person of the pool; `organisation` is the present employer.

    `expertise` are terms, each with its scheme, code and level. Gender and nationality are given or not.
    """

    __tablename__ = "expert"
    __table_args__ = (
        CheckConstraint("account_id IS NOT NULL OR state = 'anonymised'", name="nobody_only_if_anonymised"),
    )

    state: Mapped[ExpertState] = state_of(ExpertState)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), unique=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    expertise: Mapped[list[Any]] = mapped_column(default=list)
    text: Mapped[str] = mapped_column(default="")
    languages: Mapped[list[str]] = mapped_column(default=list)
    country: Mapped[str | None]
    nationality: Mapped[str | None]
    sector: Mapped[str | None] = one_of(*get_args(Sector), name="sector")
    gender: Mapped[str | None] = one_of(*get_args(Gender), name="gender")
    orcid: Mapped[str | None]
    account: Mapped[Account | None] = relationship(lazy="raise")
    contracts: Mapped[list["Contract"]] = relationship(lazy="raise", viewonly=True)
    organisation: Mapped[Organisation | None] = relationship(lazy="raise")
    publications: Mapped[list["Publication"]] = relationship(
        lazy="raise", back_populates="expert", cascade="all, delete-orphan", order_by="Publication.number"
    )


class Publication(Keyed, Base):
    """One of an expert's publications; `number` is its place in their list."""

    __tablename__ = "expert_publication"
    __table_args__ = (
        Index(
            "uq_expert_publication_doi_once",
            "expert_id",
            "doi",
            unique=True,
            postgresql_where="doi IS NOT NULL",
        ),
    )

    expert_id: Mapped[UUID] = mapped_column(ForeignKey("expert.id"), index=True)
    number: Mapped[int]
    title: Mapped[str]
    abstract: Mapped[str] = mapped_column(default="")
    authors: Mapped[list[str]] = mapped_column(default=list)
    year: Mapped[int | None]
    doi: Mapped[str | None]
    expert: Mapped[Expert] = relationship(lazy="raise", back_populates="publications")


class Contract(Entity, Base):
    """An expert's contract for one call; nothing is shown before it is signed and the briefing acknowledged.

    `least` and `most` are the proposals that the expert takes; `code_of_conduct` and `briefing` the versions
    that were signed and acknowledged, as the call's rule set names them.
    """

    __tablename__ = "expert_contract"
    __table_args__ = (
        CheckConstraint("state <> 'signed' OR signed_at IS NOT NULL", name="signed_has_a_date"),
        Index(
            "uq_expert_contract_once_per_call",
            "expert_id",
            "call_id",
            unique=True,
            postgresql_where="state IN ('offered', 'signed', 'suspended')",
        ),
        CheckConstraint(
            "(state IN ('ended', 'terminated', 'declined')) = (ended_at IS NOT NULL)", name="over_has_a_date"
        ),
        CheckConstraint("0 < least AND least <= most", name="load_is_a_range"),
        CheckConstraint("briefed_at IS NULL OR signed_at IS NOT NULL", name="briefed_has_signed"),
    )

    state: Mapped[ContractState] = state_of(ContractState)
    expert_id: Mapped[UUID] = mapped_column(ForeignKey("expert.id"))
    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id"), index=True)
    days: Mapped[int]
    place: Mapped[str] = one_of(*get_args(Place), name="place", default="remote")
    least: Mapped[int | None]
    most: Mapped[int | None]
    signed_at: Mapped[datetime | None]
    code_of_conduct: Mapped[str | None]
    briefed_at: Mapped[datetime | None]
    briefing: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    expert: Mapped[Expert] = relationship(lazy="raise")
    call: Mapped[Call] = relationship(lazy="raise")


class Assignment(Entity, Base):
    """An expert's seat on a proposal. `label` is how the others of the group read the name.

    `answer_until`: when the time to answer the invitation is over, if the call's rules set one. `rapporteur`:
    drafts for the group; whose seat is lost keeps the mark, as a fact of then. `reads_only`: no report is
    written from it (V-18).
    """

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
        Index(
            "uq_assignment_one_rapporteur",
            "proposal_id",
            unique=True,
            postgresql_where="rapporteur AND state IN ('proposed', 'invited', 'accepted', 'reported')",
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
    answer_until: Mapped[datetime | None]
    rapporteur: Mapped[bool] = mapped_column(default=False)
    reads_only: Mapped[bool] = mapped_column(default=False)
    contract: Mapped[Contract] = relationship(lazy="raise")
    expert: Mapped[Expert] = relationship(lazy="raise")
    proposal: Mapped[Proposal] = relationship(lazy="raise")
