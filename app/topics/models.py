"""The topic: what research is wanted, and why."""

from decimal import Decimal

from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Entity, Versioned, one_of, state_of
from app.workflow.table import State


class TopicState(State):
    DRAFTING = "drafting", "Being drafted"
    FINAL_DRAFT = "final_draft", "Final draft, before the vote"
    ADOPTED = "adopted", "Adopted; the text is frozen"
    IN_CALL = "in_call", "In a published call"
    CLOSED = "closed", "Closed"


class Topic(Entity, Versioned, Base):
    """A research topic. Money in euro; the duration in full months."""

    __tablename__ = "topic"

    state: Mapped[TopicState] = state_of(TopicState)
    reference: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    challenge: Mapped[str] = mapped_column(default="")
    need: Mapped[str] = mapped_column(default="")
    scope: Mapped[str] = mapped_column(default="")
    outcomes: Mapped[str] = mapped_column(default="")
    impact: Mapped[str] = mapped_column(default="")
    action_type: Mapped[str] = one_of("RIA", "IA", "CSA", name="action_type")
    duration_months: Mapped[int | None]
    indicative_budget: Mapped[Decimal | None]
