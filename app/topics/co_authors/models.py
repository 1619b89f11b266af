"""Who is asked to write a topic's draft with the office."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Entity, state_of
from app.topics.models import Topic
from app.workflow.table import State


class CoAuthorState(State):
    INVITED = "invited", "Invited to write"
    ACTIVE = "active", "Writes"
    ENDED = "ended", "Writes no more"


class CoAuthor(Entity, Base):
    """A person's part in a draft; whoever has ever taken it (`accepted_at`) does not vote on the topic."""

    __tablename__ = "co_author"
    __table_args__ = (
        Index(
            "uq_co_author_once_per_topic",
            "topic_id",
            "account_id",
            unique=True,
            postgresql_where="state <> 'ended'",
        ),
        CheckConstraint("state <> 'active' OR accepted_at IS NOT NULL", name="writes_once_accepted"),
    )

    state: Mapped[CoAuthorState] = state_of(CoAuthorState)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    accepted_at: Mapped[datetime | None]
    topic: Mapped[Topic] = relationship(lazy="raise")
