"""A call, its stages with their deadlines, and each topic's way through a stage."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship, remote

from app.committee.models import Motion, MotionState
from app.core.db import Base, Entity, Versioned, one_of, state_of
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


LIVE = (CallState.PUBLISHED, CallState.RUNNING)
"""Where a call is that is published and has not come to its end."""
LEFT = (TopicStageState.WITHDRAWN, TopicStageState.CANCELLED)
"""Where a topic is that is in the call no more."""
OPENLY = (TopicStageState.SCHEDULED, TopicStageState.RELEASED)
"""Where a change of a topic's money is news at once: before the deadline, and after the results."""


def _being_voted_on() -> ColumnElement[bool]:
    return and_(foreign(Motion.subject_id) == Call.id, Motion.state == MotionState.VOTING)


class Call(Entity, Versioned, Base):
    """A call for proposals. `rules` is the rule set as pinned at publication, empty before.

    `overrides` are the places of the rule set that it changes, each with a reason. A restricted call is for
    the participants of `earlier_grants`, by number or acronym (C-13).
    Of `budget`, what is `embargoed` was added after a deadline and is public with the results alone.
    """

    __tablename__ = "call"
    __table_args__ = (CheckConstraint("embargoed >= 0 AND embargoed < budget", name="embargoed_is_a_part"),)

    state: Mapped[CallState] = state_of(CallState)
    reference: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    kind: Mapped[str] = one_of("single_stage", "two_stage", "restricted", name="kind", default="single_stage")
    earlier_grants: Mapped[list[str]] = mapped_column(default=list)
    rule_set: Mapped[str]
    overrides: Mapped[list[Any]] = mapped_column(default=list)
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)
    budget: Mapped[Decimal]
    embargoed: Mapped[Decimal] = mapped_column(default=Decimal(0))
    published_at: Mapped[datetime | None]
    stages: Mapped[list["Stage"]] = relationship(lazy="raise", back_populates="call", order_by="Stage.number")
    votes: Mapped[list[Motion]] = relationship(primaryjoin=_being_voted_on, viewonly=True, lazy="raise")

    @property
    def announced(self) -> Decimal:
        """The budget as everybody may know it."""
        return self.budget - self.embargoed


class Stage(Entity, Base):
    """One round of submission. `deadline` is what the wall in Brussels shows, `closes_at` that instant.

    What it chooses from the rules (`scheme`, `page_limits` by document, `required_documents`) holds instead
    of what they say; the evaluation's days and that of the decision are indicative.
    """

    __tablename__ = "call_stage"
    __table_args__ = (
        UniqueConstraint("call_id", "number", name="uq_call_stage_number"),
        CheckConstraint("closes_at > opens_at", name="closes_after_it_opens"),
    )

    state: Mapped[StageState] = state_of(StageState)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id"))
    number: Mapped[int]
    kind: Mapped[str] = one_of("short", "full", name="kind", default="full")
    opens_at: Mapped[datetime]
    deadline: Mapped[str]
    closes_at: Mapped[datetime] = mapped_column(index=True)
    scheme: Mapped[str | None]
    page_limits: Mapped[dict[str, Any]] = mapped_column(default=dict)
    required_documents: Mapped[list[str] | None]
    evaluation_from: Mapped[date | None]
    evaluation_to: Mapped[date | None]
    decision_on: Mapped[date | None]
    call: Mapped[Call] = relationship(lazy="raise", back_populates="stages")
    topic_stages: Mapped[list["TopicStage"]] = relationship(lazy="raise", back_populates="stage")
    following: Mapped["Stage | None"] = relationship(
        primaryjoin=lambda: and_(
            Stage.call_id == foreign(remote(Stage.call_id)), remote(Stage.number) == Stage.number + 1
        ),
        viewonly=True,
        uselist=False,
        lazy="raise",
    )


class TopicStage(Entity, Base):
    """A topic's way through one stage of a call; topics of a call run at different speed.

    Of `budget`, what is `embargoed` was added after the deadline and is public with the results alone; it is
    negative where money was moved away. `invited_to_next` is how many of its list go on to the next stage
    (C-07).
    """

    __tablename__ = "topic_stage"
    __table_args__ = (
        UniqueConstraint("stage_id", "topic_id", name="uq_topic_stage_topic_once_per_stage"),
        CheckConstraint("budget > 0", name="budget_is_positive"),
        CheckConstraint("expected_grants > 0", name="expects_a_grant"),
        CheckConstraint("invited_to_next > 0", name="invites_somebody"),
        CheckConstraint("embargoed < budget", name="embargoed_is_a_part"),
        CheckConstraint("embargoed = 0 OR state NOT IN ('scheduled', 'released')", name="released_is_public"),
    )

    state: Mapped[TopicStageState] = state_of(TopicStageState)
    stage_id: Mapped[UUID] = mapped_column(ForeignKey("call_stage.id"))
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"), index=True)
    budget: Mapped[Decimal]
    embargoed: Mapped[Decimal] = mapped_column(default=Decimal(0))
    ceiling: Mapped[str] = one_of("binding", "indicative", name="ceiling", default="binding")
    expected_grants: Mapped[int | None]
    action_type: Mapped[str] = one_of("RIA", "IA", "CSA", name="action_type", default="RIA")
    invited_to_next: Mapped[int | None]
    stage: Mapped[Stage] = relationship(lazy="raise", back_populates="topic_stages")
    topic: Mapped[Topic] = relationship(lazy="raise")

    @property
    def announced(self) -> Decimal:
        """The budget as everybody may know it."""
        return self.budget - self.embargoed
