"""What a member of the committee thinks of an idea."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from app.core.db import Base, Entity, Versioned, state_of
from app.topics.models import Topic
from app.workflow.table import State


class ScreeningState(State):
    GIVEN = "given", "Given"


class Screening(Entity, Versioned, Base):
    """One member's score of an idea against the objectives of the programme, 0 to 5, and why (T-02).

    `of_version` is the version of the idea that was judged last; null where that is older than its record.
    """

    __tablename__ = "screening"
    __table_args__ = (
        UniqueConstraint("topic_id", "account_id", name="uq_screening_one_per_member"),
        CheckConstraint("score BETWEEN 0 AND 5", name="score_on_the_scale"),
    )

    state: Mapped[ScreeningState] = state_of(ScreeningState)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    of_version: Mapped[int | None]
    score: Mapped[int]
    reason: Mapped[str]
    topic: Mapped[Topic] = relationship(lazy="raise", backref=backref("screenings", lazy="raise"))
