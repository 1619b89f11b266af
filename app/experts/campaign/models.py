"""Campaigns, and whom they invite."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.calls.models import Call
from app.core.db import Base, Entity, one_of, state_of
from app.workflow.table import State


class CampaignState(State):
    PREPARING = "preparing", "Being prepared"
    SENT = "sent", "Sent"
    CLOSED = "closed", "Closed"


class InvitationState(State):
    LISTED = "listed", "Listed, not yet mailed"
    SENT = "sent", "Mailed"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    LAPSED = "lapsed", "Lapsed"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Campaign(Entity, Base):
    """What is said to whom for a call; the `days` and the `place` are those of the contracts offered."""

    __tablename__ = "expert_campaign"
    __table_args__ = (
        CheckConstraint("(sent_at IS NULL) = (answer_until IS NULL)", name="sent_has_an_end"),
        CheckConstraint("state <> 'sent' OR sent_at IS NOT NULL", name="sent_has_a_date"),
    )

    state: Mapped[CampaignState] = state_of(CampaignState)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id"), index=True)
    title: Mapped[str]
    text: Mapped[str]
    days: Mapped[int]
    place: Mapped[str] = one_of("remote", "central", name="place", default="remote")
    sent_at: Mapped[datetime | None]
    answer_until: Mapped[datetime | None]
    call: Mapped[Call] = relationship(lazy="raise")
    invitations: Mapped[list["ExpertInvitation"]] = relationship(lazy="raise", back_populates="campaign")


class ExpertInvitation(Entity, Base):
    """One person whom a campaign invites. `links` are the hashes of the links mailed, each as good."""

    __tablename__ = "expert_invitation"

    state: Mapped[InvitationState] = state_of(InvitationState)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("expert_campaign.id"))
    email: Mapped[str]
    name: Mapped[str]
    links: Mapped[list[str]] = mapped_column(default=list)
    reminders: Mapped[int] = mapped_column(default=0)
    least: Mapped[int | None]
    most: Mapped[int | None]
    reason: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    campaign: Mapped[Campaign] = relationship(lazy="raise", back_populates="invitations")
    secret = ""
    """That of the link made last, for the mail alone: it is in no column."""


Index(
    "uq_expert_invitation_once_per_campaign",
    ExpertInvitation.campaign_id,
    func.lower(ExpertInvitation.email),
    unique=True,
)
Index("ix_expert_invitation_links", ExpertInvitation.links, postgresql_using="gin")
