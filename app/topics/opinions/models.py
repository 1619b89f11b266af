"""What an advisory body says of a draft."""

from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from app.committee.models import Body
from app.core.db import Base, Entity, one_of, state_of
from app.topics.models import Topic
from app.workflow.table import State

Outcome = Literal["positive", "positive_with_remarks", "negative"]


class OpinionState(State):
    GIVEN = "given", "Given"
    WITHDRAWN = "withdrawn", "Withdrawn"


class TopicOpinion(Entity, Base):
    """A body's opinion on one version of the text; a later one of the same body stands beside it."""

    __tablename__ = "topic_opinion"
    __table_args__ = (
        UniqueConstraint("topic_id", "number", name="uq_topic_opinion_number_once_per_topic"),
        CheckConstraint("(state = 'withdrawn') = (reason IS NOT NULL)", name="withdrawn_has_a_reason"),
    )

    state: Mapped[OpinionState] = state_of(OpinionState)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    body_id: Mapped[UUID] = mapped_column(ForeignKey("body.id"), index=True)
    number: Mapped[int]
    of_version: Mapped[int]
    outcome: Mapped[str] = one_of(*get_args(Outcome), name="outcome")
    text: Mapped[str]
    attachment: Mapped[str | None]
    attachment_size: Mapped[int | None]
    given_at: Mapped[datetime]
    reason: Mapped[str | None]
    topic: Mapped[Topic] = relationship(lazy="raise", backref=backref("opinions", lazy="raise"))
    body: Mapped[Body] = relationship(lazy="raise")
