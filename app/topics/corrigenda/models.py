"""A change of an adopted text, and the vote it needs."""

from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, backref, foreign, mapped_column, relationship

from app.committee.models import Motion, MotionState
from app.core.db import Base, Entity, Versioned, one_of, state_of
from app.topics.models import Topic
from app.workflow.table import State

Touches = Literal["scope", "eligibility", "budget", "none"]


class CorrigendumState(State):
    DRAFTED = "drafted", "Drafted, before the vote"
    ADOPTED = "adopted", "Adopted; the text is changed"
    NOT_ADOPTED = "not_adopted", "Not adopted"
    WITHDRAWN = "withdrawn", "Withdrawn before a vote"


def _being_voted_on() -> ColumnElement[bool]:
    return and_(foreign(Motion.subject_id) == Corrigendum.id, Motion.state == MotionState.VOTING)


class Corrigendum(Entity, Versioned, Base):
    """What changes, by field; what it touches; and the note for everybody.

    Adopted, it is the version `edition` of the topic's text. `number` counts the corrigenda of a topic
    that were adopted; it is given by the vote, so that the published ones have no gap.
    """

    __tablename__ = "corrigendum"
    __table_args__ = (
        UniqueConstraint("topic_id", "number", name="uq_corrigendum_number_once_per_topic"),
        Index(
            "uq_corrigendum_one_drafted_per_topic",
            "topic_id",
            unique=True,
            postgresql_where="state = 'drafted'",
        ),
        CheckConstraint(
            "(state = 'adopted') = (number IS NOT NULL) AND (state = 'adopted') = (edition IS NOT NULL) "
            "AND (state = 'adopted') = (adopted_at IS NOT NULL)",
            name="adopted_has_its_number_and_date",
        ),
    )

    state: Mapped[CorrigendumState] = state_of(CorrigendumState)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    changes: Mapped[dict[str, Any]]
    note: Mapped[str]
    touches: Mapped[str] = one_of(*get_args(Touches), name="touches")
    number: Mapped[int | None]
    edition: Mapped[int | None]
    adopted_at: Mapped[datetime | None]
    topic: Mapped[Topic] = relationship(lazy="raise", backref=backref("corrigenda", lazy="raise"))
    votes: Mapped[list[Motion]] = relationship(primaryjoin=_being_voted_on, viewonly=True, lazy="raise")
