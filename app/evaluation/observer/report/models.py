"""The report of an observer on a stage of a call."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.calls.models import Stage
from app.core.db import Base, Entity, Versioned, state_of
from app.evaluation.observer.models import Observation
from app.workflow.table import State


class ObserverReportState(State):
    DRAFT = "draft", "Being written"
    SUBMITTED = "submitted", "With the office, to be checked"
    RETURNED = "returned", "Returned, with what is confidential"
    PUBLISHED = "published", "Published"


class ObserverReport(Versioned, Entity, Base):
    """What an observer says of one stage (A-13): paragraphs, and recommendations with the office's answers.

    `returned` are the passages that the office holds to be confidential, `cleared` those that were looked at
    and may stand, each with a reason; `checked` says how it was checked before it was published.
    """

    __tablename__ = "observer_report"
    __table_args__ = (
        UniqueConstraint("observation_id", "stage_id", name="uq_observer_report_one_per_stage"),
        CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="published_has_a_date"),
        CheckConstraint("(checked IS NULL) = (published_at IS NULL)", name="published_is_checked"),
    )

    state: Mapped[ObserverReportState] = state_of(ObserverReportState)
    observation_id: Mapped[UUID] = mapped_column(ForeignKey("observation.id"))
    stage_id: Mapped[UUID] = mapped_column(ForeignKey("call_stage.id"))
    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id"), index=True)
    paragraphs: Mapped[list[str]] = mapped_column(default=list)
    recommendations: Mapped[list[str]] = mapped_column(default=list)
    answers: Mapped[list[Any]] = mapped_column(default=list)
    returned: Mapped[list[Any]] = mapped_column(default=list)
    cleared: Mapped[list[Any]] = mapped_column(default=list)
    checked: Mapped[str | None]
    submitted_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    observation: Mapped[Observation] = relationship(lazy="raise")
    stage: Mapped[Stage] = relationship(lazy="raise")

    @property
    def number(self) -> int:
        """Of the stage."""
        return self.stage.number

    @property
    def observer(self) -> str:
        return self.observation.name

    @property
    def texts(self) -> Iterator[tuple[str, str]]:
        """All that would be published, by the place where it stands (a JSON pointer)."""
        for name in ("paragraphs", "recommendations"):
            for number, text in enumerate(getattr(self, name)):
                yield f"/{name}/{number}", text
        for one in self.answers:
            yield f"/answers/{one['recommendation']}", one["text"]
