"""A notice of partner search."""

from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.calls.models import TopicStage
from app.consortia.organisations.models import Organisation
from app.core.db import Base, Entity, Versioned, one_of, state_of
from app.workflow.table import State

Seeks = Literal["offer", "need"]


class PartnerSearchState(State):
    PUBLISHED = "published", "Published, while its stage is open"
    TAKEN_DOWN = "taken_down", "Taken down"


class PartnerSearch(Versioned, Entity, Base):
    """What an organisation offers to a consortium for a topic, or whom it needs; it ends with the stage.

    `contact` is how the author wants to be reached, in the author's words; the author's name is not shown.
    """

    __tablename__ = "partner_search"

    state: Mapped[PartnerSearchState] = state_of(PartnerSearchState)
    topic_stage_id: Mapped[UUID] = mapped_column(ForeignKey("topic_stage.id"), index=True)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[str] = one_of(*get_args(Seeks), name="kind")
    text: Mapped[str]
    keywords: Mapped[list[str]] = mapped_column(default=list)
    contact: Mapped[str]
    topic_stage: Mapped[TopicStage] = relationship(lazy="raise")
    organisation: Mapped[Organisation] = relationship(lazy="raise")

    @property
    def closes_at(self) -> datetime:
        """When it ends by itself."""
        return self.topic_stage.stage.closes_at
