"""Conflicts of interest, and what the office has found of people and names that may be the same."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.consortia.models import Person
from app.consortia.organisations.models import Organisation
from app.core.db import Base, Entity, state_of
from app.experts.models import Expert
from app.people.models import Account
from app.proposals.models import Proposal
from app.workflow.table import State


class ConflictState(State):
    FOUND = "found", "Found, to be decided"
    DECLARED = "declared", "Declared, to be decided"
    BLOCKING = "blocking", "Blocking"
    WAIVED = "waived", "Waived with a reason, by two officers"
    WITHDRAWN = "withdrawn", "Withdrawn: it was an error"


STANDING = (ConflictState.FOUND, ConflictState.DECLARED, ConflictState.BLOCKING)
"""Where a conflict is that bars."""


class IdentityState(State):
    SETTLED = "settled", "Settled"


class Conflict(Entity, Base):
    """A conflict of interest of a person with a proposal; `path` says how it came to be known.

    `fact` names what in the data shows it, so that what was waived is told from what comes up later;
    `expert_id` is set for people of the pool, and stays alone once they are forgotten. `situation` is one
    that the programme knows, `reason` that of the decision.
    """

    __tablename__ = "conflict"
    __table_args__ = (
        Index(
            "uq_conflict_once_per_situation",
            "account_id",
            "proposal_id",
            "situation",
            unique=True,
            postgresql_where="state IN ('found', 'declared', 'blocking')",
        ),
        CheckConstraint(
            "(state IN ('blocking', 'waived', 'withdrawn')) = (reason IS NOT NULL)",
            name="decided_has_a_reason",
        ),
        CheckConstraint("num_nonnulls(account_id, expert_id) > 0", name="of_somebody"),
    )

    state: Mapped[ConflictState] = state_of(ConflictState)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    expert_id: Mapped[UUID | None] = mapped_column(ForeignKey("expert.id"), index=True)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), index=True)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    situation: Mapped[str]
    fact: Mapped[str | None]
    path: Mapped[str]
    reason: Mapped[str | None]
    account: Mapped[Account | None] = relationship(lazy="raise")
    expert: Mapped[Expert | None] = relationship(lazy="raise")
    proposal: Mapped[Proposal] = relationship(lazy="raise")


class Identity(Entity, Base):
    """Whether an expert and somebody of a partner are one person, or a name an organisation of the register.

    `name` is the name as it is compared, `topic_id` where the person applies. Settled by an officer, who may
    correct it; of an expert who is forgotten it says nothing any more.
    """

    __tablename__ = "settled_identity"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(person_id, organisation_id) = 1 AND (organisation_id IS NULL) = (name IS NULL)",
            name="of_a_person_or_a_name",
        ),
        Index("uq_settled_identity_of_a_person", "expert_id", "person_id", unique=True),
        Index("uq_settled_identity_of_a_name", "expert_id", "name", "organisation_id", unique=True),
    )

    state: Mapped[IdentityState] = state_of(IdentityState)
    expert_id: Mapped[UUID | None] = mapped_column(ForeignKey("expert.id"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner_person.id"), index=True)
    topic_id: Mapped[UUID | None] = mapped_column(ForeignKey("topic.id"))
    name: Mapped[str | None]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    same: Mapped[bool]
    reason: Mapped[str]
    settled_by_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    settled_at: Mapped[datetime]
    expert: Mapped[Expert | None] = relationship(lazy="raise")
    person: Mapped[Person | None] = relationship(lazy="raise")
    organisation: Mapped[Organisation | None] = relationship(lazy="raise")
