"""What-if sets, kept with the lists they were made of and who looked at them."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.calls.models import Call, TopicStage
from app.core.db import Base, Entity, Keyed, state_of
from app.evaluation.panel.models import FrozenList
from app.workflow.table import State


class WhatIfState(State):
    KEPT = "kept", "Kept as it was made"


class WhatIf(Entity, Base):
    """Other envelopes for topics of a call whose lists are closed, under a name; never changed.

    `topic_id` is that of its first part: who has an interest in any of them does not see it.
    """

    __tablename__ = "what_if"

    state: Mapped[WhatIfState] = state_of(WhatIfState)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id"), index=True)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"))
    name: Mapped[str]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    call: Mapped[Call] = relationship(lazy="raise")
    parts: Mapped[list["WhatIfPart"]] = relationship(
        lazy="raise", back_populates="what_if", order_by="WhatIfPart.position"
    )
    readings: Mapped[list["WhatIfReading"]] = relationship(
        lazy="raise", back_populates="what_if", order_by="WhatIfReading.at"
    )


class WhatIfPart(Keyed, Base):
    """The envelope of one topic in a set, and the version of the list that it is drawn on, by its digest."""

    __tablename__ = "what_if_part"
    __table_args__ = (
        UniqueConstraint("what_if_id", "topic_stage_id", name="uq_what_if_part_topic_once"),
        CheckConstraint("envelope > 0", name="envelope_is_positive"),
    )

    what_if_id: Mapped[UUID] = mapped_column(ForeignKey("what_if.id"))
    topic_stage_id: Mapped[UUID] = mapped_column(ForeignKey("topic_stage.id"), index=True)
    topic_id: Mapped[UUID] = mapped_column(ForeignKey("topic.id"), index=True)
    list_id: Mapped[UUID] = mapped_column(ForeignKey("panel_list.id"))
    list_digest: Mapped[str]
    position: Mapped[int]
    envelope: Mapped[Decimal]
    what_if: Mapped[WhatIf] = relationship(lazy="raise", back_populates="parts")
    topic_stage: Mapped[TopicStage] = relationship(lazy="raise")
    list: Mapped[FrozenList] = relationship(lazy="raise")

    @property
    def outdated(self) -> bool:
        """The list was reopened since: it counts no more."""
        return self.list.reopened_at is not None


class WhatIfReading(Keyed, Base):
    """Who looked at a set, and when, by itself or beside others; only ever added to."""

    __tablename__ = "what_if_reading"
    __table_args__ = (Index("ix_what_if_reading_of_a_set", "what_if_id", "at"),)

    what_if_id: Mapped[UUID] = mapped_column(ForeignKey("what_if.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    what_if: Mapped[WhatIf] = relationship(lazy="raise", back_populates="readings")
