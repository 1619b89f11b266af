"""The topic: what research is wanted, and why."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, and_
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from app.committee.models import Motion, MotionState
from app.core.db import Base, Entity, Versioned, one_of, state_of
from app.workflow.table import State


class TopicState(State):
    IDEA = "idea", "Idea, to be screened"
    DRAFTING = "drafting", "Being drafted"
    CONSULTATION = "consultation", "In consultation; the text rests"
    FINAL_DRAFT = "final_draft", "Final draft, before the vote"
    ADOPTED = "adopted", "Adopted; the text is frozen"
    IN_CALL = "in_call", "In a published call"
    CLOSED = "closed", "Closed"
    REJECTED = "rejected", "Idea not taken up"


def _being_voted_on() -> ColumnElement[bool]:
    return and_(foreign(Motion.subject_id) == Topic.id, Motion.state == MotionState.VOTING)


class Topic(Entity, Versioned, Base):
    """A research topic. Money in euro; the duration in full months.

    Where an idea comes from is told in three texts, so that no one interest stands for another (T-01).
    `industry_consortium` says by company what it contributes in kind. The vote adopted `adopted_version`;
    versions after it are editions that corrigenda made.
    """

    __tablename__ = "topic"
    __table_args__ = (
        CheckConstraint("state <> 'idea' OR proposed_by IS NOT NULL", name="idea_has_a_proposer"),
        CheckConstraint(
            "state NOT IN ('adopted', 'in_call', 'closed') OR adopted_version IS NOT NULL",
            name="adopted_names_its_version",
        ),
    )

    state: Mapped[TopicState] = state_of(TopicState)
    reference: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    challenge: Mapped[str] = mapped_column(default="")
    need: Mapped[str] = mapped_column(default="")
    scope: Mapped[str] = mapped_column(default="")
    outcomes: Mapped[str] = mapped_column(default="")
    impact: Mapped[str] = mapped_column(default="")
    patient_need: Mapped[str] = mapped_column(default="")
    eu_priority: Mapped[str] = mapped_column(default="")
    industry_interest: Mapped[str] = mapped_column(default="")
    synergies: Mapped[str] = mapped_column(default="")
    industry_consortium: Mapped[dict[str, Any]] = mapped_column(default=dict)
    applicant_expectations: Mapped[str] = mapped_column(default="")
    architecture: Mapped[str] = mapped_column(default="")
    special_conditions: Mapped[str] = mapped_column(default="")
    action_type: Mapped[str] = one_of("RIA", "IA", "CSA", name="action_type")
    duration_months: Mapped[int | None]
    projects_expected: Mapped[int | None]
    indicative_budget: Mapped[Decimal | None]
    indicative_in_kind: Mapped[Decimal | None]
    adopted_version: Mapped[int | None]
    proposed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    votes: Mapped[list[Motion]] = relationship(primaryjoin=_being_voted_on, viewonly=True, lazy="raise")
