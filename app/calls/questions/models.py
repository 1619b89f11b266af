"""A question, and every version of what was published of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.calls.models import Call
from app.core.db import Base, Entity, Keyed, state_of
from app.people.models import Account
from app.workflow.table import State


class QuestionState(State):
    ASKED = "asked", "Asked"
    ANSWERED = "answered", "Answered, not published", "asked"
    PUBLISHED = "published", "Published"
    DISMISSED = "dismissed", "Dismissed"


class Question(Entity, Base):
    """A question about a call, or a topic of it. The public reads versions, never `text` nor who asked.

    `question` is how it is to be published, without what tells who asked; `number` is 0 until it is.
    """

    __tablename__ = "question"
    __table_args__ = (
        CheckConstraint("(state = 'published') = (number > 0)", name="published_has_a_number"),
        CheckConstraint("(state = 'dismissed') = (reason IS NOT NULL)", name="dismissed_has_a_reason"),
        CheckConstraint(
            "state NOT IN ('answered', 'published') OR answer IS NOT NULL", name="answered_has_an_answer"
        ),
        Index("uq_question_number", "call_id", "number", unique=True, postgresql_where="number > 0"),
    )

    state: Mapped[QuestionState] = state_of(QuestionState)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id"), index=True)
    topic_id: Mapped[UUID | None] = mapped_column(ForeignKey("topic.id"))
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    text: Mapped[str]
    number: Mapped[int] = mapped_column(default=0)
    question: Mapped[str | None]
    answer: Mapped[str | None]
    reason: Mapped[str | None]
    call: Mapped[Call] = relationship(lazy="raise")
    asker: Mapped[Account] = relationship(lazy="raise")
    versions: Mapped[list["QuestionVersion"]] = relationship(
        lazy="raise", back_populates="of", order_by="QuestionVersion.number"
    )


class QuestionVersion(Keyed, Base):
    """What was published, and when; a later one replaces it, and it stays readable."""

    __tablename__ = "question_version"
    __table_args__ = (UniqueConstraint("question_id", "number", name="uq_question_version_number"),)

    question_id: Mapped[UUID] = mapped_column(ForeignKey("question.id"))
    number: Mapped[int]
    question: Mapped[str]
    answer: Mapped[str]
    published_at: Mapped[datetime]
    of: Mapped[Question] = relationship(lazy="raise", back_populates="versions")
