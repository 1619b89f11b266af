"""The topic: what research is wanted, and why."""

from decimal import Decimal
from functools import reduce
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, and_, text
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


class Topic(Entity, Versioned, Base):
    """A research topic. Money in euro; the duration in full months.

    Where an idea comes from is told in three texts, so that no one interest stands for another (T-01).
    """

    __tablename__ = "topic"
    __table_args__ = (
        CheckConstraint("state <> 'idea' OR proposed_by IS NOT NULL", name="idea_has_a_proposer"),
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
    industry_interest: Mapped[str] = mapped_column(default="")
    action_type: Mapped[str] = one_of("RIA", "IA", "CSA", name="action_type")
    duration_months: Mapped[int | None]
    indicative_budget: Mapped[Decimal | None]
    proposed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    votes: Mapped[list[Motion]] = relationship(primaryjoin=_being_voted_on, viewonly=True, lazy="raise")
