"""A member of a topic's industry consortium."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.consortia.organisations.models import Organisation
from app.core.db import Base, Entity, Versioned, state_of
from app.topics.models import Topic
from app.workflow.table import State


class IndustryMemberState(State):
    NAMED = "named", "In the industry consortium"
    ENDED = "ended", "No longer in it"


class IndustryMember(Versioned, Entity, Base):
    """An organisation of the industry consortium of a topic (A-15), and the person who acts for it.

    `in_kind` in euro is what it has announced to bring; `leads`: it speaks for them all. The person is known
    by mail address until an account takes it over.
    """

    __tablename__ = "industry_member"
    __table_args__ = (
        Index(
            "uq_industry_member_once_per_topic",
            "topic_id",
            "organisation_id",
            unique=True,
            postgresql_where="state = 'named'",
        ),
        Index(
            "uq_industry_member_one_lead_per_topic",
            "topic_id",
            unique=True,
            postgresql_where="leads AND state = 'named'",
        ),
        CheckConstraint("in_kind >= 0", name="in_kind_is_not_negative"),
    )

    state: Mapped[IndustryMemberState] = state_of(IndustryMemberState)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    leads: Mapped[bool] = mapped_column(default=False)
    in_kind: Mapped[Decimal] = mapped_column(default=Decimal(0))
    name: Mapped[str]
    email: Mapped[str] = mapped_column(index=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    topic: Mapped[Topic] = relationship(lazy="raise")
    organisation: Mapped[Organisation] = relationship(lazy="raise")
