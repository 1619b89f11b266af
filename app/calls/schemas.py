"""Calls, stages and topic stages on the wire."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from app.calls.models import Call, TopicStageState
from app.calls.rules import instant
from app.core.schema import Data, EntityRead, Euro, Id, Instant, ItemRead, Line, Paragraph
from app.topics.schemas import Reference


def _wall(text: str) -> str:
    instant(text)
    return text


Wall = Annotated[str, Field(min_length=10, max_length=40), AfterValidator(_wall)]
"""What the wall shows in Brussels, such as `2020-03-31T17:00`."""


class PrepareCall(Data):
    """A new call. `budget` in euro, for all its topics."""

    reference: Reference
    title: Line
    rule_set: Line
    budget: Euro


class EditCall(Data):
    title: Line = ""
    budget: Euro = Decimal(0)


class Schedule(Data):
    """A stage: it opens at an instant and closes when the wall in Brussels shows `deadline` (C-01)."""

    opens_at: Instant
    deadline: Wall


class Extend(Data):
    """A later deadline for everybody in the stage."""

    deadline: Wall
    reason: Line


class Postpone(Data):
    """The later deadline that a corrigendum brings."""

    deadline: Wall


class Because(Data):
    """Why something is taken from applicants: the text of the motion, for the letters and the public."""

    reason: Paragraph


class Include(Data):
    """A topic of the stage with its budget, in euro."""

    topic_id: Id
    budget: Euro


class Raise(Data):
    """What an envelope or a call's budget is raised to, in euro (K-04), and whether it stays inside."""

    budget: Euro
    embargoed: bool


class CallRead(EntityRead):
    version: int
    reference: str
    title: str
    rule_set: str
    budget: Euro
    published_at: datetime | None


def _announced(source: Any) -> Any:
    """Whoever does not run or decide the call reads the budget as announced."""
    shown = ("id", "state", "version", "reference", "title", "rule_set", "published_at")
    if isinstance(source, Call):
        return {**{name: getattr(source, name) for name in shown}, "budget": source.budget - source.embargoed}
    return source


class CallPublic(CallRead):
    """A call as anyone may know it: money that was added after a deadline is told with the results."""

    _masked = model_validator(mode="before")(_announced)


class CallItem(ItemRead):
    reference: str
    title: str


class StageRead(EntityRead):
    call_id: UUID
    number: int
    opens_at: datetime
    deadline: str
    closes_at: datetime


class StageItem(ItemRead):
    call_id: UUID
    number: int
    opens_at: datetime
    closes_at: datetime


class TopicStageRead(EntityRead):
    """A topic's way through a stage, for those who run or decide it."""

    stage_id: UUID
    topic_id: UUID
    budget: Euro


class TopicStageItem(ItemRead):
    stage_id: UUID
    topic_id: UUID


def _shown(source: Any) -> Any:
    """Until release everybody else reads what applicants read: nothing of ranking or decision."""
    state: TopicStageState = source.state
    return {
        "id": source.id,
        "stage_id": source.stage_id,
        "topic_id": source.topic_id,
        "budget": source.budget - source.embargoed,
        "state": state.applicants,
    }


class TopicStagePublic(TopicStageRead):
    """A topic's way through a stage, as anyone may know it."""

    _masked = model_validator(mode="before")(_shown)


class TopicStagePublicItem(TopicStageItem):
    _masked = model_validator(mode="before")(_shown)
