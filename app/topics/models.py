"""The topic: what research is wanted, and why."""

from datetime import datetime
from decimal import Decimal
from functools import reduce
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, and_, text
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship, remote

from app.committee.models import Motion, MotionState
from app.core.db import Base, Entity, Versioned, one_of, state_of
from app.topics.focus.models import FocusArea
from app.workflow.table import State


class TopicState(State):
    SKETCH = "sketch", "Idea, not handed in"
    IDEA = "idea", "Idea, to be screened"
    DRAFTING = "drafting", "Being drafted"
    CONSULTATION = "consultation", "In consultation; the text rests"
    FINAL_DRAFT = "final_draft", "Final draft, before the vote"
    ADOPTED = "adopted", "Adopted; the text is frozen"
    IN_CALL = "in_call", "In a published call"
    CLOSED = "closed", "Closed"
    REJECTED = "rejected", "Idea not taken up"
    MERGED = "merged", "Idea merged with another, or with a topic"
    WITHDRAWN = "withdrawn", "Idea withdrawn by who proposed it"


OUT = (TopicState.IN_CALL, TopicState.CLOSED)
"""The states in which everybody may read a topic."""


def _joined(*columns: str) -> str:
    """Texts with a space between them, in the parentheses in which PostgreSQL itself writes them."""
    return reduce(lambda whole, column: f"(({whole} || ' ') || {column})", columns)[1:-1]


WORDS = (
    f"(setweight(to_tsvector('english'::regconfig, {_joined('reference', 'title')}), 'A') || "
    "to_tsvector('english'::regconfig, "
    f"left({_joined('challenge', 'need', 'scope', 'outcomes', 'impact')}, 50000)))"
)
"""What a topic is found by, as SQL; cut, since PostgreSQL refuses what has too many different words."""
# Only of topics that are out: how long a search takes tells nothing of the others.
WORDS_OF_THOSE_OUT = Index(
    "ix_topic_words",
    text(WORDS),
    postgresql_using="gin",
    postgresql_where=text(f"state IN ({', '.join(f'{state!r}' for state in map(str, OUT))})"),
)


def _being_voted_on() -> ColumnElement[bool]:
    return and_(foreign(Motion.subject_id) == Topic.id, Motion.state == MotionState.VOTING)


class TopicFocus(Base):
    """A focus area that a topic is in."""

    __tablename__ = "topic_focus"

    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"), primary_key=True)
    focus_area_id: Mapped[UUID] = mapped_column(ForeignKey("focus_area.id"), primary_key=True, index=True)


class Topic(Entity, Versioned, Base):
    """A research topic. Money in euro; the duration in full months.

    Where an idea comes from is told in three texts, so that no one interest stands for another (T-01).
    `submitted_at`: when its proposer handed an idea in; before that nobody else sees it.
    `industry_consortium` says by company what it contributes in kind. The vote adopted `adopted_version`;
    versions after it are editions that corrigenda made.
    """

    __tablename__ = "topic"
    __table_args__ = (
        CheckConstraint(
            "state NOT IN ('sketch', 'idea', 'merged', 'withdrawn') OR proposed_by IS NOT NULL",
            name="idea_has_a_proposer",
        ),
        CheckConstraint("state <> 'sketch' OR submitted_at IS NULL", name="sketch_is_not_handed_in"),
        CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged_has_a_target"),
        CheckConstraint("merged_into_id <> id", name="merged_with_another"),
        CheckConstraint(
            "state NOT IN ('adopted', 'in_call', 'closed') OR adopted_version IS NOT NULL",
            name="adopted_names_its_version",
        ),
        WORDS_OF_THOSE_OUT,
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
    eu_priority_code: Mapped[str] = mapped_column(default="")
    industry_interest: Mapped[str] = mapped_column(default="")
    industry_contribution: Mapped[str] = mapped_column(default="")
    beneficiaries: Mapped[str] = mapped_column(default="")
    on_behalf_of: Mapped[str] = mapped_column(default="")
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
    submitted_at: Mapped[datetime | None]
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("topic.id"), index=True)
    focus_links: Mapped[list[TopicFocus]] = relationship(lazy="raise", cascade="all, delete-orphan")
    focus_area_ids: AssociationProxy[list[UUID]] = association_proxy(
        "focus_links", "focus_area_id", creator=lambda key: TopicFocus(focus_area_id=key)
    )
    focus_areas: Mapped[list[FocusArea]] = relationship(
        secondary="topic_focus", order_by=FocusArea.label, viewonly=True, lazy="raise"
    )
    merged_from: Mapped[list["Topic"]] = relationship(
        primaryjoin=lambda: Topic.id == remote(foreign(Topic.merged_into_id)),
        order_by=lambda: Topic.reference,
        viewonly=True,
        lazy="raise",
    )
    votes: Mapped[list[Motion]] = relationship(primaryjoin=_being_voted_on, viewonly=True, lazy="raise")
