"""A call, its stages with their deadlines, and each topic's way through a stage."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Entity, Versioned, state_of
from app.topics.models import Topic
from app.workflow.table import State


class CallState(State):
    PREPARING = "preparing", "Being prepared"
    ADOPTED = "adopted", "Budget and timetable adopted"
    PUBLISHED = "published", "Published"
    RUNNING = "running", "Running"
    COMPLETED = "completed", "Completed"
    CANCELLED = "cancelled", "Cancelled"


class StageState(State):
    SCHEDULED = "scheduled", "Scheduled"
    COMPLETED = "completed", "Completed"
    CANCELLED = "cancelled", "Cancelled"


class TopicStageState(State):
    SCHEDULED = "scheduled", "Before the deadline"
    CHECKING = "checking", "Admissibility and eligibility are checked", "under_evaluation"
    EVALUATION = "evaluation", "In evaluation", "under_evaluation"
    RANKED = "ranked", "Ranked by the panel", "under_evaluation"
    DECIDED = "decided", "Decided, not released", "under_evaluation"
    RELEASED = "released", "Results released"
    WITHDRAWN = "withdrawn", "Taken out of the call"
    CANCELLED = "cancelled", "Cancelled with its call"


class Call(Entity, Versioned, Base):
    """A call for proposals. `rules` is the rule set as pinned at publication, empty before.

    Of `budget`, what is `embargoed` was added after a deadline and is public with the results alone.
    """

    __tablename__ = "call"
    __table_args__ = (CheckConstraint("embargoed >= 0 AND embargoed < budget", name="embargoed_is_a_part"),)

    state: Mapped[CallState] = state_of(CallState)
    reference: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    rule_set: Mapped[str]
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)
    budget: Mapped[Decimal]
    embargoed: Mapped[Decimal] = mapped_column(default=Decimal(0))
    published_at: Mapped[datetime | None]
    stages: Mapped[list["Stage"]] = relationship(lazy="raise", back_populates="call", order_by="Stage.number")


class Stage(Entity, Base):
    """One round of submission. `deadline` is what the wall in Brussels shows, `closes_at` that instant."""

    __tablename__ = "call_stage"
    __table_args__ = (
        UniqueConstraint("call_id", "number", name="uq_call_stage_number"),
        CheckConstraint("closes_at > opens_at", name="closes_after_it_opens"),
    )

    state: Mapped[StageState] = state_of(StageState)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id"))
    number: Mapped[int]
    opens_at: Mapped[datetime]
    deadline: Mapped[str]
    closes_at: Mapped[datetime] = mapped_column(index=True)
    call: Mapped[Call] = relationship(lazy="raise", back_populates="stages")
    topic_stages: Mapped[list["TopicStage"]] = relationship(lazy="raise", back_populates="stage")


class TopicStage(Entity, Base):
    """A topic's way through one stage of a call; topics of a call run at different speed.

    Of `budget`, what is `embargoed` was added after the deadline and is public with the results alone; it is
    negative where money was moved away.
    """

    __tablename__ = "topic_stage"
    __table_args__ = (
        UniqueConstraint("stage_id", "topic_id", name="uq_topic_stage_topic_once_per_stage"),
        CheckConstraint("budget > 0", name="budget_is_positive"),
        CheckConstraint("embargoed < budget", name="embargoed_is_a_part"),
        CheckConstraint("embargoed = 0 OR state NOT IN ('scheduled', 'released')", name="released_is_public"),
    )

    state: Mapped[TopicStageState] = state_of(TopicStageState)
    stage_id: Mapped[UUID] = mapped_column(ForeignKey("call_stage.id"))
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"), index=True)
    budget: Mapped[Decimal]
    embargoed: Mapped[Decimal] = mapped_column(default=Decimal(0))
    stage: Mapped[Stage] = relationship(lazy="raise", back_populates="topic_stages")
    topic: Mapped[Topic] = relationship(lazy="raise")
