"""An invitation to the second stage."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, and_
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from app.calls.models import TopicStage
from app.consortia.industry.models import IndustryMember, IndustryMemberState
from app.consortia.models import LIVE, Consortium, Partner, Person
from app.core.db import Base, Entity, state_of
from app.proposals.models import Proposal
from app.workflow.table import State


class InvitationState(State):
    SENT = "sent", "Sent, to be answered by both sides"
    MERGED = "merged", "Merged: the full proposal is begun"
    DECLINED = "declined", "Declined by the applicants"
    NOT_FEASIBLE = "not_feasible", "Both sides report that it is not feasible"
    LAPSED = "lapsed", "Not answered in time"


HOLDING = (InvitationState.SENT, InvitationState.MERGED)
"""Where nobody else is invited in its place."""


class Invitation(Entity, Base):
    """A short proposal is invited to the second stage, in which its topic is `topic_stage` (C-07).

    Until `until` its consortium and the topic's industry consortium merge, which the one proposes and the
    other joins, or report together that it is not feasible: the one writes `report`, the other agrees (C-08).
    `consortium_id` is that of the short proposal, `merged_into_id` the merged one.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("merged_into_id IS NULL OR state = 'merged'", name="only_merged_into_one"),
        CheckConstraint("state <> 'not_feasible' OR report IS NOT NULL", name="not_feasible_by_a_report"),
        CheckConstraint("(state = 'declined') = (declined_for IS NOT NULL)", name="declined_for_a_reason"),
    )

    state: Mapped[InvitationState] = state_of(InvitationState)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), unique=True)
    consortium_id: Mapped[UUID] = mapped_column(ForeignKey("consortium.id"), index=True)
    topic_stage_id: Mapped[UUID] = mapped_column(ForeignKey("topic_stage.id"), index=True)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"), index=True)
    until: Mapped[datetime] = mapped_column(index=True)
    proposed_at: Mapped[datetime | None]
    report: Mapped[str | None]
    declined_for: Mapped[str | None]
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("consortium.id"), unique=True)
    proposal: Mapped[Proposal] = relationship(lazy="raise")
    topic_stage: Mapped[TopicStage] = relationship(lazy="raise")
    consortium: Mapped[Consortium] = relationship(lazy="raise", foreign_keys=consortium_id)
    merged_into: Mapped[Consortium | None] = relationship(lazy="raise", foreign_keys=merged_into_id)
    industry: Mapped[list[IndustryMember]] = relationship(
        primaryjoin=lambda: and_(
            Invitation.topic_id == foreign(IndustryMember.topic_id),
            IndustryMember.state == IndustryMemberState.NAMED,
        ),
        order_by=(IndustryMember.leads.desc(), IndustryMember.created_at),
        viewonly=True,
        lazy="raise",
    )

    @property
    def coordinating(self) -> Partner:
        """The partner that coordinates the short proposal."""
        return next(p for p in self.consortium.partners if p.coordinates and p.state in LIVE)

    @property
    def coordinators(self) -> Sequence[Person]:
        """Whom the industry consortium speaks with."""
        people = self.coordinating.people
        return [person for person in people if person.until is None and "contact" in person.part]
