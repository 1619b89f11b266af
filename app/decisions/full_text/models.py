"""What members of the committee have asked to read in full."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Entity, state_of
from app.people.models import Account
from app.proposals.models import Proposal
from app.workflow.table import State


class FullTextState(State):
    GIVEN = "given", "Given to read"


class FullTextRequest(Entity, Base):
    """That a member reads what a proposal on a closed list handed in, and why; each reading is on record."""

    __tablename__ = "full_text_request"
    __table_args__ = (
        UniqueConstraint("account_id", "proposal_id", name="uq_full_text_request_once_per_member"),
        CheckConstraint("reason <> ''", name="has_a_reason"),
    )

    state: Mapped[FullTextState] = state_of(FullTextState)
    panel_id: Mapped[UUID] = mapped_column(ForeignKey("panel.id"))
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), index=True)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str]
    account: Mapped[Account] = relationship(lazy="raise")
    proposal: Mapped[Proposal] = relationship(lazy="raise")

    @property
    def name(self) -> str:
        return self.account.name

    @property
    def reference(self) -> str:
        return self.proposal.reference
